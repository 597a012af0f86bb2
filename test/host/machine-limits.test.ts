import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type MachineLimit, machineLimits, readMachineLimits } from '../../src/host/system/machine-limits.js';
import { parseMountinfo } from '../../src/host/system/mountinfo.js';

const test = suite('machine limits');

const V2 = '29 23 0:26 / /cg rw - cgroup2 cgroup2 rw\n';
const V1 = '32 31 0:29 / /cg/pids rw - cgroup cgroup rw,pids\n35 31 0:32 / /cg/memory rw - cgroup cgroup rw,memory\n';
const MIB = 2 ** 20;

/** What a machine without any limit says. */
const FREE: Readonly<Record<string, string>> = {
  '/proc/self/limits': [
    'Limit                     Soft Limit           Hard Limit           Units',
    'Max processes             unlimited            unlimited            processes',
    'Max open files            unlimited            unlimited            files',
    'Max address space         unlimited            unlimited            bytes',
  ].join('\n'),
};
const ordinary = 'Name:\tnode\nUid:\t1000\t1000\t1000\t1000\nThreads:\t11\nCapEff:\t0000000000000000\n';

function limitsOf(files: Record<string, string>, mountinfo = ''): readonly MachineLimit[] {
  const all: Record<string, string> = { ...FREE, ...files };
  return machineLimits({
    read: (path) => all[path] ?? null,
    list: () => ['1', '77', '78', '79', 'self', 'sys'],
    mounts: parseMountinfo(mountinfo),
  });
}

/** The one limit that these files set. */
function onlyOf(files: Record<string, string>, mountinfo = ''): Pick<MachineLimit, 'resource' | 'available'> {
  const [limit, ...others] = limitsOf(files, mountinfo);
  assert.is(others.length, 0);
  assert.ok(limit);
  const { resource, available } = limit as MachineLimit;
  return { resource, available };
}

test('without limits there are none', () => {
  assert.equal(limitsOf({}), []);
});

test('version 2: the group with the least room on the way up counts, without its cached files', () => {
  const files = {
    '/proc/self/cgroup': '0::/job/step\n',
    '/cg/job/step/memory.max': 'max',
    '/cg/job/memory.max': String(500 * MIB),
    '/cg/job/memory.current': String(300 * MIB),
    '/cg/job/memory.stat': `anon 1\ninactive_file ${40 * MIB}\nactive_file ${10 * MIB}\n`,
    '/cg/memory.max': String(1000 * MIB),
    '/cg/memory.current': String(900 * MIB),
  };
  assert.equal(onlyOf(files, V2), { resource: 'memoryBytes', available: 100 * MIB });
  const { '/cg/memory.max': _, ...alone } = files;
  assert.equal(onlyOf(alone, V2), { resource: 'memoryBytes', available: 250 * MIB });
});

test('version 1: memory and threads have groups of their own', () => {
  const files = {
    '/proc/self/cgroup': '5:memory:/a\n3:pids:/b\n',
    '/cg/memory/a/memory.limit_in_bytes': String(100 * MIB),
    '/cg/memory/a/memory.usage_in_bytes': String(60 * MIB),
    '/cg/memory/a/memory.stat': `inactive_file 1\ntotal_inactive_file ${20 * MIB}\ntotal_active_file 0\n`,
    '/cg/pids/b/pids.max': '100',
    '/cg/pids/b/pids.current': '30',
    '/cg/pids/pids.max': '80',
    '/cg/pids/pids.current': '40',
  };
  const found = limitsOf(files, V1).map(({ resource, available }) => ({ resource, available }));
  assert.equal(found, [
    { resource: 'memoryBytes', available: 60 * MIB },
    { resource: 'threads', available: 40 },
  ]);
});

test('the machine has limits of its own', () => {
  assert.equal(onlyOf({ '/proc/meminfo': 'MemTotal: 9 kB\nMemAvailable:   1024 kB\n' }), {
    resource: 'memoryBytes',
    available: MIB,
  });
  assert.equal(onlyOf({ '/proc/sys/vm/max_map_count': '65530' }), { resource: 'mappings', available: 65_530 });
  const threads = { '/proc/sys/kernel/threads-max': '1000', '/proc/loadavg': '0.1 0.2 0.3 2/400 99' };
  assert.equal(onlyOf(threads), { resource: 'threads', available: 600 });
  assert.equal(onlyOf({ ...threads, '/proc/sys/kernel/pid_max': '300' }), { resource: 'threads', available: 0 });
});

