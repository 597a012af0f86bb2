/** What a client costs without its storage, from the trials that measure it, and which limit the emulation shows. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { limiterWithEmulation } from '../../src/gate/feed-limiter.js';
import { createHistogram, record } from '../../src/histogram/histogram.js';
import { encodeHistogram } from '../../src/histogram/sparse-counts.js';
import type { EmulatedAu } from '../../src/record/feed-record.js';
import type { TrainingRecord } from '../../src/record/training-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { clientCostOf } from '../../src/stats/feed-client.js';
import { makeArm, makeTrial } from '../support/records.js';

const test = suite('stats/feed-client');

const counts = (ns: number, times: number) => {
  const histogram = createHistogram();
  for (let i = 0; i < times; i++) record(histogram, ns);
  return encodeHistogram(histogram);
};

/** A trial of 101 steps, the first of which is not counted. */
function trialOf(job: string, stepNs: number, changes: Partial<TrialRecord>, training: Partial<TrainingRecord> = {}) {
  const epoch = { steps: 101, startNs: 0, endNs: 101 * stepNs, firstStepNs: stepNs };
  const epochs = [epoch] as unknown as TrainingRecord['epochs'];
  const own = { ...makeTrial(makeArm('readers'), 1, 1e6), job };
  return { ...own, ...changes, training: { computeNs: 1, readThreads: 1, epochs, ...training } as TrainingRecord };
}

const reader = (batchNs: number, stepNs: number) =>
  trialOf('client-reader', stepNs, { latency: { batch: counts(batchNs, 101) } });
const accelerator = (waitNs: number, training: Partial<TrainingRecord>) =>
  trialOf(
    'client-accelerator',
    1e6,
    { latency: { wait: counts(waitNs, 101), barrier: counts(20_000, 101) } },
    training,
  );

const NO_OWN_TIMES = { preprocessNs: 0, handOverNs: 0 };

const near = (value: number, expected: number) => assert.ok(Math.abs(value - expected) < 0.02 * expected, `${value}`);

test('a batch costs what a step takes besides making it, and a hand-over what a step takes besides computing', () => {
  const trials = [reader(80_000, 100_000), accelerator(70_000, { computeNs: 10e6, readThreads: 4 })];
  const round = { samples: 100, durationNs: 1e9, bytes: 1, latencies: [[1]], cpuNs: 4e6, serverNs: null };
  const cost = clientCostOf(trials, [{ readers: 1, rounds: [round] }], { preprocessNs: 5e6, handOverNs: 0 }, 8);
  near(cost.perBatchNs, 20_000);
  near(cost.perHandOverNs, 90_000);
  assert.equal([cost.perSampleNs, cost.perReadNs, cost.cores], [5e6, 40_000, 8]);
  assert.is(cost.source, 'measured without storage and --preprocess');
});

test('the user’s own time of a hand-over is added to what was measured', () => {
  const trials = [reader(80_000, 100_000), accelerator(70_000, { computeNs: 10e6, readThreads: 4 })];
  const own = { preprocessNs: 5e6, handOverNs: 2e6 };
  const cost = clientCostOf(trials, [], own, 8);
  near(cost.perHandOverNs, 2_090_000);
  assert.is(cost.source, 'measured without storage and --preprocess and --hand-over');
  const { perHandOverNs, source } = clientCostOf([], [], own, 8);
  assert.equal([perHandOverNs, source], [2e6, '--preprocess and --hand-over']);
});

test('steps that wait for slow workers are no hand-over', () => {
  const trials = [reader(40e6, 40e6), accelerator(10_100_000, { computeNs: 10e6, readThreads: 2 })];
  assert.ok(clientCostOf(trials, [], NO_OWN_TIMES, 8).perHandOverNs < 500_000);
});

test('on a virtual clock, nothing is measured, and a client takes no time', () => {
  const { perBatchNs, perHandOverNs, source } = clientCostOf([], [], NO_OWN_TIMES, 8);
  assert.equal([perBatchNs, perHandOverNs, source], [0, 0, 'a virtual clock, on which a client takes no time']);
});

const EMULATED: readonly EmulatedAu[] = [
  { accelerators: 4, trials: 3, steps: 90, au: { low: 0.7, estimate: 0.72, high: 0.74 }, side: 'below' },
];

test('the emulation shows that the client is the limit, and not the storage', () => {
  const kindOf = (nullAu: number | null, changes: Partial<TrialRecord> = {}) => {
    const trial = trialOf('accelerators-4', 1e6, changes, nullAu === null ? {} : { nullAu });
    return limiterWithEmulation({ kind: 'storage', evidence: [] }, EMULATED, [trial], 1)?.kind;
  };
  assert.is(kindOf(0.99), 'storage');
  assert.is(kindOf(0.8), 'harness');
  assert.is(kindOf(null), 'storage');
  const { client } = makeTrial(makeArm('readers'), 1, 1e6);
  const machine = { spanNs: 1e9, cpus: 2, othersCpuNs: 0, stealNs: 0 } as TrialRecord['machine'];
  const busy = { ...client, workerCpuNs: 1.9e9 };
  assert.is(kindOf(0.99, { client: busy, ...(machine && { machine }) }), 'client-cpu');
  assert.is(limiterWithEmulation(null, EMULATED, [], 1), null);
});

test.run();
