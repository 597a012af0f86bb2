import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  cgroupLimits,
  controllerDirectories,
  readCgroupLimits,
  unifiedDirectories,
} from '../../src/host/system/cgroup.js';
import { parseMountinfo, readMounts } from '../../src/host/system/mountinfo.js';
import { skipTest } from '../support/skip.js';

const test = suite('control group limits');

const V2 = '29 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n';
const V1 =
  '32 31 0:29 / /cg/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n35 31 0:32 / /cg/memory rw - cgroup cgroup rw,memory\n';
const MIB = 1024 * 1024;

const NONE = { memoryMaxBytes: null, memoryHighBytes: null, cpuMax: null, cpusetCpus: null, unknown: [] };

const limits = (cgroup: string, mountinfo: string, files: Record<string, string>) =>
  cgroupLimits(cgroup, parseMountinfo(mountinfo), (path) => files[path] ?? null);

test('version 2: the tightest limit on the way up counts', () => {
  const found = limits('0::/user.slice/job.scope\n', V2, {
    '/sys/fs/cgroup/user.slice/job.scope/memory.max': 'max',
    '/sys/fs/cgroup/user.slice/job.scope/cpu.max': '400000 100000',
    '/sys/fs/cgroup/user.slice/memory.max': String(512 * MIB),
    '/sys/fs/cgroup/user.slice/cpu.max': '150000 100000',
    '/sys/fs/cgroup/memory.max': String(600 * MIB),
  });
  assert.equal(found, { ...NONE, memoryMaxBytes: 512 * MIB, cpuMax: 1.5 });
});

test('version 2: no limit is null', () => {
  const files = { '/sys/fs/cgroup/a/memory.max': 'max', '/sys/fs/cgroup/a/cpu.max': 'max 100000' };
  assert.equal(limits('0::/a\n', V2, files), NONE);
});

test('version 2 in a container: its own group is the top of what is mounted', () => {
  const files = { '/sys/fs/cgroup/memory.max': String(MIB), '/sys/fs/cgroup/cpu.max': '50000 100000' };
  const expected = { ...NONE, memoryMaxBytes: MIB, cpuMax: 0.5 };
  assert.equal(limits('0::/\n', V2, files), expected);
  const partial = V2.replace('0:26 / ', '0:26 /kubepods/pod42 ');
  assert.equal(limits('0::/kubepods/pod42\n', partial, files), expected);
  const below = { '/sys/fs/cgroup/inner/memory.max': String(MIB / 2), ...files };
  assert.equal(limits('0::/kubepods/pod42/inner\n', partial, below), { ...expected, memoryMaxBytes: MIB / 2 });
});

test('version 1: limits and quotas, with its own words for none', () => {
  const group = '5:memory:/docker/ab\n3:cpu,cpuacct:/docker/ab\n1:name=systemd:/docker/ab\n';
  const set = limits(group, V1, {
    '/cg/memory/docker/ab/memory.limit_in_bytes': String(256 * MIB),
    '/cg/memory/memory.limit_in_bytes': '9223372036854771712',
    '/cg/cpu,cpuacct/docker/ab/cpu.cfs_quota_us': '250000',
    '/cg/cpu,cpuacct/docker/ab/cpu.cfs_period_us': '100000',
  });
  assert.equal(set, { ...NONE, memoryMaxBytes: 256 * MIB, cpuMax: 2.5 });
  const none = limits(group, V1, {
    '/cg/memory/docker/ab/memory.limit_in_bytes': '9223372036854771712',
    '/cg/cpu,cpuacct/docker/ab/cpu.cfs_quota_us': '-1',
    '/cg/cpu,cpuacct/docker/ab/cpu.cfs_period_us': '100000',
  });
  assert.equal(none, NONE);
});

test('both versions at once: each controller where it is', () => {
  const found = limits('4:memory:/job\n0::/job\n', V1 + V2, {
    '/cg/memory/job/memory.limit_in_bytes': String(MIB),
    '/sys/fs/cgroup/job/cpu.max': '100000 50000',
  });
  assert.equal(found, { ...NONE, memoryMaxBytes: MIB, cpuMax: 2 });
});

test('a colon in the name of a group', () => {
  const files = { '/sys/fs/cgroup/a:b/memory.max': String(MIB) };
  assert.is(limits('0::/a:b\n', V2, files).memoryMaxBytes, MIB);
});

