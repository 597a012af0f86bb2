/** Job files of fio as workloads. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FeedrateError } from '../../../src/base/errors.js';
import { fioSize, fioTime } from '../../../src/workload/fio/fio-values.js';
import { importFio } from '../../../src/workload/fio/import-fio.js';
import { parseWorkload } from '../../../src/workload/parse.js';

const test = suite('workload/fio/import-fio');

const SURROUNDINGS = {
  path: 'job.fio',
  oneByOne: false,
  include: () => ({ text: 'bs=16k\n', path: 'shared.inc' }),
  environment: { SIZE: '8m', EMPTY: '' },
  keywords: { pagesize: 4096, ncpus: 2 },
};

const imported = (text: string, changes: Partial<typeof SURROUNDINGS> = {}) =>
  importFio({ ...SURROUNDINGS, ...changes, text });

/** The fields of each job, as the YAML has them. */
function jobs(text: string, changes: Partial<typeof SURROUNDINGS> = {}): Record<string, Record<string, string>> {
  const { source } = imported(text, changes);
  const found: Record<string, Record<string, string>> = {};
  let current: Record<string, string> = {};
  for (const line of source.slice(source.indexOf('jobs:')).split('\n').slice(1)) {
    const [, name] = /^ {2}(\S+):$/.exec(line) ?? [];
    const [, word, value] = /^ {4}(\S+): (.*)$/.exec(line) ?? [];
    if (name !== undefined) found[name] = current = {};
    else if (word !== undefined) current[word] = value ?? '';
  }
  return found;
}

function faults(text: string, changes: Partial<typeof SURROUNDINGS> = {}): string[] {
  try {
    imported(text, changes);
  } catch (error) {
    return (error as FeedrateError).issues.map(({ where, message }) => `${where}: ${message}`);
  }
  return [];
}

test('[global] affects the sections after it, and comments may stand anywhere', () => {
  const found = jobs(`; a file
[before]
size=1m
[global]   # for those below
bs=8k ; eight
direct
[after]
rw=randread
size=\${SIZE}
stonewall
`);
  assert.equal(found['before'], { rw: 'read', bs: '4k', size: '1m', ioengine: 'psync', cache: 'cold' });
  assert.equal(found['after'], { rw: 'randread', bs: '8k', size: '8m', ioengine: 'psync', direct: 'true' });
});

test('included lines, keywords and several values stand for what fio makes of them', () => {
  const found = jobs(
    '[a]\ninclude shared.inc\nsize=4m\nnumjobs=$ncpus\nrw=randrw\nnorandommap\nbs=,64k\nrwmixwrite=30\n',
  );
  assert.equal(found['a'], {
    rw: 'randrw',
    rwmixread: '70',
    bs: '4k',
    bs_write: '64k',
    size: '4m',
    norandommap: 'true',
    numjobs: '2',
    ioengine: 'psync',
    cache: 'cold',
    fallocate: 'native',
  });
});

test('units are fio’s: 1024 for k, 1000 for kib, and the reverse with kb_base=1000', () => {
  assert.is(fioSize('4k', 1024), 4096);
  // As fio 3.33 reads it: only kib is inverted.
  assert.is(fioSize('4ki', 1024), 4096);
  assert.is(fioSize('4kib', 1024), 4000);
  assert.is(fioSize('4k', 1000), 4000);
  assert.is(fioSize('4KiB', 1000), 4096);
  assert.is(fioSize('1.5g', 1024), null);
  assert.is(fioTime('90', 's'), 90e9);
  assert.is(fioTime('2m', 's'), 120e9);
  assert.is(fioTime('300', 'us'), 300e3);
  assert.is(fioTime('5ms', 'us'), 5e6);
  const found = jobs('[a]\nkb_base=1000\nbs=4k\nsize=8000\nthinktime=500\nruntime=3\ntime_based=1\n');
  assert.is(found['a']?.['bs'], '4000');
  assert.is(found['a']?.['thinktime'], '500us');
  assert.is(found['a']?.['runtime'], '3s');
});

test('a size within a block becomes whole blocks, and filename=a:b two files', () => {
  const { losses } = imported('[a]\nrw=write\nsize=10k\n');
  assert.match(losses[0]?.message ?? '', /^size: 8k instead of 10k/);
  const found = jobs(
    '[a]\nfilename=x:y\nsize=1m\n[b]\nstonewall\nnumber_ios=3\nsize=1m\n[c]\nstonewall\nsize=1m\nloops=4\n',
  );
  assert.is(found['a']?.['nrfiles'], '2');
  assert.is(found['b']?.['io_size'], '12k');
  assert.is(found['c']?.['io_size'], '4m');
});

test('a job that only writes takes fio’s value for writes', () => {
  const found = jobs(
    '[a]\nrw=randwrite\nbs=4k,64k\nsize=1m\nrate=1m,2m\n[b]\nstonewall\nbssplit=4k/60:64k/40\nsize=1m\n',
  );
  assert.is(found['a']?.['bs'], '64k');
  assert.is(found['a']?.['rate'], '2m');
  assert.is(found['b']?.['bs'], '4k/60:64k/40');
});

