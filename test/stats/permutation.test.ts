import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { permutationTest } from '../../src/stats/permutation.js';

const test = suite('stats/permutation');

interface Permuted {
  readonly x: number[];
  readonly y: number[];
  readonly two: number;
  readonly greater: number;
  readonly less: number;
}
// The reference lies with the sources, three folders above the compiled test.
const golden = JSON.parse(
  readFileSync(new URL('../../../test/stats/reference/resampling.json', import.meta.url), 'utf8'),
) as { readonly permutation: readonly Permuted[] };

function near(found: number, wanted: number, what: string, error = 1e-12): void {
  assert.ok(Math.abs(found - wanted) <= error, `${what}: ${found} ≠ ${wanted}`);
}

test('equals scipy.stats.permutation_test over all assignments', () => {
  assert.is(golden.permutation.length, 200);
  for (const [index, wanted] of golden.permutation.entries()) {
    const found = permutationTest(wanted.x, wanted.y);
    assert.is(found.method, 'exact');
    near(found.pTwoSided, wanted.two, `case ${index} two-sided`);
    near(found.pGreater, wanted.greater, `case ${index} greater`);
    near(found.pLess, wanted.less, `case ${index} less`);
  }
});

test('any statistic can be compared', () => {
  const largest = (first: readonly number[], second: readonly number[]) => Math.max(...first) - Math.max(...second);
  const found = permutationTest([9, 1, 2], [3, 4, 5], { statistic: largest });
  assert.is(found.statistic, 4);
  assert.is(found.pGreater, 0.5);
});

test('samples exchanged exchange the tails, and neither tail is 0', () => {
  const sample = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(sample, sample, (first, second) => {
      const found = permutationTest(first, second);
      const exchanged = permutationTest(second, first);
      near(found.pGreater, exchanged.pLess, 'tails');
      assert.ok(found.pGreater > 0 && found.pLess > 0 && found.pGreater + found.pLess >= 1);
    }),
  );
});

test('drawn assignments agree with all of them', () => {
  const first = [3.1, 4.7, 2.2, 5.9, 6.1, 4.4];
  const second = [2.9, 1.2, 3.3, 4.1, 2.5, 0.7];
  const all = permutationTest(first, second);
  const options = { random: createPrng(3), permutations: 20_000, enumeratedMax: 10 };
  const drawn = permutationTest(first, second, options);
  assert.is(drawn.method, 'sampled');
  near(drawn.pGreater, all.pGreater, 'greater', 0.005);
  near(drawn.pTwoSided, all.pTwoSided, 'two-sided', 0.01);
  const far = Array.from({ length: 12 }, (_, index) => 100 + index);
  const apart = permutationTest(far, [...first, ...second], { random: createPrng(4), permutations: 999 });
  assert.is(apart.pGreater, 0.001);
  assert.is(apart.pLess, 1);
});

test('unusable input is refused', () => {
  const many = Array.from({ length: 30 }, (_, index) => index);
  assert.throws(() => permutationTest([], [1]), RangeError);
  assert.throws(() => permutationTest([1], [Number.NaN]), RangeError);
  assert.throws(() => permutationTest(many, many), RangeError);
  assert.throws(() => permutationTest(many, many, { random: createPrng(1), permutations: 0 }), RangeError);
  assert.throws(() => permutationTest([1], [2], { statistic: () => Number.NaN }), RangeError);
});

test.run();