/** A mount of the host's tree in a container, beside or in place of the container's own. */
const HOST = '31 23 0:26 /../../.. /host/sys/fs/cgroup rw - cgroup2 cgroup2 rw\n';
const UNKNOWN = { ...NONE, unknown: ['memory', 'cpu'] };

test('a second mount with the tree of the host hides nothing', () => {
  const files = {
    '/sys/fs/cgroup/memory.max': String(300 * MIB),
    '/sys/fs/cgroup/cpu.max': '150000 100000',
    '/host/sys/fs/cgroup/cgroup.controllers': 'cpu memory',
    '/host/sys/fs/cgroup/memory.max': String(MIB),
  };
  for (const mounts of [V2 + HOST, HOST + V2])
    assert.equal(limits('0::/\n', mounts, files), { ...NONE, memoryMaxBytes: 300 * MIB, cpuMax: 1.5 });
  // A container without a namespace of its own: the host's mount shows the parents, too.
  const own = V2.replace('0:26 / ', '0:26 /pod/job ');
  const host = HOST.replace('/../../..', '/');
  const above = { '/host/sys/fs/cgroup/pod/memory.max': String(200 * MIB), ...files };
  assert.is(limits('0::/pod/job\n', own + host, above).memoryMaxBytes, MIB);
  assert.is(
    limits('0::/pod/job\n', own + host, { ...above, '/host/sys/fs/cgroup/memory.max': 'max' }).memoryMaxBytes,
    200 * MIB,
  );
});

test('the limit of another group is not read, and what cannot be known is unknown', () => {
  const files = { '/sys/fs/cgroup/cgroup.controllers': 'cpu memory', '/sys/fs/cgroup/memory.max': String(MIB) };
  for (const group of ['/../../test', '/../test/deeper', '/..'])
    assert.equal(limits(`0::${group}\n`, V2, files), UNKNOWN, group);
  const rooted = (root: string) => V2.replace('0:26 / ', `0:26 ${root} `);
  for (const root of ['/../../pod42', '/other', '/../../..'])
    assert.equal(limits('0::/\n', rooted(root), files), UNKNOWN, root);
  assert.equal(limits('0::/job2\n', rooted('/job'), files), UNKNOWN, 'a longer name');
  assert.equal(limits('0::/\n', '', {}), UNKNOWN, 'no mount');
  assert.equal(limits('0::/gone (deleted)\n', V2, files).unknown, [], 'its parents are there');
  // A place beside the namespace, of which the mount shows the group.
  const beside = { '/sys/fs/cgroup/b/memory.max': String(MIB / 2), ...files };
  assert.is(limits('0::/../a/b\n', rooted('/../a'), beside).memoryMaxBytes, MIB / 2);
});

test('a mount below another one is out of reach', () => {
  const root = '23 1 8:1 / / rw - ext4 /dev/vda rw\n';
  const upper = '40 29 0:40 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n';
  const files = { '/sys/fs/cgroup/a/memory.max': String(MIB) };
  assert.is(limits('0::/a\n', root + V2, files).memoryMaxBytes, MIB);
  assert.equal(limits('0::/a\n', root + V2 + upper, files), UNKNOWN);
});

test('the limit from which on the kernel slows a group down, and its cpuset', () => {
  const files = {
    '/sys/fs/cgroup/a/b/cgroup.controllers': 'cpuset cpu memory',
    '/sys/fs/cgroup/a/b/memory.high': 'max',
    '/sys/fs/cgroup/a/memory.high': String(300 * MIB),
    '/sys/fs/cgroup/a/b/cpuset.cpus.effective': '0-2,7',
    '/sys/devices/system/cpu/online': '0-7',
  };
  assert.equal(limits('0::/a/b\n', V2, files), { ...NONE, memoryHighBytes: 300 * MIB, cpusetCpus: 4 });
  assert.is(limits('0::/a/b\n', V2, { ...files, '/sys/fs/cgroup/a/b/cpuset.cpus.effective': '0-7' }).cpusetCpus, null);
  const v1 = '36 31 0:33 / /cg/cpuset rw - cgroup cgroup rw,cpuset\n';
  const set = { '/cg/cpuset/j/cpuset.effective_cpus': '1', '/sys/devices/system/cpu/online': '0-1' };
  assert.is(limits('3:cpuset:/j\n', v1, set).cpusetCpus, 1);
});

