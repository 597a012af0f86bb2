/** The replay against closed forms: deterministic and exponential stations, and the fluid bound. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../../src/base/prng.js';
import { type ReplayPlan, replay } from '../../../src/training/predict/replay.js';
import { storageModel } from '../../../src/training/predict/storage-model.js';
import { FREE_CLIENT, madeRamp } from './made-ramp.js';

const test = suite('training/predict/replay');
const MS = 1e6;

const PLAN: ReplayPlan = {
  accelerators: 1,
  loader: { workers: 4, prefetchFactor: 2, inOrder: true },
  batchSize: 5,
  computeNs: 100 * MS,
  steps: 200,
  barrier: true,
};

function near(actual: number, expected: number, share: number, what = ''): void {
  assert.ok(Math.abs(actual / expected - 1) <= share, `${what} ${actual} is not ${expected} ± ${share * 100} %`);
}

for (const rate of [10, 25, 49, 50, 51, 200]) {
  test(`a station of ${rate} samples/s serves one accelerator as the closed form says`, () => {
    const storage = storageModel(madeRamp({ readers: [1, 2, 4], rate: () => rate }));
    const { steadyAu, samplesPerSecond } = replay(storage, FREE_CLIENT, PLAN, 1);
    const au = Math.min(1, rate / 50);
    near(steadyAu ?? NaN, au, 1e-9);
    near(samplesPerSecond, 50 * au, 1e-9);
  });
}

/**
 * Throughput of a closed network with one exponential station and a delay, by exact mean value analysis (Reiser and
 * Lavenberg 1980): R(k) = s·(1 + Q(k − 1)), X(k) = k / (R(k) + Z), Q(k) = X(k)·R(k).
 */
function meanValueAnalysis(customers: number, serviceNs: number, delayNs: number): number {
  let waiting = 0;
  let rate = 0;
  for (let k = 1; k <= customers; k++) {
    const responseNs = serviceNs * (1 + waiting);
    rate = (k * 1e9) / (responseNs + delayNs);
    waiting = (rate * responseNs) / 1e9;
  }
  return rate;
}

/** A station with one server and exponential times: whoever is last of k waits for k services. */
function exponentialStation(readers: readonly number[], rate: number) {
  const prng = createPrng(5);
  const exponential = () => -Math.log(1 - prng.nextFloat());
  const erlang = (k: number) => Array.from({ length: k }, exponential).reduce((sum, time) => sum + time, 0) / k;
  return storageModel(madeRamp({ readers, rate: () => rate, work: erlang, samplesPerReader: 4000 }));
}

for (const delayMs of [2, 10, 40]) {
  test(`workers at an exponential station, with ${delayMs} ms of work besides, are as fast as by mean value analysis`, () => {
    const workers = 6;
    const storage = exponentialStation([1, 2, 4, 8], 200);
    const client = { ...FREE_CLIENT, perSampleNs: delayMs * MS };
    const loader = { workers, prefetchFactor: 1, inOrder: false };
    const plan = { accelerators: 1, loader, batchSize: 1, computeNs: 0, steps: 40_000, barrier: true };
    const exact = meanValueAnalysis(workers, 5 * MS, delayMs * MS);
    near(replay(storage, client, plan, 1).samplesPerSecond, exact, 0.01);
  });
}

test('a client with few processors is a station, too', () => {
  const storage = storageModel(madeRamp({ readers: [1, 2, 4, 8], rate: (readers) => readers * 1e6 }));
  const client = { ...FREE_CLIENT, perSampleNs: 10 * MS, cores: 2 };
  const plan = { ...PLAN, computeNs: MS };
  near(replay(storage, client, plan, 1).samplesPerSecond, 200, 0.001);
});

test('what a loader hands over costs every step', () => {
  const storage = storageModel(madeRamp({ readers: [1, 2, 4], rate: (readers) => readers * 1e6 }));
  const { steadyAu, waitNs } = replay(storage, { ...FREE_CLIENT, perHandOverNs: 25 * MS }, PLAN, 1);
  near(steadyAu ?? NaN, 0.8, 1e-9);
  near(waitNs, 25 * MS, 1e-9);
});

test('short epochs read too high by the reference, and the steady AU does not', () => {
  const prng = createPrng(5);
  const work = () => 0.5 + prng.nextFloat();
  const storage = storageModel(madeRamp({ readers: [1, 2, 4], rate: () => 100, work, samplesPerReader: 2000 }));
  const au = (steps: number) => {
    const plan = { ...PLAN, batchSize: 1, computeNs: 5.1 * MS, steps };
    const epochs = Array.from({ length: 30 }, (_, seed) => replay(storage, FREE_CLIENT, plan, seed));
    if (steps >= 50) near(epochs.reduce((sum, each) => sum + (each.steadyAu ?? NaN), 0) / 30, 0.51, 0.03);
    else if (steps <= 24) assert.is(epochs[0]?.steadyAu, null);
    return epochs.reduce((sum, each) => sum + each.referenceAu, 0) / 30;
  };
  near(au(12), 0.63, 0.05);
  near(au(24), 0.55, 0.05);
  near(au(50), 0.52, 0.05);
  near(au(300), 0.51, 0.02);
});

