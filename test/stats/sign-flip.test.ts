import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { EXACT_FLIPS_MAX, signFlip, smallestSignFlipP } from '../../src/stats/sign-flip.js';

const test = suite('stats/sign-flip');

interface Flipped {
  readonly d: number[];
  readonly two: number;
  readonly greater: number;
  readonly less: number;
}
// The reference lies with the sources, three folders above the compiled test.
const golden = JSON.parse(
  readFileSync(new URL('../../../test/stats/reference/location.json', import.meta.url), 'utf8'),
) as { readonly signFlip: readonly Flipped[] };

/** The p-values by going through all flips of integers, whose sums are exact. */
function allFlips(differences: readonly number[]): { greater: number; less: number; two: number } {
  const flips = 2 ** differences.length;
  const observed = differences.reduce((sum, value) => sum + value, 0);
  const counts = { greater: 0, less: 0, two: 0 };
  for (let flip = 0; flip < flips; flip++) {
    const sum = differences.reduce((total, value, index) => total + (flip & (1 << index) ? value : -value), 0);
    if (sum >= observed) counts.greater++;
    if (sum <= observed) counts.less++;
    if (Math.abs(sum) >= Math.abs(observed)) counts.two++;
  }
  return { greater: counts.greater / flips, less: counts.less / flips, two: counts.two / flips };
}

const normals = (n: number, seed: number) => {
  const prng = createPrng(seed);
  return Array.from({ length: n }, () => prng.nextFloat() + prng.nextFloat() + prng.nextFloat() - 1.4);
};

test('equals scipy.stats.permutation_test over all flips', () => {
  assert.is(golden.signFlip.length, 200);
  for (const [index, wanted] of golden.signFlip.entries()) {
    const found = signFlip(wanted.d);
    assert.is(found.method, 'exact');
    assert.is(found.pTwoSided, wanted.two, `case ${index} two-sided`);
    assert.is(found.pGreater, wanted.greater, `case ${index} greater`);
    assert.is(found.pLess, wanted.less, `case ${index} less`);
  }
});

test('counts every flip, also where differences are tied, zero or rounded', () => {
  const differences = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(differences, fc.constantFrom(1, 0.1, 1 / 3, 1e-7), (values, unit) => {
      // n·0.1 summed in another order is another number: the flips that equal the observed one must still be found.
      const found = signFlip(values.map((value) => value * unit));
      const wanted = allFlips(values);
      assert.is(found.pGreater, wanted.greater);
      assert.is(found.pLess, wanted.less);
      assert.is(found.pTwoSided, wanted.two);
    }),
  );
});

test('the signs of all differences changed, the tails change places', () => {
  const differences = normals(21, 3);
  const found = signFlip(differences);
  const mirrored = signFlip(differences.map((value) => -value));
  assert.is(mirrored.pGreater, found.pLess);
  assert.is(mirrored.pTwoSided, found.pTwoSided);
  assert.is(mirrored.statistic, -found.statistic);
});

test('the smallest p is reached when all differences have one sign', () => {
  for (let n = 1; n <= 20; n++) {
    const found = signFlip(Array.from({ length: n }, (_, index) => 1 + index));
    assert.is(found.pGreater, smallestSignFlipP(n));
    assert.is(found.pLess, 1);
    assert.is(found.pTwoSided, Math.min(1, 2 * smallestSignFlipP(n)));
  }
  assert.is(signFlip([0, 0, 0]).pTwoSided, 1);
});

test('all flips of 20 and of 32 differences are counted at once', () => {
  const started = performance.now();
  signFlip(normals(20, 5));
  assert.ok(performance.now() - started < 100);
  signFlip(normals(EXACT_FLIPS_MAX, 5));
  assert.ok(performance.now() - started < 500);
});

test('more differences are sampled, near what the normal approximation says, and never give 0', () => {
  const differences = normals(64, 8).map((value) => value - 0.08);
  const found = signFlip(differences, createPrng(1), 40_000);
  assert.is(found.method, 'sampled');
  const z = differences.reduce((sum, d) => sum + d, 0) / Math.sqrt(differences.reduce((sum, d) => sum + d * d, 0));
  // Abramowitz & Stegun 26.2.16, good to 1e-5.
  const t = 1 / (1 + 0.33267 * Math.abs(z));
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * (0.4361836 * t - 0.1201676 * t * t + 0.937298 * t ** 3);
  assert.ok(Math.abs(Math.min(found.pGreater, found.pLess) - tail) < 0.01, `${found.pGreater} ${found.pLess} ${tail}`);
  assert.ok(Math.abs(found.pTwoSided - 2 * tail) < 0.02);
  const apart = signFlip(
    Array.from({ length: 50 }, () => 1),
    createPrng(2),
    999,
  );
  assert.is(apart.pGreater, 1 / 1000);
  assert.is(apart.pTwoSided, 1 / 1000);
  assert.is(apart.pLess, 1);
});

test('the sampled p agrees with the exact one', () => {
  const differences = [...normals(16, 9), ...Array.from({ length: 17 }, () => 0)];
  const exact = signFlip(differences.slice(0, 16));
  const sampled = signFlip(differences, createPrng(4), 50_000);
  assert.ok(Math.abs(sampled.pGreater - exact.pGreater) < 0.01);
  assert.ok(Math.abs(sampled.pLess - exact.pLess) < 0.01);
  assert.ok(Math.abs(sampled.pTwoSided - exact.pTwoSided) < 0.01);
});

test('unusable input is refused', () => {
  for (const refused of [[], [Number.NaN], [1, Number.POSITIVE_INFINITY]]) {
    assert.throws(() => signFlip(refused), RangeError);
  }
  assert.throws(() => signFlip(normals(40, 1)), RangeError);
  assert.throws(() => signFlip(normals(40, 1), createPrng(1), 0), RangeError);
});

test.run();