test('jobs in turn keep their order; alike ones at the same time become one; others are refused', () => {
  const alike = '[a]\nsize=1m\nnumjobs=2\n[b]\nsize=1m\n';
  assert.is(jobs(alike)['a']?.['numjobs'], '3');
  assert.match(imported('[a]\nsize=1m\n[b]\nwait_for=a\nsize=2m\n').source, /^trials: \{rounds: 1, order: listed\}$/m);
  const other = '[a]\nsize=1m\n[b]\nsize=2m\n';
  assert.equal(faults(other), [
    'job.fio:3:1: [b] runs at the same time as [a] in fio, but feedrate executes one job after the other; add stonewall to it, or import with --one-by-one',
  ]);
  assert.equal(Object.keys(jobs(other, { oneByOne: true })), ['a', 'b']);
});

test('what feedrate cannot do is refused by name, with its place', () => {
  const found = faults(`[a]
  offset=1m
frobnicate=1
size=\${UNSET}
rw=trim
filename=/dev/sdb
verify_backlog=4
startdelay=0
`);
  assert.equal(found, [
    'job.fio:2:3: offset: feedrate cannot do this ("1m"); jobs begin at the start of their files',
    'job.fio:3:1: frobnicate: feedrate has no such option',
    `job.fio:4:1: size: \${UNSET} is not set; put UNSET=VALUE before the command`,
    'job.fio:5:1: rw: "trim": feedrate does not trim',
    'job.fio:6:1: filename: "/dev/sdb" is a device, and jobs of feedrate have files; remove the option, or measure reads of the device with: feedrate read /dev/sdb',
    'job.fio:7:1: verify_backlog: feedrate cannot do this ("4"); write verify: true',
  ]);
  assert.equal(
    faults('[global]\nfilename=/dev/sdb\n[readers]\nrw=randread\n[writers]\nrw=randwrite\n').length,
    1,
    'once for all jobs that share the option',
  );
  assert.equal(faults('[a]\nioengine=rbd\npool=x\n'), [
    'job.fio:2:1: ioengine: "rbd": feedrate measures file systems that are mounted, and NFS servers',
  ]);
  assert.equal(
    faults('size=1m\n'),
    [
      'job.fio: no job: expected a section such as [job1] with options',
      'job.fio:1:1: "size=1m" is above the first section; add [global] before it',
    ].reverse(),
  );
  assert.match(faults('[a]\nsize=1k\n')[0] ?? '', /^job\.fio:1:1: bs: 4KiB blocks do not fit/);
});

test('hostile names become names that a workload may have', () => {
  const { source } = imported('[../../etc: x\u001b[31m]\nsize=1m\n[]\nstonewall\nsize=1m\n', { path: '-: {a}\n.fio' });
  assert.is(parseWorkload(source, 'x').jobs.length, 2);
  assert.not.ok(source.includes('\u001b'));
});

test('what is not quite as in fio is a note', () => {
  const notes = (text: string): string =>
    imported(text)
      .losses.map(({ message }) => message)
      .join('\n');
  assert.match(notes('[a]\nsize=1m\nbs=64k\nio_size=100k\n'), /^io_size: 128k instead of 100k/);
  assert.is(notes('[a]\nrw=rw\nsize=1m\n'), '');
  assert.match(notes('[a]\nrw=randread\nnorandommap\nsize=1m\nbssplit=4k/50:8k/50\n'), /^bssplit: sizes are drawn/);
  const cut = '[a]\nrw=read\nsize=1m\nbssplit=4k/50:10000/50\n';
  assert.match(notes(cut), /^bssplit: 8k instead of 10000/);
  assert.match(imported(cut).source, 'bs: 4k/50:8k/50');
  // An option of a profile, which fio takes without it.
  assert.match(notes('[a]\nsize=1m\nthreads=1\n'), /^threads: .*tiobench/);
});

test('random blocks of several sizes are refused where fio would cut them', () => {
  const [fault = ''] = faults('[a]\nrw=randread\nsize=1m\nbsrange=4k-64k\n');
  assert.match(
    fault,
    /^job\.fio:4:1: bsrange: fio’s map of used blocks cuts or skips .*; add norandommap=1, or write one size$/,
  );
  assert.equal(faults('[a]\nrw=randread\nsize=1m\nbsrange=4k-64k\nnorandommap=1\n'), []);
  assert.equal(faults('[a]\nrw=write\nsize=1m\nbsrange=4k-64k\n'), []);
});

test('exitall changes what several workers do, and nothing for one', () => {
  assert.equal(faults('[a]\nsize=1m\nexitall\n'), []);
  assert.match(faults('[a]\nsize=1m\nexitall\nnumjobs=2\n')[0] ?? '', /exitall: feedrate cannot do this/);
});

test('an engine, a device and an option are refused for what they are', () => {
  const reason = (text: string): string => faults(text)[0] ?? '';
  assert.match(reason('[a]\nioengine=filestat\n'), /use a job of kind metadata/);
  assert.match(reason('[a]\nioengine=io_uring_cmd\n'), /sends commands to a device/);
  assert.match(reason('[a]\nioengine=cpuio\n'), /moves no data of files/);
  assert.not.match(reason('[a]\nfilename=/dev/zero\nsize=1m\n'), /feedrate read/);
  assert.equal(faults('[a]\nfilename=/dev/shm/x\nsize=1m\n'), []);
  assert.match(reason('[a]\nsize=1m\nread_iolog=x\n'), /feedrate import trace/);
  assert.match(reason('[a]\nsize=1m\nratemin=1m\n'), /^job\.fio:3:1: ratemin: feedrate cannot do this.*thresholds/);
});

test.run();
