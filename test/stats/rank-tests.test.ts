import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cliffsDelta } from '../../src/stats/effect-size.js';
import { geometricMean } from '../../src/stats/geometric-mean.js';
import { holm } from '../../src/stats/multiplicity.js';
import { normalCdf, normalQuantile } from '../../src/stats/normal.js';
import { mannWhitney, normalTest, type RankTest } from '../bench/mann-whitney.js';

const test = suite('stats/rank-tests');

interface TestCase {
  readonly statistic: number;
  readonly two: number;
  readonly greater: number;
  readonly less: number;
}
type TwoSamples = TestCase & { readonly x: number[]; readonly y: number[] };
interface Golden {
  readonly mannWhitney: readonly TwoSamples[];
  readonly largeMannWhitney: readonly TwoSamples[];
  readonly normal: readonly { x: number; cdf: number }[];
  readonly holm: readonly { p: number[]; holm: number[] }[];
}
// The reference lies with the sources, three folders above the compiled test.
const golden = JSON.parse(
  readFileSync(new URL('../../../test/stats/reference/rank-tests.json', import.meta.url), 'utf8'),
) as Golden;

function near(found: number, wanted: number, what: string, relative = 1e-9): void {
  assert.ok(Math.abs(found - wanted) <= relative * Math.abs(wanted), `${what}: ${found} ≠ ${wanted}`);
}

function agree(found: RankTest, wanted: TestCase, method: RankTest['method'], what: string): void {
  assert.is(found.statistic, wanted.statistic, what);
  assert.is(found.method, method, what);
  near(found.pTwoSided, wanted.two, `${what} two-sided`);
  near(found.pGreater, wanted.greater, `${what} greater`);
  near(found.pLess, wanted.less, `${what} less`);
}

const sample = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 12 });

test('Φ equals that of scipy, and its inverse undoes it', () => {
  for (const { x, cdf } of golden.normal) {
    near(normalCdf(x), cdf, `cdf ${x}`, 5e-13);
    if (x < 0) near(normalQuantile(normalCdf(x)), x, `quantile of cdf ${x}`, 1e-12);
  }
  near(normalQuantile(0.975), 1.959963984540054, 'quantile', 1e-14);
  assert.is(normalQuantile(0.5), 0);
  assert.is(normalQuantile(0), Number.NEGATIVE_INFINITY);
  assert.throws(() => normalQuantile(1.1), RangeError);
});

test('Mann-Whitney equals R where there are no ties, all assignments where there are', () => {
  assert.is(golden.mannWhitney.length, 400);
  for (const [index, wanted] of golden.mannWhitney.entries()) {
    agree(mannWhitney(wanted.x, wanted.y), wanted, 'exact', `case ${index}`);
  }
  for (const wanted of golden.largeMannWhitney) agree(mannWhitney(wanted.x, wanted.y), wanted, 'normal', 'large');
});

test('Mann-Whitney has the published p-values', () => {
  const first = [2, 1, 3, 5];
  near(mannWhitney(first, [12, 11, 13, 15]).pTwoSided, 0.0285714, 'apart', 1e-5);
  near(mannWhitney(first, [0, 4, 6, 7]).pTwoSided, 0.4857143, 'mixed', 1e-5);
  near(mannWhitney(first, [2, 2, 2, 2]).pTwoSided, 0.7142857, 'tied', 1e-5);
  near(mannWhitney(first, [1, 1, 1, 1, 1]).pTwoSided, 1 / 21, 'asymmetric null', 1e-3);
  near(mannWhitney([19, 22, 16, 29, 24], [20, 11, 17, 12]).pTwoSided, 1 / 9, 'scipy doc');
  near(mannWhitney([1, 2, 3, 4], [0.9, 1.1, 0.7]).pTwoSided, 0.1142857, 'asv', 1e-5);
  const odd = Array.from({ length: 500 }, (_, i) => 2 * i);
  const even = Array.from({ length: 600 }, (_, i) => 2 * i - 41);
  const large = mannWhitney(odd, even);
  assert.is(large.statistic, 135250);
  assert.is(large.method, 'normal');
  near(large.pTwoSided, 0.00493353608, 'normal', 1e-8);
});

