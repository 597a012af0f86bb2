import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { normalQuantile } from '../../src/stats/normal.js';
import { type NestedSample, optimalRepetitions, varianceComponents } from '../../src/stats/variance-components.js';

const test = suite('stats/variance-components');

const libkalibera = [
  [
    [3, 4, 3],
    [1.2, 3.1, 3],
  ],
  [
    [0.2, 1, 1.5],
    [1, 2, 3],
  ],
];

function near(found: number | undefined, wanted: number, tolerance: number): void {
  assert.ok(Math.abs((found ?? Number.NaN) - wanted) <= tolerance, `${found} ≠ ${wanted}`);
}

test("libkalibera's example has its variances and repetitions", () => {
  const found = varianceComponents(libkalibera);
  near(found.mean, 26 / 12, 1e-12);
  near(found.levels[2]?.variance, 0.7266667, 1e-7);
  near(found.levels[1]?.variance, 0.262777778, 1e-9);
  near(found.levels[0]?.variance, 0.7747, 1e-4);
  assert.equal(
    found.levels.map(({ repetitions }) => repetitions),
    [2, 2, 3],
  );
  near(
    found.levels.reduce((sum, { share }) => sum + share, 0),
    1,
    1e-12,
  );
  assert.is(found.largest, 0);
  // Optima before rounding up: 1.3023 executions and 4.2937 iterations.
  assert.equal(optimalRepetitions(found, [100, 20, 3]), { repetitions: [2, 5], repeatMore: 2 });
});

test('where every inner level has enough repetitions more sessions are what is missing', () => {
  const plan = optimalRepetitions(varianceComponents(libkalibera), [1, 1, 1]);
  assert.equal(plan, { repetitions: [1, 2], repeatMore: 0 });
});

test('values at one level have the variance of a sample', () => {
  const found = varianceComponents([2, 4, 4, 4, 5, 5, 7, 9]);
  near(found.levels[0]?.variance, 32 / 7, 1e-12);
  assert.is(found.levels[0]?.share, 1);
});

test('a level below zero by chance has no share and asks for no repetition', () => {
  const found = varianceComponents([
    [1, 9],
    [2, 8],
    [3, 7],
  ]);
  assert.ok((found.levels[0]?.variance ?? 0) < 0);
  assert.is(found.levels[0]?.share, 0);
  assert.is(found.levels[1]?.share, 1);
  assert.is(found.largest, 1);
  assert.equal(optimalRepetitions(found, [10, 1]), { repetitions: [Number.POSITIVE_INFINITY], repeatMore: 1 });
});

test('where nothing varies there is no share', () => {
  const found = varianceComponents([
    [5, 5],
    [5, 5],
  ]);
  assert.equal(
    found.levels.map(({ share }) => share),
    [0, 0],
  );
  assert.equal(optimalRepetitions(found, [1, 1]), { repetitions: [1], repeatMore: 0 });
});

test('balanced data have the formula of Kalibera and Jones', () => {
  const value = fc.double({ min: -100, max: 100, noNaN: true });
  const trials = fc.array(value, { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(trials, { minLength: 4, maxLength: 4 }), (sessions) => {
      const means = sessions.map((session) => session.reduce((sum, x) => sum + x, 0) / 3);
      const inner = sessions.reduce((sum, session) => sum + variance(session), 0) / 4;
      const found = varianceComponents(sessions);
      near(found.levels[1]?.variance, inner, 1e-8);
      near(found.levels[0]?.variance, variance(means) - inner / 3, 1e-8);
    }),
    { seed: 4 },
  );
});

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
}

test('trials that are missing do not bias the variances', () => {
  const prng = createPrng(4);
  const draw = (sd: number) => sd * normalQuantile(Math.max(prng.nextFloat(), 1e-12));
  // Sessions of two or three rounds of one to four trials, with variances 4, 1 and 9.
  const sizes = [
    [4, 4, 1],
    [2, 4],
    [1, 1, 3],
    [4, 2],
    [3, 1, 1],
  ];
  const sums = [0, 0, 0];
  const experiments = 4000;
  for (let experiment = 0; experiment < experiments; experiment++) {
    const sample: NestedSample = sizes.map((rounds) => {
      const session = draw(2);
      return rounds.map((trials) => {
        const round = draw(1);
        return Array.from({ length: trials }, () => 100 + session + round + draw(3));
      });
    });
    for (const [place, { variance: found }] of varianceComponents(sample).levels.entries()) {
      sums[place] = (sums[place] ?? 0) + found / experiments;
    }
  }
  near(sums[0], 4, 0.35);
  near(sums[1], 1, 0.35);
  near(sums[2], 9, 0.2);
});

test('data without an answer are refused', () => {
  assert.throws(() => varianceComponents([]), RangeError);
  assert.throws(() => varianceComponents([[1, 2], []]), RangeError);
  assert.throws(() => varianceComponents([[1, 2], 3]), RangeError);
  assert.throws(
    () =>
      varianceComponents([
        [1, 2],
        [3, Number.NaN],
      ]),
    RangeError,
  );
  assert.throws(() => varianceComponents([[1, 2]]), /level 0 was never repeated/);
  assert.throws(() => varianceComponents([[1], [2]]), /level 1 was never repeated/);
  const found = varianceComponents([
    [1, 2],
    [3, 5],
  ]);
  assert.throws(() => optimalRepetitions(found, [1]), RangeError);
  assert.throws(() => optimalRepetitions(found, [1, 0]), RangeError);
});

test.run();
