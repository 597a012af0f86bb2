/** What is predicted from a ramp: capacity, whole accelerators, limiter, loader, refusals. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isRefusal, predictFeed } from '../../../src/training/predict/predict-feed.js';
import { madeRamp } from './made-ramp.js';

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

test.run();
