import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { twoLevels } from '../../src/stats/bimodality.js';
import { normalDraw, series } from '../support/normal-draws.js';

const test = suite('stats/bimodality');

test('two levels: medians, counts, and p by the formula', () => {
  // From the third to the eighth of the sorted ones, 2.15 to 7.2, there are five gaps; the widest is from 2.3 to 7.
  const levels = twoLevels([7.3, 2, 7, 2.3, 7.1, 2.2, 7.2, 2.1, 7.4, 2.15]);
  const gap = (7 - 2.3) / (7.2 - 2.15);
  assert.equal([levels?.lower, levels?.upper, levels?.lowerCount, levels?.upperCount], [2.15, 7.2, 5, 5]);
  assert.ok(Math.abs((levels?.p ?? 0) - 5 * (1 - gap) ** 4) < 1e-12, `${levels?.p}`);
});

test('too few values, equal ones and single outliers are no levels', () => {
  for (const values of [[], [1], [1, 2], [1, 1, 1, 9, 9, 9], series(20, () => 5)]) assert.is(twoLevels(values), null);
  const outliers = twoLevels([...series(20, (index) => 100 + index), 1, 2, 3]);
  assert.ok((outliers?.p ?? 0) > 0.5);
});

const SHAPES: Readonly<Record<string, (prng: ReturnType<typeof createPrng>) => number>> = {
  normal: (prng) => 10 + normalDraw(prng),
  lognormal: (prng) => Math.exp(0.3 * normalDraw(prng)),
  uniform: (prng) => prng.nextFloat(),
};

for (const [shape, draw] of Object.entries(SHAPES)) {
  test(`p ≤ 0.005 in fewer than 1 % of ${shape} samples`, () => {
    for (const n of [8, 12, 20, 60]) {
      const prng = createPrng(5, n);
      let alarms = 0;
      for (let i = 0; i < 2000; i++) if ((twoLevels(series(n, () => draw(prng)))?.p ?? 1) <= 0.005) alarms++;
      assert.ok(alarms < 20, `${alarms} of 2000 at n=${n}`);
    }
  });
}

test('levels 20 % apart with 2 % of noise are found in 15 values, and in 30 when one is rarer', () => {
  for (const [n, share, least] of [
    [15, 0.5, 0.8],
    [30, 0.5, 0.95],
    [30, 0.4, 0.9],
  ] as const) {
    const prng = createPrng(6, n);
    let found = 0;
    for (let i = 0; i < 500; i++) {
      const values = series(n, () => (prng.nextFloat() < share ? 0.8 : 1) * Math.exp(0.02 * normalDraw(prng)));
      if ((twoLevels(values)?.p ?? 1) <= 0.005) found++;
    }
    assert.ok(found >= least * 500, `${found} of 500 at n=${n}, ${share}`);
  }
});

test.run();
