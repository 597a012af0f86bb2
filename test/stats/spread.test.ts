import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { geometricMean } from '../../src/stats/geometric-mean.js';
import { medianInterval, spreadOf } from '../../src/stats/spread.js';

const test = suite('stats/spread');

// The reference lies with the sources, three folders above the compiled test.
const { spread: golden } = JSON.parse(
  readFileSync(new URL('../../../test/stats/reference/series.json', import.meta.url), 'utf8'),
) as {
  readonly spread: readonly (Record<'q1' | 'median' | 'q3' | 'mad' | 'gmean', number> & { readonly x: number[] })[];
};

test('nothing measured has no spread', () => {
  assert.is(spreadOf([]), null);
  assert.is(spreadOf([Number.NaN]), null);
  assert.is(spreadOf([Number.NaN, 5])?.n, 1);
});

test('a trial that measured nothing counts as the worst: 0 and ∞ are values', () => {
  const rates = spreadOf([0, 4, 2, 0]);
  assert.equal([rates?.n, rates?.min, rates?.q1, rates?.median, rates?.max, rates?.mad], [4, 0, 0, 1, 4, 1]);
  const worst = Number.POSITIVE_INFINITY;
  const few = spreadOf([worst, 3, 1, 2, Number.NaN]);
  assert.equal([few?.n, few?.median, few?.max, few?.mad], [4, 2.5, worst, 1]);
  const most = spreadOf([worst, 3, worst, worst]);
  assert.equal([most?.q1, most?.median, most?.q3, most?.mad], [worst, worst, worst, 0]);
});

test('the values stay in the order of the trials', () => {
  assert.equal(spreadOf([3, 1, 2])?.values, [3, 1, 2]);
});

test('quartiles, median, MAD and geometric mean equal those of numpy and scipy', () => {
  assert.is(golden.length, 200);
  for (const [index, { x, q1, median, q3, mad, gmean }] of golden.entries()) {
    const spread = spreadOf(x);
    assert.ok(spread);
    const found = [spread.q1, spread.median, spread.q3, spread.mad, geometricMean(x), spread.min, spread.max];
    for (const [place, wanted] of [q1, median, q3, mad, gmean, Math.min(...x), Math.max(...x)].entries()) {
      const value = found[place] as number;
      assert.ok(Math.abs(value - wanted) <= 1e-9 * Math.max(1, wanted), `sample ${index}: ${value} ≠ ${wanted}`);
    }
  }
});

test('the median interval is that of benchmath', () => {
  const sample = [-10, 2, 3, 4, 5, 6];
  assert.equal(medianInterval(sample), { low: -10, high: 6 });
  const none = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  assert.equal(medianInterval(sample, 0.99), none);
  assert.equal(medianInterval([1, 2, 3, 4, 5]), none);
  assert.equal(medianInterval([1, 2, 3, 4, 5, 6, 7, 8], 0.99), { low: 1, high: 8 });
});

test('its orders are those of the binomial table', () => {
  // Conover, Practical Nonparametric Statistics: 95 % orders of the median.
  const lowerOrder: readonly [number, number][] = [
    [6, 1],
    [8, 1],
    [9, 2],
    [10, 2],
    [12, 3],
    [15, 4],
    [20, 6],
    [25, 8],
    [30, 10],
    [50, 18],
    [100, 40],
  ];
  for (const [n, order] of lowerOrder) {
    const sorted = Array.from({ length: n }, (_, index) => index + 1);
    assert.equal(medianInterval(sorted), { low: order, high: n + 1 - order }, `n = ${n}`);
  }
});

test('it holds for thousands of values', () => {
  const sorted = Array.from({ length: 5000 }, (_, index) => index);
  const { low, high } = medianInterval(sorted);
  assert.ok(low > 2425 && low < 2435 && low + high === 4999, `${low} … ${high}`);
});

test.run();