test('slow samples cost more than the fluid bound says, and more prefetching or no barrier costs less', () => {
  const prng = createPrng(3);
  const work = () => (prng.nextFloat() < 0.01 ? 50 : 1);
  const ramp = madeRamp({ readers: [1, 2, 4, 8, 16], rate: () => 1000, work, samplesPerReader: 4000 });
  const au = (prefetchFactor: number, barrier: boolean) => {
    const loader = { workers: 4, prefetchFactor, inOrder: true };
    const plan = { accelerators: 4, loader, batchSize: 7, computeNs: (28 * MS) / 1.1, steps: 1500, barrier };
    return replay(storageModel(ramp), FREE_CLIENT, plan, 1).steadyAu ?? NaN;
  };
  const [one, two, apart] = [au(1, true), au(2, true), au(2, false)];
  near(one, 0.805, 0.05);
  near(two, 0.871, 0.05);
  near(apart, 0.9, 0.05);
  assert.ok(one < two && two < apart && two < 0.91);
});

const anyStorage = fc
  .record({ each: fc.integer({ min: 20, max: 200 }), most: fc.integer({ min: 50, max: 2000 }), seed: fc.nat() })
  .map(({ each, most, seed }) => {
    const prng = createPrng(seed);
    const rate = (readers: number) => Math.min(readers * each, most);
    const ramp = madeRamp({ readers: [1, 2, 4, 8, 16, 32], rate, work: () => 0.5 + prng.nextFloat() });
    return { rate, storage: storageModel(ramp) };
  });
const anyPlan = fc.record({
  accelerators: fc.integer({ min: 1, max: 4 }),
  loader: fc.record({
    workers: fc.integer({ min: 1, max: 8 }),
    prefetchFactor: fc.integer({ min: 1, max: 3 }),
    inOrder: fc.boolean(),
  }),
  batchSize: fc.integer({ min: 1, max: 8 }),
  computeNs: fc.integer({ min: 1, max: 300 }).map((ms) => ms * MS),
  steps: fc.constant(300),
  barrier: fc.boolean(),
});

test('no replay beats the fluid bound, and its times add up', () => {
  fc.assert(
    fc.property(anyStorage, anyPlan, ({ storage }, plan) => {
      const { steadyAu, samplesPerSecond, waitNs, barrierNs, meanReaders } = replay(storage, FREE_CLIENT, plan, 1);
      const { accelerators, batchSize, computeNs, loader } = plan;
      const au = steadyAu ?? NaN;
      // What was drawn for the ramp may be faster than the rate that it was drawn for.
      const depths = Array.from({ length: accelerators * loader.workers }, (_, i) => i + 1);
      const most = Math.max(...depths.map((readers) => (readers * 1e9) / storage.meanNs(readers)));
      const fluid = Math.min(1, (computeNs * most) / 1e9 / accelerators / batchSize);
      // A few hundred steps vary by what is drawn, and by the stock that they begin and end with: of 4,000 cases, one in a
      // hundred was above 1.05, and none above 1.15.
      assert.ok(au <= fluid * 1.25 && au <= 1 + 1e-9, `${au} > ${fluid}`);
      near(samplesPerSecond, (au * accelerators * batchSize * 1e9) / computeNs, 1e-9);
      near(au, computeNs / (computeNs + waitNs + barrierNs), 1e-9);
      assert.ok(meanReaders <= accelerators * loader.workers);
    }),
    { numRuns: 60 },
  );
});

test('faster storage, longer steps and more workers never lower AU by more than chance', () => {
  const storageOf = (factor: number) =>
    storageModel(madeRamp({ readers: [1, 2, 4, 8, 16, 32], rate: (readers) => factor * Math.min(readers * 20, 200) }));
  const au = (factor: number, plan: ReplayPlan) => replay(storageOf(factor), FREE_CLIENT, plan, 1).steadyAu ?? NaN;
  fc.assert(
    fc.property(anyPlan, fc.double({ min: 1, max: 4, noNaN: true }), (plan, factor) => {
      const here = au(1, plan) - 0.01;
      assert.ok(au(factor, plan) >= here);
      assert.ok(au(1, { ...plan, computeNs: plan.computeNs * factor }) >= here);
      const { loader, steps } = plan;
      const more = { ...loader, workers: loader.workers + 1 };
      if (loader.inOrder) assert.ok(au(1, { ...plan, loader: more, steps: 2 * steps }) >= here);
    }),
    { numRuns: 40 },
  );
});

test('the same seed gives the same replay', () => {
  const storage = exponentialStation([1, 2, 4], 60);
  assert.equal(replay(storage, FREE_CLIENT, PLAN, 7), replay(storage, FREE_CLIENT, PLAN, 7));
});

test.run();
