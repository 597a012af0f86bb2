/** What is predicted from a ramp: capacity, whole accelerators, limiter, loader, refusals. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createHistogram, record } from '../../../src/histogram/histogram.js';
import { predictionDoubts } from '../../../src/training/predict/doubts.js';
import { FeedModel } from '../../../src/training/predict/feed-model.js';
import { findLimiter } from '../../../src/training/predict/limiter.js';
import { outsideMeasured } from '../../../src/training/predict/measured-range.js';
import { type FeedQuestion, isRefusal, predictFeed } from '../../../src/training/predict/predict-feed.js';
import type { FeedDemand, FeedPrediction } from '../../../src/training/predict/prediction.js';
import type { ClientCost, Ramp } from '../../../src/training/predict/ramp.js';
import { recommendLoader } from '../../../src/training/predict/recommend.js';
import { type MadeRamp, madeRamp } from './made-ramp.js';

const test = suite('training/predict/predict-feed');

const DEMAND = {
  name: 'x',
  format: 'npz' as const,
  recordBytes: 1e6,
  recordStdevBytes: 0,
  batchSize: 5,
  computeNs: 200e6,
  leastAu: 0.9,
};
const QUESTION = {
  loader: { workers: 4, prefetchFactor: 2, inOrder: true },
  reader: 'format',
  cache: 'cold' as const,
  steps: null,
  seed: 1,
};

test('a storage of 100 samples/s feeds four accelerators that need 25 each', () => {
  const rate = (readers: number) => Math.min(readers * 10, 100);
  const ramp = madeRamp({ readers: [1, 2, 4, 8, 16, 32], rate, rounds: 3, roundFactor: (r) => 1 + (r - 1) * 0.01 });
  const answer = predictFeed(ramp, DEMAND, QUESTION);
  if (isRefusal(answer)) throw new Error(answer.message);
  assert.is(answer.whole, 4);
  assert.ok(Math.abs(answer.accelerators.estimate - 4) < 0.02);
  assert.is(answer.limiter?.kind, 'storage');
});

const SERVES_100 = (readers: number) => Math.min(readers * 10, 100);
const READERS = [1, 2, 4, 8, 16, 32];

function answered(made: Partial<MadeRamp>, demand: Partial<FeedDemand> = {}, workers = 4): FeedPrediction {
  const ramp = madeRamp({ readers: READERS, rate: SERVES_100, ...made });
  const loader = { workers, prefetchFactor: 2, inOrder: true };
  const answer = predictFeed(ramp, { ...DEMAND, ...demand }, { ...QUESTION, loader });
  if (isRefusal(answer)) throw new Error(answer.message);
  return answer;
}

test('a mount that feeds less than one accelerator has a fraction', () => {
  const { accelerators, whole, au } = answered({ rate: (readers) => Math.min(readers * 5, 15) }, {}, 4);
  assert.ok(Math.abs(accelerators.estimate - 0.6) < 0.01);
  assert.is(whole, 0);
  assert.ok(Math.abs((au[0]?.au.estimate ?? NaN) - 0.6) < 0.01);
  assert.is(accelerators.low, null);
});

test('the interval covers the scatter of the passes, and is wider for fewer', () => {
  const width = (rounds: number) => {
    const roundFactor = (round: number) => 1 + 0.02 * (-1) ** round;
    const ramp = madeRamp({ readers: READERS, rate: SERVES_100, rounds, roundFactor });
    const capacity = new FeedModel(ramp, 1).capacity(DEMAND, QUESTION.loader);
    if (isRefusal(capacity)) throw new Error(capacity.message);
    return (capacity.accelerators.high ?? NaN) - (capacity.accelerators.low ?? NaN);
  };
  const [few, many] = [width(2), width(8)];
  assert.ok(many > 0.04 && many < 0.6 && few > 2 * many, `${few} ${many}`);
});

test('the limiter is named by what helps', () => {
  const kind = (ramp: Ramp, accelerators = 5, workers = 4, computeNs = DEMAND.computeNs) => {
    const loader = { workers, prefetchFactor: 2, inOrder: true };
    return findLimiter(new FeedModel(ramp, 1), { ...DEMAND, computeNs }, accelerators, loader)?.kind;
  };
  const made = (rate: (readers: number) => number, client: Partial<ClientCost> = {}) =>
    madeRamp({ readers: READERS, rate, client });
  const quick = (readers: number) => readers * 1000;
  const ramp = made(SERVES_100);
  assert.is(kind(ramp), 'storage');
  assert.is(
    kind(
      made((readers) => readers * 5),
      1,
      2,
    ),
    'one-stream',
  );
  assert.is(kind(made(quick, { perSampleNs: 60e6, cores: 2 })), 'client-cpu');
  assert.is(kind(made(quick, { perHandOverNs: 30e6 })), 'harness');
  assert.is(kind(made(quick), 5, 4, 1e9), 'accelerator');
  const network = { linkBytesPerSecond: 125e6, connectionBytesPerSecond: 26e6, connections: 4 };
  assert.is(kind({ ...ramp, network }), 'network');
  const points = ramp.points.map(({ readers, rounds }) => ({
    readers,
    rounds: rounds.map((round) => ({ ...round, cpuNs: round.durationNs * 1.9 })),
  }));
  assert.is(kind({ ...ramp, points, client: { ...ramp.client, cores: 2 } }), 'client-cpu');
});

test('the loader that is recommended is the least that suffices', () => {
  // Five samples in 200 ms at 10 samples/s a stream take 2.5 workers.
  const ramp = madeRamp({ readers: READERS, rate: (readers) => readers * 10 });
  const recommended = recommendLoader(new FeedModel(ramp, 1), DEMAND, 1);
  assert.is(recommended?.numWorkers, 3);
  assert.ok((recommended?.au ?? 0) > 0.99);
});

test('beyond what was measured, nothing is predicted', () => {
  const ramp = madeRamp({ readers: READERS, rate: SERVES_100 });
  const reason = (demand: Partial<FeedDemand>, question: Partial<FeedQuestion> = {}) =>
    outsideMeasured(ramp, { ...DEMAND, ...demand }, { ...QUESTION, ...question })?.reason ?? null;
  assert.is(reason({ recordBytes: 1.01e6 }), null);
  assert.is(reason({ recordBytes: 2e6 }), 'record-size');
  assert.is(reason({ recordStdevBytes: 5e5 }), 'record-size');
  assert.is(reason({ format: 'jpeg' }), 'format');
  assert.is(reason({}, { reader: 'mlperf-3.0' }), 'reader');
  assert.is(reason({}, { cache: 'warm' }), 'cache');
  const crowded = { ...QUESTION, loader: { workers: 33, prefetchFactor: 2, inOrder: true } };
  const answer = predictFeed(ramp, DEMAND, crowded);
  assert.equal(isRefusal(answer) && [answer.reason, answer.readersNeeded], ['readers', 33]);
  assert.ok(answered({ rate: (readers) => readers * 10 }).isLowerBound);
});

test('doubtful predictions say so', () => {
  const reasons = (client: Partial<ClientCost>, demand: Partial<FeedDemand> = {}, steps: number | null = null) => {
    const ramp = madeRamp({ readers: READERS, rate: SERVES_100, rounds: 2, client });
    return predictionDoubts(ramp, { ...DEMAND, ...demand }, steps, false).map(({ reason }) => reason);
  };
  assert.equal(reasons({}), []);
  assert.equal(reasons({ perHandOverNs: 30e6 }), ['short-steps']);
  assert.equal(reasons({ perHandOverNs: 15e6 }, { batchSize: 1 }), ['small-batches']);
  assert.equal(reasons({}, {}, 49), ['few-steps']);
  const once = madeRamp({ readers: READERS, rate: SERVES_100 });
  assert.equal(
    predictionDoubts(once, DEMAND, null, true).map(({ reason }) => reason),
    ['not-saturated', 'one-round'],
  );
});

test('a ramp that cannot be used is refused', () => {
  const ramp = madeRamp({ readers: [2, 4], rate: SERVES_100 });
  assert.throws(() => predictFeed(ramp, DEMAND, QUESTION), /does not have one reader/);
  const back = madeRamp({ readers: [1, 4, 2], rate: SERVES_100 });
  assert.throws(() => predictFeed(back, DEMAND, QUESTION), /2 readers come after 4/);
});

test('a histogram does for latencies, when their order is not known', () => {
  const ramp = madeRamp({ readers: READERS, rate: SERVES_100, rounds: 2 });
  const points = ramp.points.map(({ readers, rounds }) => ({
    readers,
    rounds: rounds.map((round) => {
      const latencies = createHistogram();
      for (const values of round.latencies as number[][]) for (const value of values) record(latencies, value);
      return { ...round, latencies };
    }),
  }));
  const answer = predictFeed({ ...ramp, points }, DEMAND, QUESTION);
  assert.is(isRefusal(answer) ? null : answer.whole, 4);
});

test.run();
