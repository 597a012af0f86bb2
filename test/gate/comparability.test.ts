import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Measured, mismatchesBetween } from '../../src/gate/comparability.js';
import { describeNfsMount } from '../../src/host/nfs/read-nfs.js';
import { parseMountinfo } from '../../src/host/system/mountinfo.js';
import type { NfsMount } from '../../src/record/nfs-mount.js';
import type { RunRecord, TargetEnvironment } from '../../src/record/run-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import type { UserDataRecord } from '../../src/record/user-data-record.js';
import type { IoJob } from '../../src/workload/workload.js';
import { blocks, checkpointWriteJob, ioJob } from '../support/jobs.js';
import { makeArm, makeCache, makeRun, makeTrial, withSpec } from '../support/records.js';

const test = suite('gate/comparability');

interface Changes {
  readonly job?: Partial<IoJob>;
  readonly environment?: Partial<RunRecord['environment']>;
  readonly target?: Partial<TargetEnvironment>;
  readonly labels?: RunRecord['labels'];
  readonly trials?: readonly Partial<TrialRecord>[];
}

/** One arm of a run of its own, but for the changes like any other. */
function side({ job, environment, target, labels = {}, trials = [{}] }: Changes = {}): Measured {
  const arm = withSpec(makeArm('read'), ioJob(job));
  const run = makeRun([arm], 1, { labels });
  const targets = run.environment.targets.map((known) => ({ ...known, ...target }));
  return {
    run: { ...run, environment: { ...run.environment, targets, ...environment } },
    arm,
    trials: trials.map((more) => makeTrial(arm, 1, 100, more)),
  };
}

/** What differs from a plain side, as `kind what: base → candidate`. */
const differs = (changes: Changes, base: Changes = {}, overlooked: readonly string[] = []) =>
  mismatchesBetween(side(base), side(changes), new Set(overlooked)).map(
    ({ kind, what, base: before, candidate: after }) => `${kind} ${what}: ${before} → ${after}`,
  );

test('two runs of the same on the same', () => {
  assert.equal(differs({}), []);
});

test('another machine, kernel, or version of what measures', () => {
  const changed = (environment: Partial<RunRecord['environment']>) => differs({ environment });
  assert.equal(changed({ kernel: '6.2.0' }), ['environment kernel: 6.1.0 → 6.2.0']);
  assert.equal(changed({ cpuCount: 4 }), ['environment cpu: 2 × Example CPU → 4 × Example CPU']);
  assert.equal(changed({ memoryBytes: 2 ** 35 }), ['environment memory: 16 GiB → 32 GiB']);
  assert.equal(changed({ cgroup: { memoryMaxBytes: null, cpuMax: 1.5 } }), ['environment memory-limit: 2 GiB → none']);
  assert.equal(changed({ cgroup: { memoryMaxBytes: 2 ** 31, cpuMax: 0.5 } }), ['environment cpu-limit: 1.5 → 0.5']);
  // What one side could not read, or did not record, is no difference.
  const limits = { memoryMaxBytes: 2 ** 31, cpuMax: 1.5 };
  assert.equal(changed({ cgroup: { ...limits, memoryMaxBytes: null, unknown: ['memory'] } }), []);
  assert.equal(changed({ cgroup: { ...limits, cpuMax: null, unknown: ['cpu'] } }), []);
  assert.equal(changed({ cgroup: { ...limits, memoryHighBytes: 2 ** 20 } }), []);
  const high = (memoryHighBytes: number | null) => ({ environment: { cgroup: { ...limits, memoryHighBytes } } });
  assert.equal(differs(high(2 ** 20), high(null)), ['environment memory-high: none → 1 MiB']);
  assert.equal(changed({ feedrate: { version: '0.2.0', commit: null } }), ['environment feedrate: 0.1.0 → 0.2.0']);
  assert.equal(changed({ node: 'v22.1.0' }), ['environment node: v20 → v22']);
  assert.equal(changed({ node: 'v20.21.0' }), [], 'a patch of Node is no other engine');
});

