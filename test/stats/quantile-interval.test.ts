import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { quantileSorted } from 'simple-statistics';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quantileInterval } from '../../src/stats/quantile-interval.js';

const test = suite('stats/quantile-interval');

// The reference lies with the sources, three folders above the compiled test.
const golden = JSON.parse(
  readFileSync(new URL('../../../test/stats/reference/resampling.json', import.meta.url), 'utf8'),
) as {
  readonly coverage: readonly {
    readonly n: number;
    readonly q: number;
    readonly confidence: number;
    /** null where no finite interval has the confidence. */
    readonly width: number | null;
    readonly covered: number | null;
  }[];
  readonly quantiles: readonly { readonly x: number[]; readonly q: number; readonly value: number }[];
};

const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);

test('is the narrowest that scipy finds by trying all, with its coverage', () => {
  assert.is(golden.coverage.length, 200);
  for (const [index, { n, q, confidence, width, covered }] of golden.coverage.entries()) {
    const found = quantileInterval(upTo(n), q, confidence);
    if (width === null || covered === null) {
      assert.is(found.low, Number.NEGATIVE_INFINITY, `case ${index}`);
      assert.is(found.high, Number.POSITIVE_INFINITY, `case ${index}`);
      assert.is(found.confidence, 1);
    } else {
      assert.is(found.high - found.low, width, `case ${index}`);
      assert.ok(Math.abs(found.confidence - covered) < 1e-10, `case ${index}: ${found.confidence} ≠ ${covered}`);
    }
  }
});

test('the vectors of benchmath', () => {
  const median = quantileInterval([-10, 2, 3, 4, 5, 6], 0.5, 0.95);
  assert.equal([median.low, median.high], [-10, 6]);
  assert.ok(Math.abs(median.confidence - 0.96875) < 1e-14);
  assert.is(quantileInterval([-10, 2, 3, 4, 5, 6], 0.5, 0.99).high, Number.POSITIVE_INFINITY);
  const four = quantileInterval(upTo(4), 0.5, 0.3750001);
  assert.equal([four.lowOrder, four.highOrder, four.ambiguous], [1, 3, true]);
  assert.ok(Math.abs(four.confidence - 0.625) < 1e-15);
});

test('is finite from as many values as the quantile needs', () => {
  for (const [q, n] of [
    [0.5, 6],
    [0.9, 29],
    [0.95, 59],
    [0.99, 299],
    [0.999, 2995],
  ] as const) {
    assert.is(quantileInterval(upTo(n - 1), q, 0.95).low, Number.NEGATIVE_INFINITY, `${q}`);
    assert.is(quantileInterval(upTo(n), q, 0.95).high, n, `${q}`);
    assert.is(quantileInterval(upTo(n), 1 - q, 0.95).low, 1, `${1 - q}`);
  }
  for (const n of [0, 1]) assert.is(quantileInterval(upTo(n), 0.5, 0.5).high, Number.POSITIVE_INFINITY);
});

test('more confidence never has a smaller interval, and never less than was asked for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 400 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (n, q) => {
      let [low, high] = [n, 1];
      for (const confidence of [0.1, 0.5, 0.9, 0.99, 0.9999]) {
        const found = quantileInterval(upTo(n), q, confidence);
        assert.ok(found.confidence >= confidence - 1e-9 && found.confidence <= 1 + 1e-9);
        assert.ok(found.low <= low && found.high >= high, `${n} ${q} ${confidence}`);
        [low, high] = [found.low, found.high];
      }
    }),
  );
});

test('a million values take a moment', () => {
  const found = quantileInterval(
    Float64Array.from({ length: 1e6 }, (_, index) => index),
    0.99,
    0.95,
  );
  assert.ok(Math.abs(found.low - (990_000 - 195)) < 3 && Math.abs(found.high - (990_000 + 195)) < 3);
});

test('quantiles of a sample are those of R, type 7', () => {
  assert.is(golden.quantiles.length, 200);
  for (const { x, q, value } of golden.quantiles) {
    const found = quantileSorted(
      [...x].sort((a, b) => a - b),
      q,
    );
    assert.ok(Math.abs(found - value) < 1e-9);
  }
});

test('unusable input is refused', () => {
  for (const q of [0, 1, Number.NaN]) assert.throws(() => quantileInterval([1, 2], q, 0.9), RangeError);
  for (const confidence of [0, 1]) assert.throws(() => quantileInterval([1, 2], 0.5, confidence), RangeError);
});

test.run();
