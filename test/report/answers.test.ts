/** The sentence that each report begins with, by situation. It never says more than the verdicts and the records do. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { calibrationOf, SIDES } from '../../src/gate/calibration.js';
import { type ComparisonOptions, compare, type NamedRun } from '../../src/gate/comparison.js';
import { gateOf } from '../../src/gate/decide.js';
import { flawsOf } from '../../src/gate/flaws.js';
import { evaluateThresholds } from '../../src/gate/thresholds.js';
import type { Arm } from '../../src/plan/plan.js';
import type { RunRecord } from '../../src/record/run-record.js';
import type { RunStatus } from '../../src/record/stored-run.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { answeredCalibration, answeredComparison, answeredRun } from '../../src/report/answer/answered.js';
import { diagnosisAnswer, diagnosisNext } from '../../src/report/answer/diagnosis-answer.js';
import { comparedColumns, formatChange, formatInterval } from '../../src/report/comparison/comparison-table.js';
import { viewRun } from '../../src/report/run/run-view.js';
import { comparisonOptions } from '../support/comparison-options.js';
import { ioJob } from '../support/jobs.js';
import { around, type MeasuredArm, measuredRun, measureNamed } from '../support/measured-runs.js';
import {
  latencies,
  machineUse,
  makeArm,
  makeCache,
  makeRun,
  makeThreshold,
  makeTrial,
  makeWindow,
} from '../support/records.js';

const test = suite('report/answers');

const MIB = 2 ** 20;

/** An arm with these words; `factors` of the form `bs=4KiB`. */
function armOf(job: string, words: Record<string, string>, factors: readonly string[] = [], target = 'data'): Arm {
  const named = factors.map((text) => ({ name: text.split('=')[0] as string, label: text.split('=')[1] as string }));
  const arm = makeArm(job, target === 'data' ? named : [...named, { name: 'target', label: target }]);
  const id = target === 'data' ? arm.id : `${makeArm(job, named).id}@${target}`;
  return { ...arm, id, target, words: { kind: 'io', ...words } };
}

const SEQUENTIAL = armOf('seq', { rw: 'read', bs: '1MiB', cache: 'cold' });
const RANDOM = armOf('rand', { rw: 'randread', bs: '4KiB', cache: 'cold', iodepth: '8' });

const P99 = { read: latencies(...Array.from({ length: 400 }, (_, index) => 1_000_000 + 1000 * index)) };

interface Situation {
  readonly arms: readonly Arm[];
  readonly rounds?: number;
  readonly run?: Partial<RunRecord>;
  readonly status?: RunStatus;
  readonly trial?: (arm: Arm, round: number) => Partial<TrialRecord>;
  readonly level?: (arm: Arm, round: number) => number;
}

function answered({ arms, rounds = 3, run = {}, status, trial = () => ({}), level = () => 512 * MIB }: Situation) {
  const record = makeRun(arms, rounds, run);
  const trials = Array.from({ length: rounds }, (_, round) =>
    arms.map((arm) =>
      makeTrial(arm, round + 1, level(arm, round), {
        latency: P99,
        client: { ...makeTrial(arm, 1, 1).client, workerCpuNs: 1e8 },
        ...trial(arm, round + 1),
      }),
    ),
  ).flat();
  return answeredRun(viewRun(record, trials, [], { status, directory: `results/${record.id}` }));
}

test('one load: what the target delivers, how much it varies, and what limits it', () => {
  const { answer, next } = answered({ arms: [SEQUENTIAL], level: (_, round) => (510 + round) * MIB });
  assert.is(
    answer,
    '/mnt/data delivers 511 MiB/s for cold sequential 1 MiB reads (median of 3 trials: 510–512 MiB/s; p99 1.4 ms). The storage limits it.',
  );
  assert.equal(next, [
    {
      what: 'measure 6 sessions, the fewest that a baseline for feedrate gate needs',
      command: 'feedrate run workloads/quick.yaml -t /mnt/data --set trials.sessions=6',
    },
  ]);
});