test('another client of the same export', () => {
  const nfs = { client: 'libnfs 4 (libnfs.so.13)' } as TargetEnvironment['nfs'];
  const found = ['environment nfs.client: kernel → libnfs 4 (libnfs.so.13)'];
  assert.equal(differs({ target: { nfs } as Partial<TargetEnvironment> }), found);
  assert.equal(differs({ target: { nfs } as Partial<TargetEnvironment> }, {}, ['nfs.client']), []);
});

test('another mount: its type, its source and its options, but not its addresses', () => {
  const options = 'rw,vers=4.1,nconnect=8,addr=10.0.0.1,clientaddr=10.0.0.2,port=2049';
  const moved = 'rw,vers=4.1,nconnect=8,addr=10.9.9.9,clientaddr=10.0.0.7,port=0,mountaddr=1,mountport=2';
  const base = { target: { options } };
  assert.equal(differs({ target: { options: moved } }, base), []);
  assert.equal(differs({ target: { options: 'vers=4.1,nconnect=8,rw' } }, base), [], 'their order says nothing');
  assert.equal(differs({ target: { options: 'rw,vers=3,nconnect=8,nolock' } }, base), [
    'environment mount-options: vers=4.1 → vers=3,nolock',
  ]);
  assert.equal(differs({ target: { options: `${options},ro` } }, base), ['environment mount-options: – → ro']);
  assert.equal(differs({ target: { fileSystem: 'ext4' } }), ['environment filesystem: nfs4 → ext4']);
  assert.equal(differs({ target: { source: 'svm-2:/train' } }), ['environment source: svm-1:/train → svm-2:/train']);
  assert.equal(differs({ environment: { targets: [] } }).length, 3, 'an environment that was not kept is another one');
});

test('read-ahead and open connections of an NFS mount, where both sides know them', () => {
  const [mount] = parseMountinfo('87 23 0:54 / /mnt rw - nfs4 svm-1:/train rw,vers=4.1,nconnect=8,hard\n');
  assert.ok(mount);
  const described = describeNfsMount(mount, null);
  const on = (changes: Partial<NfsMount>) => ({ target: { nfs: { ...described, ...changes } } });
  const base = on({ readAheadBytes: 131_072, openTransports: 8 });
  assert.equal(differs(base, base), []);
  assert.equal(differs(on({ readAheadBytes: 15 * 2 ** 20, openTransports: 8 }), base), [
    'environment nfs.readahead: 128 KiB → 15 MiB',
  ]);
  const fewer = on({ readAheadBytes: 131_072, openTransports: 4 });
  assert.equal(differs(fewer, base), ['environment nfs.connections: 8 → 4']);
  assert.equal(differs(fewer, base, ['nfs.connections']), []);
  const asked = on({ readAheadBytes: null, openTransports: 4, options: { ...described.options, connections: 4 } });
  assert.equal(differs(asked, base), [], 'options tell what was asked for');
  assert.equal(differs({}, base), [], 'a record of a version that did not read the mount');
});

test('an option that is compared by its name as an attribute is no mismatch', () => {
  const [base, other] = [{ target: { options: 'rw,nconnect=8' } }, { target: { options: 'rw,nconnect=16' } }];
  assert.equal(differs(other, base, ['nfs.nconnect']), []);
});

test('labels of instance, tiering and volume are configuration, others are notes', () => {
  const base = { labels: { tiering: 'AUTO', note: 'x' } };
  assert.equal(differs({ labels: { tiering: 'AUTO', note: 'y' } }, base), []);
  assert.equal(differs({ labels: { 'data.tiering': 'ALL' } }, base), ['environment tiering: AUTO → ALL']);
  assert.equal(differs({ labels: { tiering: 'AUTO', instance: 'ml.p5.48xlarge' } }, base), [
    'environment instance: absent → ml.p5.48xlarge',
  ]);
  assert.equal(differs({ labels: {} }, { labels: { volume: 'fg' } }), ['environment volume: fg → absent']);
});

