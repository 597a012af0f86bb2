import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { pairedLocation } from '../../src/stats/hodges-lehmann.js';
import { signedRankP } from '../../src/stats/signed-rank.js';
import { normalDraw } from '../support/normal-draws.js';

const test = suite('stats/signed-rank');

// The reference lies with the sources, three folders above the compiled test.
const golden = JSON.parse(
  readFileSync(new URL('../../../test/stats/reference/signed-rank.json', import.meta.url), 'utf8'),
) as readonly { readonly d: number[]; readonly bound: number; readonly less: number; readonly greater: number }[];

const near = (actual: number, expected: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= 1e-9 * expected, `${what}: ${actual}, not ${expected}`);

test('without ties p is that of scipy.stats.wilcoxon, exact', () => {
  assert.is(golden.length, 300);
  for (const [index, { d, bound, less, greater }] of golden.entries()) {
    near(signedRankP(d, bound, 'less'), less, `case ${index} less`);
    near(signedRankP(d, bound, 'greater'), greater, `case ${index} greater`);
  }
});

/** Small whole numbers, so that differences, averages and bounds are often equal; and infinite ones. */
const tied = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: -4, max: 4 }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY) },
  ),
  { minLength: 1, maxLength: 16 },
);
const bounds = fc.integer({ min: -6, max: 6 }).map((half) => half / 2);

test('p is at most α exactly when the end of the interval is beyond the bound, also with ties and infinities', () => {
  fc.assert(
    fc.property(tied, bounds, fc.constantFrom(0.3, 0.1, 0.05, 0.01), (differences, bound, alpha) => {
      const { low, high } = pairedLocation(differences, 1 - 2 * alpha);
      assert.is(signedRankP(differences, bound, 'less') <= alpha, high < bound);
      assert.is(signedRankP(differences, bound, 'greater') <= alpha, low > bound);
    }),
  );
});

test('the other direction mirrors it, and a bound moves it like the differences', () => {
  fc.assert(
    fc.property(tied, bounds, (differences, bound) => {
      const mirrored = differences.map((difference) => -difference);
      const moved = differences.map((difference) => difference - bound);
      assert.is(signedRankP(mirrored, -bound, 'greater'), signedRankP(differences, bound, 'less'));
      assert.is(signedRankP(moved, 0, 'less'), signedRankP(differences, bound, 'less'));
    }),
  );
});

test('the smallest p is 2⁻ⁿ, and with every difference on the bound it is 1', () => {
  for (const n of [1, 5, 12, 40]) {
    const same = Array<number>(n).fill(Math.log(0.88));
    assert.is(signedRankP(same, Math.log(0.99), 'less'), 2 ** -n);
    assert.is(signedRankP(same, Math.log(0.88), 'less'), 1);
    assert.is(signedRankP(same, Math.log(0.88), 'greater'), 1);
    assert.is(signedRankP(Array<number>(n).fill(Number.NEGATIVE_INFINITY), 0, 'less'), 2 ** -n);
  }
  assert.ok(signedRankP(Array<number>(500).fill(-1), 0, 'less') > 0);
  assert.throws(() => signedRankP([], 0, 'less'), RangeError);
  assert.throws(() => signedRankP([Number.NaN], 0, 'less'), RangeError);
});

test('the level holds at the bound for every symmetric noise, and outliers do not decide', () => {
  const prng = createPrng(11);
  const normal = () => normalDraw(prng);
  const noises: readonly (() => number)[] = [
    normal,
    // Cauchy.
    () => normal() / Math.abs(normal()),
    () => normal() * (prng.nextFloat() < 0.05 ? 20 : 1),
    // Coarse, with many ties.
    () => Math.round(2 * normal()),
  ];
  for (const [index, noise] of noises.entries()) {
    let alarms = 0;
    const trials = 3000;
    for (let trial = 0; trial < trials; trial++) {
      const differences = Array.from({ length: 14 }, () => Math.log(0.99) + 0.02 * noise());
      if (signedRankP(differences, Math.log(0.99), 'less') <= 0.05) alarms++;
    }
    // 4 standard errors above 5 %.
    assert.ok(alarms / trials < 0.05 + 4 * Math.sqrt((0.05 * 0.95) / trials), `noise ${index}: ${alarms}`);
  }
});

test.run();
