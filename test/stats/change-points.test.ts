import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng, type Prng } from '../../src/base/prng.js';
import { findChangePoints, largestEnergySplit } from '../../src/stats/change-points.js';
import { normalQuantile } from '../../src/stats/normal.js';
import { changesShown, seriesOf } from '../bench/history-alarms.js';
import { slowdownOf } from '../support/slowdown.js';

const test = suite('stats/change-points');

/** Of Apache Otava's change_point_divisive_test.py. */
const OTAVA = [0.3, 2.4, 1.5, -0.9, -0.5, 99.7, 98.3, 99.1, 149.0, 149.7, 149.5, 149.1, 148.8, 150.0];

function normalSeries(length: number, prng: Prng): number[] {
  return Array.from({ length }, () => normalQuantile(Math.max(prng.nextFloat(), 1e-12)));
}

/** Q by its definition. */
function energy(first: readonly number[], second: readonly number[]): number {
  const distance = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, x) => sum + b.reduce((inner, y) => inner + Math.abs(x - y), 0), 0);
  const n = first.length;
  const m = second.length;
  const between = (2 * distance(first, second)) / (n * m);
  const within = distance(first, first) / (n * (n - 1)) + distance(second, second) / (m * (m - 1));
  return ((n * m) / (n + m)) * (between - within);
}

test("the largest Q is that of Otava's sequence", () => {
  const split = largestEnergySplit(OTAVA, 3);
  assert.is(split?.index, 5);
  assert.is(split?.end, 14);
  assert.ok(Math.abs((split?.q ?? 0) - 761.28214) < 1e-5, `${split?.q}`);
});

test('Q equals its definition over all splits and ends', () => {
  const prng = createPrng(4);
  for (let series = 0; series < 50; series++) {
    const values = normalSeries(6 + prng.nextBelow(15), prng);
    const minSegment = 2 + prng.nextBelow(2);
    let largest = 0;
    for (let index = minSegment; index <= values.length - minSegment; index++) {
      for (let end = index + minSegment; end <= values.length; end++) {
        largest = Math.max(largest, energy(values.slice(0, index), values.slice(index, end)));
      }
    }
    const found = largestEnergySplit(values, minSegment);
    assert.ok(Math.abs((found?.q ?? 0) - largest) < 1e-9, `series ${series}: ${found?.q} ≠ ${largest}`);
    if (found === null) continue;
    const atSplit = energy(values.slice(0, found.index), values.slice(found.index, found.end));
    assert.ok(Math.abs(found.q - atSplit) < 1e-9);
  }
});

test("Otava's sequence changes at 5 and 8", () => {
  // Of the 84 orders of three and six equal values two split alike, so the second change has a p of about 0.03.
  const { changes } = findChangePoints(OTAVA, createPrng(1), { alpha: 0.05 });
  assert.equal(
    changes.map(({ index }) => index),
    [5, 8],
  );
  assert.equal(
    changes.map(({ medianBefore, medianAfter }) => [medianBefore, medianAfter]),
    [
      [0.3, 99.1],
      [99.1, 149.3],
    ],
  );
  for (const { p } of changes) assert.ok(p >= 1 / 1000 && p <= 0.05);
});

test('the same seed finds the same, whatever the scale', () => {
  const find = (values: readonly number[]) => findChangePoints(values, createPrng(1), { alpha: 0.05 }).changes;
  const found = find(OTAVA);
  assert.equal(find(OTAVA), found);
  const scaled = find(OTAVA.map((value) => 1024 * value));
  assert.equal(
    scaled.map(({ index, p }) => [index, p]),
    found.map(({ index, p }) => [index, p]),
  );
});

test('changes below the smallest magnitude are taken back', () => {
  const prng = createPrng(2);
  const noise = normalSeries(90, prng);
  const values = noise.map((value, index) => (index < 30 ? 100 : index < 60 ? 104 : 150) + 0.5 * value);
  const indices = (minMagnitude: number) =>
    findChangePoints(values, createPrng(1), { minMagnitude }).changes.map(({ index }) => index);
  assert.equal(indices(0), [30, 60]);
  assert.equal(indices(0.1), [60]);
  assert.equal(indices(1), []);
});