test('another load is told in the words and units of the workload file', () => {
  assert.equal(differs({ job: { bs: blocks(2 ** 20) } }), ['load bs: 4KiB → 1MiB']);
  assert.equal(differs({ job: { runtimeNs: 30e9, timeBased: true } }), [
    'load runtime: none → 30s',
    'load time_based: false → true',
  ]);
  assert.equal(differs({ job: { rateBytesPerSecond: 2 ** 30, numjobs: 16 } }), [
    'load numjobs: 1 → 16',
    'load rate: none → 1GiB/s',
  ]);
  const mix = [
    { blockBytes: 4096, share: 0.6 },
    { blockBytes: 65_536, share: 0.4 },
  ];
  assert.equal(differs({ job: { bs: mix, sizeBytes: 2 ** 20 } }), [
    'load bs: 4KiB → 4KiB/60:64KiB/40',
    'load size: none → 1MiB',
  ]);
  assert.equal(differs({ job: { randomDistribution: { type: 'zipf', theta: 1.2 } } }), [
    'load random_distribution: random → zipf:1.2',
  ]);
  assert.equal(
    differs({ job: { randseed: 7, simulatedLatencyNs: 5, simulatedBytesPerSecond: 9 } }),
    [],
    'content and simulation',
  );
});

test('the same job over other files of the user is another load', () => {
  const data: UserDataRecord = {
    path: 'train',
    files: 1200,
    bytes: 3 * 2 ** 29,
    smallestBytes: 1,
    largestBytes: 2 ** 20,
    unallocatedBytes: 0,
    sizes: [],
    digest: '3f2a90c1'.repeat(8),
    notRead: [],
  };
  const on = (changes: Partial<UserDataRecord> = {}, more: Changes = {}): Changes => ({
    ...more,
    target: { userData: { ...data, ...changes } },
  });
  const other = '00c0ffee'.repeat(8);
  assert.equal(differs(on(), on()), []);
  assert.equal(differs(on({ path: 'copy', unallocatedBytes: 9, notRead: [] }), on()), [], 'a copy is the same data');
  assert.equal(differs(on({ digest: other, files: 1203, bytes: 3 * 2 ** 29 + 2 ** 26 }), on()), [
    'load data: 1,200 files, 1.5 GiB (3f2a90c1) → 1,203 files, 1.56 GiB (00c0ffee): 3 files more, 64 MiB more',
  ]);
  assert.equal(differs(on({ digest: other, files: 1199, bytes: 2 ** 30 }), on()), [
    'load data: 1,200 files, 1.5 GiB (3f2a90c1) → 1,199 files, 1 GiB (00c0ffee): 1 file fewer, 512 MiB less',
  ]);
  assert.equal(differs(on({ digest: other }), on()), [
    'load data: 1,200 files, 1.5 GiB (3f2a90c1) → 1,200 files, 1.5 GiB (00c0ffee): other names or sizes',
  ]);
  assert.equal(differs(on()), ['load data: files that feedrate made → 1,200 files, 1.5 GiB (3f2a90c1)']);
  assert.equal(differs(on({ digest: other }), on(), ['data']), []);
  const own = { job: { sizeBytes: 2 ** 20 } };
  assert.equal(differs(on({ digest: other }, own), on({}, own)), [], 'a job with files of its own reads none of them');
  const { run, arm, trials } = side(on());
  const [first] = run.environment.targets;
  const copy = { ...first, name: 'copy', userData: { ...data, digest: other } } as TargetEnvironment;
  const both = { ...run, environment: { ...run.environment, targets: [first as TargetEnvironment, copy] } };
  const found = mismatchesBetween(
    { run: both, arm, trials },
    { run: both, arm: { ...arm, target: 'copy' }, trials },
    new Set(),
  );
  assert.equal(
    found.map(({ what }) => what),
    ['data'],
    'two targets of one run',
  );
});

