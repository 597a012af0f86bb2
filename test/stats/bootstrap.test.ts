import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { mean, median } from 'simple-statistics';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { autocorrelation } from '../../src/stats/autocorrelation.js';
import { blockBootstrap, blockLengthFor } from '../../src/stats/block-bootstrap.js';
import { acceleration, bcaInterval, bootstrap, percentileInterval } from '../../src/stats/bootstrap.js';

const test = suite('stats/bootstrap');

// The reference lies with the sources, three folders above the compiled test.
const golden = JSON.parse(
  readFileSync(new URL('../../../test/stats/reference/resampling.json', import.meta.url), 'utf8'),
) as {
  readonly bca: readonly {
    readonly x: number[];
    readonly y: number[];
    readonly replicates: number[];
    readonly confidence: number;
    readonly a: number;
    /** null where scipy has no interval: all replicates on one side of the estimate. */
    readonly bca: [number | null, number | null];
    readonly percentile: [number, number];
  }[];
  readonly autocorrelation: readonly { readonly x: number[]; readonly r: [number, number] }[];
};

const average = (values: ArrayLike<number>) => mean(Array.from(values));
const shift = (first: Float64Array, second?: Float64Array) => average(first) - average(second ?? []);

function near(found: number, wanted: number, what: string, error = 1e-9): void {
  assert.ok(Math.abs(found - wanted) <= error * Math.max(1, Math.abs(wanted)), `${what}: ${found} ≠ ${wanted}`);
}

/** An AR(1) series about 100. */
function series(n: number, correlation: number, seed: number): number[] {
  const prng = createPrng(seed);
  let state = 0;
  return Array.from({ length: n }, () => {
    state = correlation * state + prng.nextFloat() + prng.nextFloat() + prng.nextFloat() - 1.5;
    return 100 + state;
  });
}

test('percentiles, acceleration and BCa equal those of scipy', () => {
  assert.is(golden.bca.length, 200);
  let compared = 0;
  for (const [index, wanted] of golden.bca.entries()) {
    const a = acceleration([wanted.x, wanted.y], shift);
    near(a, wanted.a, `case ${index} a`);
    const plain = percentileInterval(wanted.replicates, wanted.confidence);
    near(plain.low, wanted.percentile[0], `case ${index} low`);
    near(plain.high, wanted.percentile[1], `case ${index} high`);
    const estimate = mean(wanted.x) - mean(wanted.y);
    const corrected = bcaInterval(estimate, wanted.replicates, a, wanted.confidence);
    if (wanted.bca[0] === null || wanted.bca[1] === null) continue;
    compared++;
    near(corrected.low, wanted.bca[0], `case ${index} BCa low`);
    near(corrected.high, wanted.bca[1], `case ${index} BCa high`);
  }
  assert.ok(compared > 180);
});

test('the acceleration published for a difference of means', () => {
  const z = [16, 23, 38, 94, 99, 141, 197];
  const y = [10, 27, 31, 40, 46, 50, 52, 104, 146];
  near(acceleration([z, y], shift), 0.011008228344, 'a', 1e-11);
  assert.is(
    acceleration([[1, 2, 3]], () => 7),
    0,
  );
});

test('the intervals of a mean that R boot has', () => {
  const values = [10, 12, 12.5, 12.5, 13.9, 15, 21, 22, 23, 34, 50, 81, 89, 121, 134, 213];
  const plain = bootstrap([values], average, createPrng(11), { resamples: 40_000 });
  near(plain.estimate, mean(values), 'estimate');
  near(plain.low, 28.86, 'low', 0.015);
  near(plain.high, 84.21, 'high', 0.015);
  const corrected = bootstrap([values], average, createPrng(12), { resamples: 40_000, method: 'bca' });
  near(corrected.low, 32.31, 'BCa low', 0.015);
  near(corrected.high, 91.43, 'BCa high', 0.015);
});

test('an estimate outside of all replicates still has an interval among them', () => {
  for (const estimate of [-1, 6]) {
    const { low, high } = bcaInterval(estimate, [1, 2, 3, 4, 5], 0.3, 0.95);
    assert.ok(low >= 1 && low <= high && high <= 5, `${low} ${high}`);
  }
});