test('a process has limits, and a user has one on threads that root and the mighty do not have', () => {
  const limits = (FREE['/proc/self/limits'] ?? '')
    .replace(/(files +)unlimited/, '$11024')
    .replace(/(space +)unlimited/, '$14096');
  const processes = (FREE['/proc/self/limits'] ?? '').replace(/(processes +)unlimited/, '$1100');
  assert.equal(
    limitsOf({ '/proc/self/limits': limits }).map(({ resource, available }) => [resource, available]),
    [
      ['addressBytes', 4096],
      ['descriptors', 1024],
    ],
  );
  const others = {
    '/proc/self/limits': processes,
    '/proc/77/status': ordinary,
    '/proc/78/status': ordinary,
    '/proc/79/status': ordinary.replaceAll('1000', '7'),
  };
  assert.equal(onlyOf({ ...others, '/proc/self/status': ordinary }), { resource: 'threads', available: 78 });
  for (const mighty of [
    ordinary.replace('Uid:\t1000', 'Uid:\t0'),
    ordinary.replace('0000000000000000', '0000000001000000'),
    ordinary.replace('0000000000000000', '0000000000200000'),
  ])
    assert.equal(limitsOf({ ...others, '/proc/self/status': mighty }), []);
});

test('what is said to raise a limit raises it', () => {
  const limits = (row: string, value: string) =>
    (FREE['/proc/self/limits'] ?? '').replace(new RegExp(`(${row} +)unlimited`), `$1${value}`);
  const user = { '/proc/self/status': ordinary, '/proc/77/status': ordinary };
  const group = (file: string, value: string) => ({
    '/proc/self/cgroup': '0::/job\n',
    '/cg/job/memory.current': '100',
    [`/cg/job/${file}`]: value,
  });
  type Files = Record<string, string>;
  const rows: readonly (readonly [raise: string, before: Files, after: Files])[] = [
    ['give the container or job more memory', group('memory.max', '1000'), group('memory.max', '2000')],
    ['end other programs', { '/proc/meminfo': 'MemAvailable: 10 kB\n' }, { '/proc/meminfo': 'MemAvailable: 20 kB\n' }],
    ['run ulimit -v unlimited', { '/proc/self/limits': limits('space', '4096') }, FREE],
    [
      'raise the hard limit with ulimit -n',
      { '/proc/self/limits': limits('files', '9') },
      { '/proc/self/limits': limits('files', '99') },
    ],
    [
      'raise ulimit -u',
      { ...user, '/proc/self/limits': limits('processes', '50') },
      { ...user, '/proc/self/limits': limits('processes', '99') },
    ],
    ['raise it with sysctl', { '/proc/sys/vm/max_map_count': '10' }, { '/proc/sys/vm/max_map_count': '20' }],
    ['raise pids.max (docker run --pids-limit)', group('pids.max', '10'), group('pids.max', 'max')],
    [
      'raise kernel.threads-max and kernel.pid_max with sysctl',
      { '/proc/sys/kernel/threads-max': '10', '/proc/sys/kernel/pid_max': '10' },
      { '/proc/sys/kernel/threads-max': '20', '/proc/sys/kernel/pid_max': '20' },
    ],
  ];
  for (const [raise, before, after] of rows) {
    const [limit, ...others] = limitsOf(before, V2);
    assert.equal([limit?.raise, others], [raise, []]);
    const raised = limitsOf(after, V2).find(({ name }) => name === limit?.name)?.available ?? Number.POSITIVE_INFINITY;
    assert.ok(raised > (limit?.available ?? Number.POSITIVE_INFINITY), raise);
  }
});

test('every limit that applies here has a name, room and a remedy', () => {
  const limits = readMachineLimits();
  assert.ok(limits.some(({ resource }) => resource === 'mappings'));
  assert.ok(limits.some(({ resource }) => resource === 'memoryBytes'));
  for (const { name, available, raise } of limits) {
    assert.ok(name.length > 0 && raise.length > 0);
    assert.ok(available > 0, name);
  }
});

test.run();