test('a field that older records lack has the value that held for them', () => {
  const withWords = (words: Measured['arm']['words']): Measured => {
    const measured = side();
    return { ...measured, arm: { ...measured.arm, words } };
  };
  const older = side();
  const newer = (value: string) => withWords({ ...older.arm.words, rate_ignore_thinktime: value });
  assert.is(older.arm.words['rate_ignore_thinktime'], undefined);
  assert.equal(mismatchesBetween(older, newer('false'), new Set()), []);
  assert.equal(
    mismatchesBetween(older, newer('true'), new Set()).map(({ what }) => what),
    ['rate_ignore_thinktime'],
  );
});

test('a job of another kind differs in all that only one of them has', () => {
  const [base, other] = [side(), side()];
  const found = mismatchesBetween(base, { ...other, arm: withSpec(other.arm, checkpointWriteJob()) }, new Set());
  const said = new Map(found.map(({ what, base: before, candidate }) => [what, `${before} → ${candidate}`]));
  assert.is(said.get('kind'), 'io → checkpoint-write');
  assert.is(said.get('rw'), 'randread → absent');
  assert.is(said.get('shard_size'), 'absent → 263144B');
});

test('the engine that was really used', () => {
  const used = (name: string, calls: 'koffi' | 'fs' = 'koffi') => ({
    engine: { ...makeTrial(makeArm('read'), 1, 1).engine, used: name, calls } as TrialRecord['engine'],
  });
  assert.equal(differs({ trials: [used('io_uring')] }), ['load engine: psync → io_uring']);
  assert.equal(differs({ trials: [used('psync', 'fs')] }), ['load engine: psync → psync (fs)']);
  const [both, other] = [
    [used('psync'), used('io_uring')],
    [used('io_uring'), used('psync')],
  ];
  assert.equal(differs({ trials: both }, { trials: other }), [], 'in whichever order');
  assert.equal(differs({ trials: both }), ['load engine: psync → io_uring and psync']);
  assert.equal(differs({ trials: [] }), [], 'who has no trial has used none');
});

test('a claim about the cache that is contradicted on one side alone, within a run too', () => {
  const [held, broken] = [makeCache('proven'), makeCache('contradicted')];
  const base = { trials: [{ cache: held }] };
  const mixed = { trials: [{ cache: held }, { cache: broken }] };
  assert.equal(differs(mixed, base), ['load cache-state: as claimed → contradicted']);
  assert.equal(differs(mixed, { trials: [{ cache: broken }] }), []);
  assert.equal(differs({ trials: [{ cache: makeCache('unproven') }] }, base), []);
  const { run, arm, trials } = side(base);
  const fast = { ...withSpec(arm, ioJob({ numjobs: 64 })), id: 'fast' };
  const other = { run, arm: fast, trials: trials.map((trial) => ({ ...trial, cache: broken })) };
  const found = mismatchesBetween({ run, arm, trials }, other, new Set());
  assert.equal(
    found.map(({ what }) => what),
    ['cache-state'],
    'jobs of one run differ where the workload says so',
  );
});

test('axes and what is to be ignored are overlooked, a mount option by its own name', () => {
  const options = { target: { options: 'rw,relatime,vers=3,nconnect=16' } };
  assert.equal(differs(options), ['environment mount-options: vers=4.1 → vers=3,nconnect=16']);
  assert.equal(differs(options, {}, ['nconnect']), ['environment mount-options: vers=4.1 → vers=3']);
  assert.equal(differs(options, {}, ['nconnect', 'vers']), []);
  assert.equal(differs(options, {}, ['mount-options']), []);
  assert.equal(differs({ job: { runtimeNs: 1e9 }, environment: { kernel: '7' } }, {}, ['runtime', 'kernel']), []);
  assert.equal(differs({ target: { fileSystem: 'ext4' } }, {}, ['fs']), []);
  const engine = { engine: { ...makeTrial(makeArm('read'), 1, 1).engine, used: 'io_uring' as const } };
  assert.equal(differs({ job: { ioengine: 'io_uring' }, trials: [engine] }, {}, ['ioengine']), []);
});

test.run();