test('version 1 tells the limits above the top of what is mounted', () => {
  const mount = '35 31 0:32 /docker/ab /cg/memory rw - cgroup cgroup rw,memory\n';
  const stat = `cache 0\nhierarchical_memory_limit ${64 * MIB}\ntotal_cache 0`;
  const files = { '/cg/memory/memory.limit_in_bytes': '9223372036854771712', '/cg/memory/memory.stat': stat };
  assert.is(limits('5:memory:/docker/ab\n', mount, files).memoryMaxBytes, 64 * MIB);
});

test('in the middle of moving to version 2: each controller is unknown by itself', () => {
  const memory = { '/cg/memory/job/memory.limit_in_bytes': String(MIB) };
  assert.equal(limits('4:memory:/job\n3:cpu:/../job\n', V1, memory), {
    ...NONE,
    memoryMaxBytes: MIB,
    unknown: ['cpu'],
  });
});

test('a kernel without control groups has no limits', () => {
  assert.equal(limits('', '', {}), NONE);
  const { memoryMaxBytes, cpuMax } = readCgroupLimits();
  assert.ok(memoryMaxBytes === null || memoryMaxBytes > 0);
  assert.ok(cpuMax === null || cpuMax > 0);
});

/** Prints the limits that a process finds. */
const PROBE = `import(${JSON.stringify(new URL('../../src/host/system/cgroup.js', import.meta.url).href)})
  .then(({ readCgroupLimits }) => console.log(JSON.stringify(readCgroupLimits())))`;

/** Returns the mount of the hierarchy with the memory controller that this process is in, and the file of its limit. */
function memoryHierarchy(): { readonly directory: string; readonly file: string; readonly mount: string } {
  const [version1] = controllerDirectories(
    readFileSync('/proc/self/cgroup', 'utf8').split('\n'),
    readMounts(),
    'memory',
  ).slice(-1);
  if (version1 !== undefined)
    return { directory: version1, file: 'memory.limit_in_bytes', mount: 'mount -t cgroup -o memory none' };
  const [directory] = unifiedDirectories().slice(-1);
  return directory === undefined
    ? skipTest('no control groups are mounted')
    : { directory, file: 'memory.max', mount: 'mount -t cgroup2 none' };
}

test('the kernel’s own namespaces and mounts', () => {
  const { directory, file, mount } = memoryHierarchy();
  const top = join(directory, `feedrate-test-${process.pid}`);
  const [own, beside] = [join(top, 'a'), join(top, 'b')];
  try {
    mkdirSync(own, { recursive: true });
    mkdirSync(beside);
    writeFileSync(join(own, file), String(300 * MIB));
    writeFileSync(join(beside, file), String(100 * MIB));
  } catch (error) {
    removeGroups([own, beside, top]);
    skipTest(`no control group with a memory limit can be made: ${(error as Error).message}`);
  }
  const place = mkdtempSync(join(tmpdir(), 'feedrate-cgroup-'));
  const found = (script: string) => {
    const node = `exec "$1" -e "$2"`;
    const shell = `echo $$ > ${own}/cgroup.procs && exec unshare -C -m sh -c '${script} && ${node}' sh "$@"`;
    const result = spawnSync('sh', ['-c', shell, 'sh', process.execPath, PROBE], { encoding: 'utf8' });
    assert.is(result.status, 0, result.stderr);
    const { memoryMaxBytes, unknown } = JSON.parse(result.stdout) as ReturnType<typeof readCgroupLimits>;
    return [memoryMaxBytes, unknown?.includes('memory')];
  };
  try {
    const mounted = `${mount} ${place}`;
    assert.equal(found('true'), [null, true], 'only the host’s mount, on which the names up to here are not known');
    assert.equal(found(mounted), [300 * MIB, false]);
    assert.equal(
      found(`${mounted} && mount --bind ${directory} /mnt`),
      [300 * MIB, false],
      'and another of the host’s',
    );
    assert.equal(found(`${mounted} && echo $$ > ${beside}/cgroup.procs`), [null, true], 'moved out of the namespace');
  } finally {
    rmdirSync(place);
    removeGroups([own, beside, top]);
  }
});

function removeGroups(directories: readonly string[]): void {
  for (const directory of directories) if (existsSync(directory)) rmdirSync(directory);
}

test.run();