test('Mann-Whitney has the p-values of R and scipy for the published samples', () => {
  const x = [210.05211, 110.19063, 307.918612];
  const y = [
    436.08811482466416, 416.37397329768191, 179.96975939463582, 197.8118754228619, 34.038757281225756,
    138.54220550921517, 128.7769351470246, 265.92721427951852, 275.6617533155341, 592.34083395416258,
    448.73177590617018, 300.61495185038905, 187.97508449019588,
  ];
  const found = mannWhitney(x, y);
  assert.is(found.statistic, 16);
  near(found.pTwoSided, 0.7035714285714, 'exact', 1e-12);
  near(found.pLess, 0.3517857142857, 'less', 1e-12);
  near(normalTest(16, (3 * 13) / 2, ((3 * 13) / 12) * 17).pTwoSided, 0.6865041817876, 'normal', 1e-12);

  const tied = mannWhitney([1, 2, 3, 4], [1, 2, 3, 4, 5]);
  assert.is(tied.statistic, 8);
  near(normalTest(8, 10, (20 / 12) * (10 - 24 / 72)).pTwoSided, 0.7086240584439, 'normal with ties', 1e-12);

  const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
  const permeability = mannWhitney(atTerm, [1.15, 0.88, 0.9, 0.74, 1.21]);
  assert.is(permeability.statistic, 35);
  near(permeability.pGreater, 0.127206, 'permeability', 1e-5);

  const slower = [96.4, 97.9, 95.1, 98.2, 94.8, 97.0, 99.5, 96.1];
  const base = [102.1, 99.8, 101.5, 100.2, 98.9, 103.3, 100.7, 99.1];
  assert.is(mannWhitney(slower, base).statistic, 2);
  near(mannWhitney(slower, base).pTwoSided, 0.000621600622, 'regression');
});

test('Mann-Whitney is symmetric and blind to shifts', () => {
  fc.assert(
    fc.property(sample, sample, fc.integer({ min: -9, max: 9 }), (x, y, shift) => {
      const found = mannWhitney(x, y);
      const swapped = mannWhitney(y, x);
      near(swapped.pTwoSided, found.pTwoSided, 'two-sided');
      near(swapped.pLess, found.pGreater, 'one-sided');
      const moved = mannWhitney(
        x.map((v) => v + shift),
        y.map((v) => v + shift),
      );
      assert.equal(moved, found);
      for (const p of [found.pTwoSided, found.pGreater, found.pLess]) assert.ok(p > 0 && p <= 1 + 1e-12);
    }),
    { seed: 4 },
  );
});

test('Holm has the values published and those of R', () => {
  for (const [index, wanted] of [0.05, 0.08, 0.09, 0.09, 0.09].entries()) {
    near(holm([0.01, 0.02, 0.03, 0.04, 0.05])[index] as number, wanted, 'holm');
  }
  for (const [index, { p, holm: strict }] of golden.holm.entries()) {
    for (const [place, found] of holm(p).entries()) near(found, strict[place] as number, `holm ${index}`);
  }
  assert.throws(() => holm([Number.NaN]), RangeError);
});

test('adjusting keeps the order and never lowers p', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (pValues) => {
      const strict = holm(pValues);
      for (const [i, p] of pValues.entries()) {
        assert.ok((strict[i] as number) >= p * (1 - 1e-12));
        for (const [j, other] of pValues.entries()) {
          if (p <= other) assert.ok((strict[i] as number) <= (strict[j] as number));
        }
      }
    }),
    { seed: 4 },
  );
});

test("Cliff's delta is the balance of pairs", () => {
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      let balance = 0;
      for (const left of a) for (const right of b) balance += Math.sign(right - left);
      assert.ok(Math.abs(cliffsDelta(a, b) - balance / (a.length * b.length)) < 1e-12);
    }),
    { seed: 4 },
  );
});

test("Cliff's delta is that of R's U", () => {
  for (const { x, y, statistic } of golden.mannWhitney) {
    assert.ok(Math.abs(cliffsDelta(y, x) - ((2 * statistic) / (x.length * y.length) - 1)) < 1e-12);
  }
});

test('a geometric mean does not overflow', () => {
  near(geometricMean([1e300, 1e308, 1e304]), 1e304, 'large', 1e-12);
  near(geometricMean([2, 8]), 4, 'small', 1e-14);
  assert.is(geometricMean([1, 0]), 0);
  assert.is(geometricMean([1, Number.POSITIVE_INFINITY]), Number.POSITIVE_INFINITY);
  assert.ok(Number.isNaN(geometricMean([0, Number.POSITIVE_INFINITY])));
  assert.throws(() => geometricMean([1, -1]), RangeError);
  assert.throws(() => geometricMean([]), RangeError);
});

test.run();