test('several loads: random operations are counted, and each limit has its loads', () => {
  const busy = { ...makeTrial(RANDOM, 1, 1).client, workerCpuNs: 1.9e9 };
  const { answer } = answered({
    arms: [SEQUENTIAL, RANDOM],
    level: (arm) => (arm === RANDOM ? 1000 * 4096 : 512 * MIB),
    trial: (arm) => (arm === RANDOM ? { client: busy } : {}),
  });
  assert.is(
    answer,
    "/mnt/data delivers 512 MiB/s for cold sequential 1 MiB reads and 1k IOPS for cold random 4 KiB reads with 8 in flight (p99 1.4 ms). The storage limits cold sequential 1 MiB reads; this machine's CPU limits cold random 4 KiB reads with 8 in flight.",
  );
});

test('thousands of loads are summarised, and loads with the same words are told apart', () => {
  const arms = Array.from({ length: 2000 }, (_, index) =>
    armOf('sweep', { rw: 'randread', cache: 'cold' }, [`bs=${index + 1}KiB`]),
  );
  const { answer } = answered({
    arms,
    rounds: 1,
    trial: () => ({ latency: {} }),
    level: ({ factors: [bs] }) => Number.parseInt(bs?.label ?? '', 10) * MIB,
  });
  assert.match(
    answer,
    /^\/mnt\/data delivers 1 MiB\/s \(cold random 1 KiB reads\) to 1\.95 GiB\/s \(cold random 2000 KiB reads\) over 2000 loads\. /,
  );
  assert.ok(answer.length < 400, `${answer.length}`);
  const twins = [armOf('a', { rw: 'read', bs: '1MiB' }), armOf('b', { rw: 'read', bs: '1MiB' })];
  assert.match(
    answered({ arms: twins }).answer,
    /for sequential 1 MiB reads \(a\) and .* for sequential 1 MiB reads \(b\)/,
  );
  const other = [armOf('a', { rw: 'write', bs: '4KiB/60:64KiB/40' }, ['fsync=1', 'bs=4KiB/60:64KiB/40'])];
  assert.match(answered({ arms: other }).answer, /for sequential writes with fsync=1, bs=4KiB\/60:64KiB\/40 \(/);
});

test('whole files, checkpoints and kinds of later versions', () => {
  const files = armOf('loader', { kind: 'small-files', bs: '1MiB', filesize: '16KiB', cache: 'warm', numjobs: '4' });
  const save = armOf('save', { kind: 'checkpoint-write', bs: '1MiB', shard_size: '32MiB', numjobs: '2' });
  const later = armOf('stir', { kind: 'of-a-later-version' });
  const { answer } = answered({
    arms: [files, save, later],
    trial: (arm) => (arm === save ? { latency: { write: latencies(1e6), checkpoint: latencies(5e7) } } : {}),
  });
  assert.match(answer, /for cached reads of whole 16 KiB files by 4 workers, /);
  assert.match(answer, /for checkpoint writes of 32 MiB shards by 2 workers \(p50 of a checkpoint: [\d.]+ ms\) and /);
  assert.match(answer, / for stir\./);
});

test('a job with phases has a result without a throughput: the rates of its phases', () => {
  const metadata = (numjobs: string) =>
    armOf('files', { kind: 'metadata', items: 'files', numjobs }, [`numjobs=${numjobs}`]);
  const phases = [
    { operation: 'create', durationNs: 2e9, operations: 1000 },
    { operation: 'stat', durationNs: 1e8, operations: 1000 },
    { operation: 'unlink', durationNs: 1e9, operations: 1000 },
  ] as const;
  const trial = () => ({ phases, latency: {} });
  const one = answered({ arms: [metadata('1')], trial });
  assert.match(
    one.answer,
    /^\/mnt\/data delivers 500 creates\/s, 10k stats\/s and 1k unlinks\/s for metadata operations on files \(/,
  );
  assert.equal(
    one.next.map(({ what }) => what),
    ['compare the values of numjobs', 'measure 6 sessions, the fewest that a baseline for feedrate gate needs'],
  );
  assert.match(
    answered({ arms: ['1', '4', '8'].map(metadata), trial }).answer,
    /^\/mnt\/data delivers 500 creates\/s \(metadata operations on files\) to 500 creates\/s \(.*\) over 3 loads\. /,
  );
});

test('targets are called as the user called them; two of them ask for a comparison', () => {
  const run = (command: string[], loads = arms) => ({
    command,
    plan: {
      ...makeRun(loads, 3).plan,
      targets: [
        { name: 'a', path: '/mnt/a' },
        { name: 'b', path: '/mnt/x/b' },
      ],
    },
  });
  const arms = ['a', 'b'].map((target) => armOf('seq', { rw: 'read', bs: '1MiB' }, [], target));
  const named = answered({ arms, run: run(['run', 'w.yaml', '-t', 'a=/mnt/a', '--target=b=x/b']) });
  assert.match(named.answer, /^For sequential 1 MiB reads, 512 MiB\/s on a and 512 MiB\/s on b\. /);
  const typed = answered({ arms, run: run(['run', 'w.yaml', '-t', '/mnt/a', '-t', 'x/b/']) });
  assert.match(typed.answer, / on \/mnt\/a and 512 MiB\/s on x\/b\. /);
  const many = ['one', 'two', 'three'].flatMap((job) =>
    ['a', 'b'].map((target) => armOf(job, { rw: 'read', bs: '1MiB' }, [], target)),
  );
  const level = ({ job, target }: Arm) => (job === 'one' ? 1 : 2) * (target === 'a' ? 100 : 150) * MIB;
  const ofMany = answered({ arms: many, level, run: run(['run', 'w.yaml', '-t', 'a=/mnt/a', '-t', 'b=x/b'], many) });
  assert.match(
    ofMany.answer,
    /^Targets a and b deliver 100 MiB\/s \(sequential 1 MiB reads, one, on a\) to 300 MiB\/s \(sequential 1 MiB reads, two, on b\) over 3 loads\. /,
  );
  assert.equal(
    typed.next.map(({ command }) => command),
    [
      'feedrate run w.yaml -t /mnt/a -t x/b/ --set trials.sessions=6',
      'feedrate compare results/20261123T191203Z_quick_a1f3',
    ],
  );
  const temporary = [{ name: 'tmp', path: '/tmp/feedrate-1-2-0123abcd-0123abcd' }];
  const own = answered({
    arms: [{ ...SEQUENTIAL, target: 'tmp' }],
    run: {
      command: ['run', 'w.yaml'],
      plan: { ...makeRun([SEQUENTIAL], 3).plan, arms: [{ ...SEQUENTIAL, target: 'tmp' }], targets: temporary },
    },
  });
  assert.match(own.answer, /^A temporary directory delivers /);
  assert.equal(
    own.next.map(({ command }) => command),
    ['feedrate run w.yaml -t .'],
  );
});

test('a group is measured again on all its ranks: its command has the place of none of them', () => {
  const members = [0, 1].map((rank) => ({ rank, host: `node${rank}`, clockOffsetNs: 0, clockErrorNs: 0 }));
  const group = { launcher: 'files', size: 2, files: null, members };
  const nextOf = (...words: string[]) =>
    answered({ arms: [SEQUENTIAL], run: { group, command: ['run', 'w.yaml', '-t', '/mnt/data', ...words] } }).next;
  const again = 'measure 6 sessions, the fewest that a baseline for feedrate gate needs; start all 2 ranks';
  const command = 'feedrate run w.yaml -t /mnt/data';
  for (const place of [['--rank', '0'], ['--rank=0']])
    assert.equal(nextOf('--group', 'files', ...place, '--group-size', '2'), [
      {
        what: `${again}, each with its --rank`,
        command: `${command} --group files --group-size 2 --set trials.sessions=6`,
      },
    ]);
  assert.equal(nextOf(), [{ what: `${again}, with your launcher`, command: `${command} --set trials.sessions=6` }]);
});

test('what was not measured is said first, and the remedy follows', () => {
  const fault = { code: 'EIO', syscall: 'pread', path: '/mnt/data/x', offsetBytes: 0, message: 'i/o error', worker: 0 };
  const failed = answered({
    arms: [SEQUENTIAL, RANDOM],
    status: 'failed',
    trial: (arm) => (arm === RANDOM ? { status: 'failed', fault, latency: {}, window: makeWindow(0, 0) } : {}),
  });
  assert.match(
    failed.answer,
    /^The run failed after 6 of 6 trials; 3 trials failed \(EIO in pread\); no result for cold random 4 KiB reads with 8 in flight\. \/mnt\/data delivers 512 MiB\/s /,
  );
  assert.equal(
    failed.next.map(({ command }) => command),
    ['feedrate doctor -t /mnt/data', 'feedrate run workloads/quick.yaml -t /mnt/data'],
  );
  const run = makeRun([SEQUENTIAL], 3);
  const none = answeredRun(viewRun(run, [], [], { status: 'killed' }));
  assert.is(
    none.answer,
    'The run was killed after 0 of 3 trials; no result for cold sequential 1 MiB reads. Nothing was measured.',
  );
  const stopped = answeredRun(viewRun(run, [makeTrial(SEQUENTIAL, 1, MIB)], [], { status: 'aborted' }));
  assert.match(
    stopped.answer,
    /^The run was stopped after 1 of 3 trials\. .* A single trial does not show how much the result varies/,
  );
  const timed = answeredRun(
    viewRun({ ...run, endedBy: 'time' }, [makeTrial(SEQUENTIAL, 1, MIB)], [], { status: 'complete' }),
  );
  assert.match(timed.answer, /^The time was up after 1 of 3 trials\. /);
  const running = answeredRun(viewRun(run, [makeTrial(SEQUENTIAL, 1, MIB)], [], { status: 'running' }));
  assert.match(running.answer, /^The run has not ended after 1 of 3 trials\. /);
  assert.equal(running.next, []);
  const lost = answeredRun(viewRun(null, [makeTrial(SEQUENTIAL, 1, MIB)], ['run.json: missing']));
  assert.match(lost.answer, /^The file run\.json cannot be read after 1 trial\. /);
  assert.match(lost.answer, /target data delivers 1 MiB\/s for seq /i);
});

test('what the numbers do not show: no I/O, memory, caches, other programs, a slow-down on purpose', () => {
  const ofEngine = (used: 'null' | 'simulated') => ({
    engine: { ...makeTrial(SEQUENTIAL, 1, 1).engine, used, calls: null },
  });
  const simulated = answered({ arms: [SEQUENTIAL], trial: () => ofEngine('simulated') });
  assert.match(simulated.answer, /\. This says nothing about storage: the engine simulated does no I\/O\.$/);
  assert.not.match(simulated.answer, /limits/);
  assert.equal(simulated.next, []);
  const mixed = answered({ arms: [SEQUENTIAL, RANDOM], trial: (arm) => (arm === RANDOM ? ofEngine('null') : {}) });
  assert.match(
    mixed.answer,
    /nothing about storage for cold random 4 KiB reads with 8 in flight: the engine null does no I\/O/,
  );
  const contradicted = answered({
    arms: [SEQUENTIAL, RANDOM],
    trial: (arm) => (arm === RANDOM ? { cache: makeCache('contradicted') } : {}),
  });
  assert.match(contradicted.answer, /The claimed cache state is false for cold random 4 KiB reads/);
  const asIs = { ...makeCache('none'), claim: 'as-is', observed: 'warm' } as const;
  assert.match(
    answered({ arms: [SEQUENTIAL], trial: () => ({ cache: asIs }) }).answer,
    /At least some bytes came from the page cache instead of the storage for this load/,
  );
  const others = {
    machine: machineUse({ othersCpuNs: 1e9 }),
    warnings: [{ code: 'busy-machine', message: '', remedy: '' }],
  } as const;
  const shared = answered({ arms: [SEQUENTIAL], trial: () => others });
  assert.match(shared.answer, /Other programs used this machine during this load/);
  assert.not.match(shared.answer, /storage limits/, 'a busy machine may also have made the workers wait');
  const injected = [{ target: 'data', part: 0.2, delayNs: 0 }];
  assert.match(answered({ arms: [SEQUENTIAL], run: { injected } }).answer, /slowed down on purpose/);
  const { environment } = makeRun([SEQUENTIAL], 1);
  const inMemory = {
    ...environment,
    targets: environment.targets.map((target) => ({ ...target, fileSystem: 'tmpfs' })),
  };
  assert.match(
    answered({ arms: [SEQUENTIAL], run: { environment: inMemory } }).answer,
    /target is in memory \(tmpfs\)/,
  );
  const paced = armOf('paced', { rw: 'read', bs: '1MiB', rate_iops: '100' });
  assert.match(answered({ arms: [paced] }).answer, /The rate or pause that the job sets limits it\./);
  const ownCost = { clockNs: 26, histogramNs: 2, nullNsPerOperation: 1e6 };
  assert.match(answered({ arms: [SEQUENTIAL], run: { ownCost } }).answer, /Feedrate's own overhead limits it\./);
});

test('a threshold that failed has its value, and the run is no baseline', () => {
  const bound = makeThreshold('latency', 0.99, '<', 1e6);
  const { answer, next } = answered({
    arms: [{ ...SEQUENTIAL, thresholds: [bound] }],
    run: { plan: { ...makeRun([{ ...SEQUENTIAL, thresholds: [bound] }], 3).plan, sessions: 9 } },
  });
  assert.match(
    answer,
    /\. The threshold failed: p99|\. The threshold failed: 0\.99\(latency\) < 1000000, but 1\.4 ms for cold sequential 1 MiB reads\. /,
  );
  assert.equal(next, []);
  const met = answered({ arms: [{ ...SEQUENTIAL, thresholds: [makeThreshold('throughput', null, '>', 1)] }] });
  assert.match(met.answer, /\. The threshold is met\. /);
});

const OPTIONS = comparisonOptions({ columns: ['target'], demands: 'load' });

const compared = (runs: readonly NamedRun[], changes: Partial<ComparisonOptions> = {}) =>
  compare(runs, { ...OPTIONS, ...changes });
const answerOf = (...args: Parameters<typeof compared>) => answeredComparison(compared(...args), null, {}).answer;

/** Two targets: each load with the level of the second as a multiple of the first's. */
function twoTargets(
  loads: readonly (readonly [Record<string, string>, number])[],
  sessions = 10,
  more: Partial<MeasuredArm> = {},
): NamedRun {
  const arms = loads.flatMap(([words, ratio], index) =>
    ['a', 'b'].map((target): MeasuredArm => {
      const levels =
        target === 'a' ? around(100 * MIB, sessions) : around(100 * MIB * ratio, sessions + index + 1).slice(index + 1);
      return { arm: { ...armOf(`job${index}`, words, [], target), spec: ioJob({}) }, levels, ...more };
    }),
  );
  const targets = ['a', 'b'].map((name) => ({ name, path: `/mnt/${name}` }));
  const made = measuredRun('r1', arms, { command: ['run', 'w.yaml', '-t', '/mnt/a', '-t', '/mnt/b'] });
  const [environment] = made.run.environment.targets;
  return {
    ...made,
    run: {
      ...made.run,
      plan: { ...made.run.plan, targets },
      environment: {
        ...made.run.environment,
        targets: targets.map((target) => ({ ...environment, ...target }) as never),
      },
    },
  };
}

const READ = { rw: 'read', bs: '1MiB' };
const SMALL = { rw: 'randread', bs: '4KiB' };

test('two targets: the difference with the numbers of the table, and what cannot be seen', () => {
  const run = twoTargets([
    [READ, 1.42],
    [SMALL, 1],
  ]);
  const comparison = compared([run]);
  const cell = comparison.cells.find(({ judgement }) => judgement.verdict === 'improvement');
  const ratio = cell?.judgement.ratio;
  assert.ok(cell && ratio);
  const { answer } = answeredComparison(comparison, null, {});
  const [change, interval] = [formatChange(ratio.estimate), formatInterval(ratio)];
  assert.is(
    answer,
    `For sequential 1 MiB reads, /mnt/b is ${change.slice(1)} faster than /mnt/a (95 % interval ${interval}). The difference between /mnt/a and /mnt/b is less than 1 % for random 4 KiB reads.`,
  );
  const cells = comparedColumns(comparison, measureNamed('throughput')).map(({ text }) => text(cell));
  assert.ok(cells.includes(change) && cells.includes(interval), 'as in the table');
  assert.match(
    answerOf([twoTargets([[READ, 2.5]])]),
    /^For sequential 1 MiB reads, \/mnt\/b is 2\.5\d× as fast as \/mnt\/a \(/,
  );
  assert.match(answerOf([twoTargets([[READ, 0.8]])]), /\/mnt\/b is 20\.\d % slower than \/mnt\/a \(95 % interval −/);
});

test('without enough sessions, nothing is called a difference', () => {
  const few = twoTargets([[READ, 0.5]], 2);
  const { answer, next } = answeredComparison(compared([few]), null, { command: ['compare'] });
  assert.is(answer, '2 sessions are too few to show a difference between /mnt/a and /mnt/b; 6 are needed.');
  assert.equal(
    next.map(({ command }) => command),
    ['feedrate run w.yaml -t /mnt/a -t /mnt/b --set trials.sessions=6', 'feedrate compare --detail'],
  );
  const open = answerOf([twoTargets([[READ, 1]], 8)], { minEffect: 0.0001 });
  assert.match(
    open,
    /^No difference between \/mnt\/a and \/mnt\/b is shown in throughput\. Still undecided for sequential 1 MiB reads: only a difference above \d\.\d % would show/,
  );
  assert.not.match(open, /faster|slower/);
});

test('many rows are counted, the worst and the best have numbers', () => {
  const loads = Array.from({ length: 12 }, (_, index): [Record<string, string>, number] => [
    { rw: 'read', bs: `${index + 1}MiB` },
    index < 4 ? 0.7 + index / 50 : index < 8 ? 1.2 : 1,
  ]);
  const { answer } = answeredComparison(compared([twoTargets(loads, 12)]), null, {});
  assert.match(
    answer,
    /^Compared with \/mnt\/a, \/mnt\/b is worse in 4 of 12 rows, most for sequential 1 MiB reads \(−30\.\d %, interval [^)]*\) and better in 4 of 12 rows, most for .*, in throughput\. The difference between .* is less than 1 % for 4 of 12 rows\.$/,
  );
});

test('a latency is lower or higher, not faster; several metrics have a sentence each', () => {
  const of = (factor: number) => ({
    read: latencies(...Array.from({ length: 400 }, (_, index) => factor * (1e6 + index))),
  });
  const arm = armOf('seq', READ);
  const side = (name: string, factor: number) =>
    measuredRun(name, [{ arm, levels: around(100, 9), trials: { latency: of(factor) } }]);
  const answer = answerOf([side('old', 1), side('new', 1.5)], {
    columns: ['run'],
    measures: ['throughput', 'p99(latency)'].map(measureNamed),
  });
  assert.match(answer, /^The difference between old and new is less than 1 % for sequential 1 MiB reads\. /);
  assert.match(
    answer,
    /For sequential 1 MiB reads, p99\(latency\) of new is 50\.\d % higher than that of old \(95 % interval \+/,
  );
  assert.match(answer, /The runs were measured at different times/);
  const factor = answerOf(
    [
      measuredRun(
        'r',
        ['1', '8'].map((depth) => ({
          arm: armOf('s', { ...SMALL, iodepth: depth }, [`iodepth=${depth}`]),
          levels: around(Number(depth), 9),
        })),
      ),
    ],
    { columns: ['iodepth'] },
  );
  assert.match(factor, /^For random 4 KiB reads, iodepth=8 is 8\.0\d× as fast as iodepth=1 \(/);
});

test('incomparable, unmeasured and dubious rows say why', () => {
  const arm = armOf('seq', READ);
  const of = (name: string, level: number, kernel: string) =>
    measuredRun(name, [{ arm, levels: around(level, 9) }], {}, { kernel });
  const other = compared([of('old', 100, '6.1'), of('new', 50, '6.5')], { columns: ['run'], demands: 'environment' });
  const { answer, next } = answeredComparison(other, null, { command: ['compare', 'old', 'new'] });
  assert.match(answer, /^Not comparable: sequential 1 MiB reads \(different kernel\)\./);
  assert.not.match(answer, /slower/);
  assert.equal(
    next.map(({ command }) => command),
    ['feedrate compare old new --ignore kernel'],
  );
  const idle = measuredRun('idle', [{ arm, levels: [] }]);
  assert.match(
    answerOf([of('old', 100, '6.1.0'), idle], { columns: ['run'] }),
    /^Nothing could be compared|Not measured on both sides: sequential 1 MiB reads/,
  );
});

test('three columns: the best, those near it, and the next', () => {
  const three = ['a', 'b', 'c'].map((name, index) =>
    measuredRun(name, [{ arm: armOf('seq', READ), levels: around(100 - 20 * (index % 2), 9 + index).slice(index) }]),
  );
  const answer = answerOf(three, { columns: ['run'] });
  assert.match(
    answer,
    /^For sequential 1 MiB reads, [ac] is best \(throughput 100 B\/s\); no clear difference from it: [ac]; the next that is clearly worse is b \(−20\.\d %\)/,
  );
  const few = ['a', 'b', 'c'].map((name) => measuredRun(name, [{ arm: armOf('seq', READ), levels: around(100, 2) }]));
  assert.match(answerOf(few, { columns: ['run'] }), /^Too few sessions to rank 3 columns: \d+ are needed\. /);
});

function gated(
  runs: readonly NamedRun[],
  { min = 0.01, thresholds = [] as Arm['thresholds'], sessions = true, strict = false, columns = ['run'] } = {},
) {
  const candidate = runs.at(-1) as NamedRun;
  const comparison = compared(runs, {
    columns,
    directions: 'regressions',
    alpha: 0.01,
    minEffect: min,
    demands: 'environment',
  });
  const arms = candidate.run.plan.arms.map((arm) => ({ ...arm, thresholds }));
  const flaws = flawsOf({
    run: candidate.run,
    status: sessions ? 'complete' : 'aborted',
    trials: candidate.trials,
    problems: [],
  });
  const gate = gateOf(comparison, evaluateThresholds(arms, candidate.trials), {
    failOnInconclusive: strict,
    flaws,
    look: { number: 1, planned: 1 },
  });
  return { gate, ...answeredComparison(comparison, gate, { command: ['gate', candidate.name, '--baseline', 'main'] }) };
}

const side = (name: string, level: number, sessions = 12, id = name) =>
  measuredRun(name, [{ arm: armOf('seq', READ), levels: around(level, sessions) }], { id });

test('a gate says what it rules out, what it cannot show, and the worst row', () => {
  const pass = gated([side('main', 100, 12, 'base'), side('new', 100)]);
  assert.match(
    pass.answer,
    /^Pass: no regression of new against main was found; a loss above 1 % is ruled out for sequential 1 MiB reads\. /,
  );
  assert.equal(
    pass.next.map(({ command }) => command),
    ['feedrate baseline save main new'],
  );
  const open = gated([side('main', 100, 12, 'base'), side('new', 100)], { min: 0.0001 });
  assert.is(open.gate.outcome, 'pass');
  assert.is(open.gate.notShown.length, 1);
  assert.match(
    open.answer,
    /^Pass: no regression of new against main was found\. For sequential 1 MiB reads, a regression smaller than \d\.\d % could have been missed\. /,
  );
  assert.match(
    gated([side('main', 100), side('new', 100)], { min: 0.0001, strict: true }).answer,
    /^Undecided: for sequential 1 MiB reads, a regression smaller than \d\.\d % could have been missed\. /,
  );
  assert.match(
    gated([side('main', 100), side('new', 80)]).answer,
    /^Fail: for sequential 1 MiB reads, new is 20\.0 % slower than main \(95 % interval −20\.\d % … −19\.\d %\)\. /,
  );
  assert.match(
    gated([side('main', 100), side('new', 100)], { thresholds: [makeThreshold('throughput', null, '>', 1e9)] }).answer,
    /^Fail: 1 threshold failed: throughput > 1000000000, but 100 B\/s in seq\. /,
  );
  assert.match(
    gated([side('main', 100), side('new', 100, 2)]).answer,
    /^Undecided: 2 sessions are too few to detect a regression; \d+ of the candidate are needed\. /,
  );
  assert.match(
    gated([side('main', 100), side('new', 100)], { sessions: false }).answer,
    /^No verdict: the measurement is incomplete \(the run is aborted: 12 of 1 trials are recorded\)\. /,
  );
});

test('a target that is calibrated: what is noise, and the plan', () => {
  const loads = SIDES.flatMap((target): MeasuredArm[] => [
    {
      arm: armOf('seq', READ, [], target),
      levels: around(100 * MIB, target === 'A' ? 10 : 11).slice(target === 'A' ? 0 : 1),
    },
  ]);
  const { run, trials } = measuredRun('cal', loads, { calibration: true });
  const options = { measures: OPTIONS.measures, alpha: 0.01, minEffect: 0.01, confidence: 0.95, wanted: 0.05 };
  const record = calibrationOf(run, trials, options);
  const context = { workload: 'w.yaml', command: ['calibrate', '-t', 'x'] };
  const { answer, next } = answeredCalibration(record, context);
  assert.match(
    answer,
    /^On \/mnt\/data, differences below 0\.\d % cannot be told from noise for sequential 1 MiB reads\. The 10 sessions that were measured detect a difference of 5 %, and \d+ sessions × \d+ rounds? would be enough\.$/,
  );
  assert.match(
    next[0]?.command ?? '',
    /^feedrate run w\.yaml -t \/mnt\/data --set trials\.sessions=\d+ --set trials\.rounds=\d+$/,
  );
  const few = { ...record, warnings: [{ code: 'too-few-sessions', message: '', remedy: '' }], sessionsNeeded: 12 };
  assert.is(answeredCalibration(few, context).next[0]?.command, 'feedrate calibrate -t x --sessions 12');
});

test('a visit of the doctor: problems by name, or nothing', () => {
  const finding = (check: string, severity: 'good' | 'note' | 'bad' | 'unknown') => ({
    check,
    severity,
    value: '',
    reason: 'because',
    remedy: null,
  });
  const target = { name: 'train', path: '/mnt/train' };
  const of = (...findings: ReturnType<typeof finding>[]) => ({ target, findings });
  assert.is(diagnosisAnswer(of(finding('rsize', 'good'))), 'Nothing is wrong with /mnt/train.');
  assert.is(
    diagnosisAnswer(
      of(
        finding('NFS version', 'bad'),
        finding('nconnect', 'bad'),
        finding('memory', 'note'),
        finding('volume', 'unknown'),
      ),
    ),
    '2 problems with /mnt/train: NFS version and nconnect. Worth knowing: memory. Could not be checked: volume.',
  );
  assert.is(diagnosisAnswer(of(finding('volume', 'unknown'))), 'Nothing about /mnt/train could be checked.');
  const many = ['a', 'b', 'c', 'd', 'e'].map((name) => finding(name, 'bad'));
  assert.is(diagnosisAnswer(of(...many)), '5 problems with /mnt/train: a, b, c and 2 more.');
  assert.equal(
    diagnosisNext([of(...many)], ['run', 'quick']).map(({ command }) => command),
    ['feedrate doctor -t /mnt/train'],
  );
  assert.equal(
    diagnosisNext([of()], ['run', 'quick']).map(({ command }) => command),
    ['feedrate run quick -t /mnt/train'],
  );
});

test.run();