test('an interval lies within the data and moves with it', () => {
  const sample = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(sample, fc.constantFrom('percentile' as const, 'bca' as const), (values, method) => {
      const draw = (data: readonly number[]) => bootstrap([data], average, createPrng(3), { resamples: 99, method });
      const found = draw(values);
      assert.ok(found.low >= Math.min(...values) - 1e-9 && found.high <= Math.max(...values) + 1e-9);
      near(draw(values.map((value) => value + 64)).low, found.low + 64, 'moved', 0.2);
    }),
    { numRuns: 50 },
  );
});

test('autocorrelations equal those of R', () => {
  assert.is(golden.autocorrelation.length, 200);
  for (const { x, r } of golden.autocorrelation) {
    near(autocorrelation(x, 1), r[0], 'lag 1');
    near(autocorrelation(x, 2), r[1], 'lag 2');
    near(autocorrelation(x, 0), 1, 'lag 0');
  }
  assert.ok(Number.isNaN(autocorrelation([0.1, 0.1, 0.1], 1)));
  assert.throws(() => autocorrelation([1, 2], 2), RangeError);
  assert.throws(() => autocorrelation([1, Number.NaN], 1), RangeError);
});

test('blocks grow with the correlation, up to a third of the series', () => {
  assert.is(blockLengthFor(series(1000, 0, 1)), 10);
  const held = blockLengthFor(series(1000, 0.9, 1));
  assert.ok(held > 30 && held < 90, `${held}`);
  assert.is(blockLengthFor(upTo(30)), 10);
  assert.is(blockLengthFor([1]), 1);
  assert.is(blockLengthFor([5, 5, 5, 5, 5, 5]), 2);
});

const upTo = (n: number) => Array.from({ length: n }, (_, index) => index);

test('blocks know that values hang together', () => {
  const values = series(2000, 0.9, 2);
  const blocks = blockBootstrap(values, average, createPrng(1), { resamples: 400 });
  const single = blockBootstrap(values, average, createPrng(1), { resamples: 400, blockLength: 1 });
  // The sd of the mean of an AR(1) series is √((1+φ)/(1−φ)) = 4.4 times that of independent values.
  const wider = (blocks.high - blocks.low) / (single.high - single.low);
  assert.ok(wider > 3 && wider < 5.5, `${wider}`);
  near(blocks.estimate, mean(values), 'estimate');
});

test('nine of ten intervals of a correlated series cover its mean', () => {
  let covered = 0;
  for (let run = 0; run < 200; run++) {
    const { low, high } = blockBootstrap(series(300, 0.5, 100 + run), average, createPrng(run), { resamples: 199 });
    if (low <= 100 && 100 <= high) covered++;
  }
  assert.ok(covered >= 175 && covered <= 199, `${covered} of 200`);
});

test('one block of the whole series is the series, and a statistic may sort what it gets', () => {
  const values = [3, 1, 2, 9, 4];
  const inPlace = (drawn: Float64Array) => median(Array.from(drawn.sort()));
  assert.equal(blockBootstrap(values, inPlace, createPrng(1), { blockLength: 5, resamples: 9 }), {
    estimate: 3,
    low: 3,
    high: 3,
  });
});

test('unusable input is refused', () => {
  const prng = createPrng(1);
  assert.throws(() => bootstrap([], average, prng), RangeError);
  assert.throws(() => bootstrap([[]], average, prng), RangeError);
  assert.throws(() => bootstrap([[Number.NaN]], average, prng), RangeError);
  assert.throws(() => bootstrap([[1, 2]], () => Number.NaN, prng, { resamples: 9 }), RangeError);
  assert.throws(() => bootstrap([[1, 2]], average, prng, { resamples: 0 }), RangeError);
  assert.throws(() => bootstrap([[1, 2]], average, prng, { confidence: 1 }), RangeError);
  assert.throws(() => acceleration([[1]], average), RangeError);
  assert.throws(() => blockBootstrap([], average, prng), RangeError);
  assert.throws(() => blockBootstrap([1, 2], average, prng, { blockLength: 3 }), RangeError);
  assert.throws(() => blockLengthFor([]), RangeError);
});

test.run();
