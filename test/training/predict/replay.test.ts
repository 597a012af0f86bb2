/** The replay against closed forms. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
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

test.run();