test('series that are constant or too short do not change', () => {
  const none = { changes: [], doubtful: null };
  assert.equal(findChangePoints([], createPrng(1)), none);
  assert.equal(findChangePoints([1, 2, 9, 8, 7], createPrng(1)), none);
  assert.equal(findChangePoints(new Array<number>(40).fill(3), createPrng(1)), none);
});

test('of series that do not change about alpha are told to', () => {
  const prng = createPrng(4);
  const series = 400;
  let alarms = 0;
  for (let i = 0; i < series; i++) {
    const { changes, doubtful } = findChangePoints(normalSeries(50, prng), prng, { alpha: 0.05, permutations: 99 });
    if (changes.length > 0 || doubtful !== null) alarms++;
  }
  // 20 ± 4.4 are expected.
  assert.ok(alarms >= 5 && alarms <= 36, `${alarms} of ${series}`);
});

test('autocorrelated series seldom show a change, and say that it is doubtful; a step is found', () => {
  const prng = createPrng(9);
  const shown = (count: number, length: number, options: Parameters<typeof seriesOf>[2]) =>
    changesShown(
      Array.from({ length: count }, () => seriesOf(prng, length, options)),
      99,
    );
  for (const [length, phi] of [
    [20, 0.7],
    [60, 0.5],
    [60, 0.7],
  ] as const) {
    const { before, after, lag1 } = shown(80, length, { phi });
    assert.ok(before >= 16, `${before} of 80 by permutation alone`);
    // 10 of 80 come about once in 1,000 times at 5 %.
    assert.ok(after <= 9, `${after} of 80 with φ ${phi}`);
    assert.ok(Math.abs(lag1 - phi) < 0.12, `${lag1}`);
  }
  const { after } = shown(40, 40, { step: 4 });
  assert.ok(after >= 36, `${after} of 40 steps`);
});

test('a staircase keeps its steps, although each inflates what the others leave', () => {
  const prng = createPrng(3);
  const values = normalSeries(45, prng).map((value, index) => 100 + value + 6 * Math.floor(index / 15));
  const { changes, doubtful } = findChangePoints(values, createPrng(1));
  assert.equal([changes.map(({ index }) => index), doubtful], [[15, 30], null]);
});

test('a year of nightly values takes no more permutations than two tests do', () => {
  const values = normalSeries(365, createPrng(4)).map((value, index) => value + (index < 200 ? 0 : 2));
  let draws = 0;
  const prng = createPrng(1);
  const counting: Prng = {
    nextUint32: () => prng.nextUint32(),
    nextFloat: () => prng.nextFloat(),
    nextBelow: (bound) => {
      draws++;
      return prng.nextBelow(bound);
    },
  };
  const { changes } = findChangePoints(values, counting);
  assert.is(changes.length, 1);
  assert.ok(Math.abs((changes[0]?.index ?? 0) - 200) <= 3);
  // One for the change, and one that finds no other: 999 permutations each, of fewer draws than values.
  assert.ok(draws > 0 && draws <= 2 * 999 * values.length, `${draws}`);
});

test('the time of a permutation grows with the square of the values', () => {
  const seriesOf = (count: number) => normalSeries(count, createPrng(4));
  const [few, many] = [seriesOf(150), seriesOf(600)];
  const ratio = slowdownOf(
    () => largestEnergySplit(few, 3),
    () => largestEnergySplit(many, 3),
  );
  // 16 times as long; 64 times if it grew with the cube.
  assert.ok(ratio < 32, `${ratio}`);
});

test('unusable input is refused', () => {
  const find =
    (values: readonly number[], options = {}) =>
    () =>
      findChangePoints(values, createPrng(1), options);
  assert.throws(find([1, Number.NaN]), RangeError);
  assert.throws(find(OTAVA, { alpha: 0 }), RangeError);
  assert.throws(find(OTAVA, { minSegment: 1 }), RangeError);
  assert.throws(find(OTAVA, { minMagnitude: -1 }), RangeError);
  assert.throws(find(OTAVA, { alpha: 0.001, permutations: 99 }), RangeError);
});

test.run();
