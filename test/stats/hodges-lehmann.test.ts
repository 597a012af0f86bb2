import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { type LocationInterval, pairedLocation } from '../../src/stats/hodges-lehmann.js';
import { signedRankNull } from '../../src/stats/rank-null.js';
import { slowdownOf } from '../support/slowdown.js';

const test = suite('stats/hodges-lehmann');

interface Located {
  readonly confidence: number;
  readonly estimate: number;
  /** null where R says that the confidence cannot be had. */
  readonly low: number | null;
  readonly high: number | null;
  readonly achieved: number;
}
// The reference lies with the sources, three folders above the compiled test.
const golden = JSON.parse(
  readFileSync(new URL('../../../test/stats/reference/location.json', import.meta.url), 'utf8'),
) as {
  readonly paired: readonly (Located & { readonly d: number[] })[];
};

function near(found: number, wanted: number, what: string, error = 1e-9): void {
  assert.ok(
    found === wanted || Math.abs(found - wanted) <= error * Math.max(1, Math.abs(wanted)),
    `${what}: ${found} ≠ ${wanted}`,
  );
}

function agree(found: LocationInterval, wanted: Located, what: string): void {
  near(found.estimate, wanted.estimate, `${what} estimate`);
  near(found.low, wanted.low ?? Number.NEGATIVE_INFINITY, `${what} low`);
  near(found.high, wanted.high ?? Number.POSITIVE_INFINITY, `${what} high`);
  near(found.confidence, wanted.achieved, `${what} confidence`);
  assert.ok(found.confidence >= wanted.confidence - 1e-12, what);
}

test('the location of paired differences equals that of R', () => {
  assert.is(golden.paired.length, 201);
  for (const [index, wanted] of golden.paired.entries()) {
    agree(pairedLocation(wanted.d, wanted.confidence), wanted, `case ${index}`);
  }
});

test('the examples of ?wilcox.test', () => {
  const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
  const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
  const paired = pairedLocation(
    before.map((value, index) => value - (after[index] as number)),
    0.95,
  );
  near(paired.estimate, 0.46, 'depression');
  near(paired.low, 0.01, 'depression');
  near(paired.high, 0.786, 'depression');
});

test('eight trials against eight as paired logarithms', () => {
  const a = [102.1, 99.8, 101.5, 100.2, 98.9, 103.3, 100.7, 99.1];
  const b = [96.4, 97.9, 95.1, 98.2, 94.8, 97.0, 99.5, 96.1];
  const logs = pairedLocation(
    b.map((value, index) => Math.log(value / (a[index] as number))),
    0.95,
  );
  near(100 * Math.expm1(logs.estimate), -3.79430402, 'paired', 5e-9);
  near(100 * Math.expm1(logs.low), -5.94478441, 'paired', 5e-9);
  near(100 * Math.expm1(logs.high), -1.90380762, 'paired', 5e-9);
});

test('too few values have an infinite interval', () => {
  assert.equal(pairedLocation([1, 2, 3, 4, 5], 0.95), {
    estimate: 3,
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    confidence: 1,
  });
  assert.equal(pairedLocation([1, 2, 3, 4, 5, 6], 0.95), { estimate: 3.5, low: 1, high: 6, confidence: 0.96875 });
});

const sample = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 15 });

test('a shift of the data shifts the interval', () => {
  fc.assert(
    fc.property(sample, fc.integer({ min: -9, max: 9 }), (values, moved) => {
      const shifted = values.map((value) => value + moved);
      const found = pairedLocation(values, 0.9);
      near(pairedLocation(shifted, 0.9).high, found.high + moved, 'high');
      assert.ok(found.low <= found.estimate && found.estimate <= found.high);
    }),
  );
});

test('where exact and normal nulls meet they hardly differ', () => {
  const shape = (null1: ReturnType<typeof signedRankNull>, part: number) =>
    null1.lowerTail(Math.floor(null1.max * part));
  near(shape(signedRankNull(400), 0.45), shape(signedRankNull(401), 0.45), 'V', 1e-3);
});

test('the time grows with the cube of the values', () => {
  const prng = createPrng(6);
  const values = (count: number) => Array.from({ length: count }, () => prng.nextFloat());
  const estimate = (differences: readonly number[]) => () => pairedLocation(differences, 0.95);
  const ratio = slowdownOf(estimate(values(50)), estimate(values(200)));
  // The exact null distributions take n³ additions: 64 times as many. Every sum of signs or ranks would be n⁴: 256.
  assert.ok(ratio < 128, `${ratio}`);
});

test('unusable input is refused', () => {
  assert.throws(() => pairedLocation([], 0.95), RangeError);
  assert.throws(() => pairedLocation([Number.NaN], 0.95), RangeError);
  assert.throws(() => pairedLocation([1], 1), RangeError);
});

test.run();
