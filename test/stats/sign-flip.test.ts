import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { EXACT_FLIPS_MAX, signFlip, smallestSignFlipP } from '../../src/stats/sign-flip.js';
import { slowdownOf } from '../support/slowdown.js';

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

test('twelve more differences have 4096 times the flips and take about 64 times as long', () => {
  const [few, many] = [normals(EXACT_FLIPS_MAX - 12, 5), normals(EXACT_FLIPS_MAX, 5)];
  const ratio = slowdownOf(
    () => signFlip(few),
    () => signFlip(many),
  );
  assert.ok(ratio < 512, `${ratio}`);
});

test('more differences are rounded, and p stays near that of what they were', () => {
  // 0s change no flip's sum, so that they only force the rounding.
  for (let seed = 1; seed <= 20; seed++) {
    const differences = normals(EXACT_FLIPS_MAX, seed).map((value) => value - 0.02 * seed);
    const exact = signFlip(differences);
    const rounded = signFlip([...differences, 0]);
    for (const tail of ['pGreater', 'pLess', 'pTwoSided'] as const) {
      assert.ok(Math.abs(rounded[tail] / exact[tail] - 1) < 0.1, `${seed} ${tail}: ${rounded[tail]} ${exact[tail]}`);
    }
  }
});

test('differences that lie on the grid are counted exactly also when they are many', () => {
  const prng = createPrng(6);
  for (const n of [33, 60, 250]) {
    const differences = Array.from({ length: n }, () => (prng.nextFloat() < 0.3 ? -2 : 2));
    const positive = differences.filter((difference) => difference > 0).length;
    const found = signFlip(differences);
    // P(Bin(n, ½) ≥ k), by logarithms.
    let tail = 0;
    let logWays = 0;
    for (let k = n; k >= positive; k--) {
      tail += Math.exp(logWays - n * Math.LN2);
      logWays += Math.log(k / (n - k + 1));
    }
    assert.ok(Math.abs(found.pGreater / tail - 1) < 1e-9, `${n}: ${found.pGreater} ${tail}`);
  }
  assert.is(signFlip(new Array<number>(50).fill(1)).pGreater, smallestSignFlipP(50));
  assert.is(signFlip(new Array<number>(50).fill(1)).pLess, 1);
  assert.is(signFlip(new Array<number>(50).fill(0)).pTwoSided, 1);
  assert.ok(signFlip(new Array<number>(1200).fill(-1)).pLess > 0);
});

test('unusable input is refused', () => {
  for (const refused of [[], [Number.NaN], [1, Number.POSITIVE_INFINITY]]) {
    assert.throws(() => signFlip(refused), RangeError);
  }
});

test.run();
