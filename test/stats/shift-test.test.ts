import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shiftTest, smallestShiftP } from '../../src/stats/shift-test.js';
import { levelsOf } from '../bench/two-runs-level.js';
import { clopperPearson } from '../support/clopper-pearson.js';

const test = suite('stats/shift-test');

interface ShiftCase {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly bounds: readonly number[];
  readonly less: readonly number[];
  readonly greater: readonly number[];
}
// The reference lies with the sources, three folders above the compiled test.
const golden = JSON.parse(
  readFileSync(new URL('../../../test/stats/reference/shift.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly ShiftCase[]; readonly smallest: readonly { n1: number; n2: number; p: number }[] };

function near(found: number, wanted: number, what: string, relative = 1e-7): void {
  assert.ok(
    found === wanted || Math.abs(found - wanted) <= relative * Math.abs(wanted),
    `${what}: ${found} ≠ ${wanted}`,
  );
}

test('p is that of all arrangements with the statistic of scipy.stats.brunnermunzel', () => {
  assert.is(golden.cases.length, 42);
  for (const [index, { x, y, bounds, less, greater }] of golden.cases.entries()) {
    const found = shiftTest(x, y);
    for (const [place, bound] of bounds.entries()) {
      near(found.pLess(bound), less[place] as number, `case ${index}, less than ${bound}`);
      near(found.pGreater(bound), greater[place] as number, `case ${index}, greater than ${bound}`);
    }
  }
  for (const { n1, n2, p } of golden.smallest) near(smallestShiftP(n1, n2), p, `${n1} against ${n2}`);
});

const value = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -20, max: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(-Infinity, Infinity) },
);
const sample = fc.array(value, { minLength: 1, maxLength: 9 });

test('the interval holds exactly the bounds that are not rejected', () => {
  fc.assert(
    fc.property(
      sample,
      sample,
      fc.constantFrom(0.8, 0.95),
      fc.double({ min: -45, max: 45, noNaN: true }),
      (x, y, confidence, bound) => {
        const shift = shiftTest(x, y);
        const { low, high, estimate } = shift.interval(confidence);
        const level = (1 - confidence) / 2;
        assert.is(shift.pLess(bound) <= level, bound > high, `less: ${bound}, high ${high}`);
        assert.is(shift.pGreater(bound) <= level, bound < low, `greater: ${bound}, low ${low}`);
        assert.ok(low <= estimate && estimate <= high, `${low} ${estimate} ${high}`);
      },
    ),
    { seed: 5 },
  );
});

test('a further bound never has a larger p, and samples exchanged have the other tail', () => {
  fc.assert(
    fc.property(
      sample,
      sample,
      fc.integer({ min: -45, max: 45 }),
      fc.integer({ min: 0, max: 20 }),
      (x, y, bound, more) => {
        const shift = shiftTest(x, y);
        assert.ok(shift.pLess(bound + more) <= shift.pLess(bound));
        assert.is(shiftTest(y, x).pGreater(-bound), shift.pLess(bound));
        assert.ok(shift.pLess(bound) >= smallestShiftP(x.length, y.length));
      },
    ),
    { seed: 5 },
  );
});

test('a session without any progress is the worst there is, at any shift', () => {
  const base = [1.02, 1.05, 0.99, 1.01, 1.03, 1.04, 0.98, 1];
  const stalled = base.map((level, index) => (index < 3 ? -Infinity : level + 0.001));
  const slow = base.map((level, index) => (index < 3 ? -50 : level + 0.001));
  assert.is(shiftTest(base, stalled).pLess(0), shiftTest(base, slow).pLess(0));
  assert.is(shiftTest(base, stalled).interval(0.95).high, shiftTest(base, slow).interval(0.95).high);
  const all = base.map(() => -Infinity);
  assert.is(shiftTest(base, all).pLess(-1e9), smallestShiftP(8, 8));
  assert.equal(shiftTest(all, all).interval(0.95), { estimate: 0, low: -Infinity, high: Infinity, confidence: 1 });
});

test('where there are too many arrangements to count, drawing them gives the p of counting them', () => {
  // numpy went through all 92,378 arrangements as shift.py does. 9 against 9 would be counted.
  const x = [0.31, -1.2, 0.85, 1.93, -0.42, 0.07, -0.88, 1.11, -1.73, 0.54];
  const y = [-1.1, -2.4, -0.35, -1.9, -3.2, 0.12, -0.61, -2.05, -1.48];
  near(shiftTest(x, y).pLess(0), 0.006275862222795256, 'drawn', 0.02);
});

test('the level and the interval hold where one run is three times as noisy and four times as long', () => {
  // The long form, with more sizes, ratios and shapes of noise, is bench:shift.
  for (const ratio of [1 / 3, 3]) {
    for (const [n1, n2] of [
      [9, 36],
      [36, 9],
    ] as const) {
      const { name, of, covered, alarms } = levelsOf({ n1, n2, ratio, shape: 'normal' }, 150);
      for (const { alpha, less, greater } of alarms)
        assert.ok(clopperPearson(Math.max(less, greater), of, 0.999).low <= alpha, `${name}: ${less}, ${greater}`);
      const { low, high } = clopperPearson(covered, of, 0.999);
      assert.ok(low <= 0.97 && high >= 0.94, `${name}: ${covered} of ${of}`);
    }
  }
});

test('one value says nothing of the noise, and unusable input is refused', () => {
  assert.equal(shiftTest([1], [2, 3, 4]).interval(0.5), { estimate: 2, low: -Infinity, high: Infinity, confidence: 1 });
  assert.is(shiftTest([1], [2, 3, 4]).pGreater(0), 1);
  assert.throws(() => shiftTest([], [1]), RangeError);
  assert.throws(() => shiftTest([Number.NaN], [1]), RangeError);
  assert.throws(() => shiftTest([1, 2], [1, 2]).interval(1), RangeError);
});

test.run();
