/** The interval of a column's geometric mean covers the true mean as often as it says, although rows of a session share its luck. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { compare, type NamedRun } from '../../src/gate/comparison.js';
import { clopperPearson } from '../support/clopper-pearson.js';
import { comparisonOptions } from '../support/comparison-options.js';
import { measuredRun } from '../support/measured-runs.js';
import { normalDraw } from '../support/normal-draws.js';
import { makeArm } from '../support/records.js';

const test = suite('gate/geometric-mean');

const TABLES = 150;
const SESSIONS = 7;
/** The true ratio of each row. */
const TRUTHS = [0.9, 0.97, 1.05];
const TRUE_MEAN = TRUTHS.reduce((product, ratio) => product * ratio, 1) ** (1 / TRUTHS.length);
const [LUCK_SD, NOISE_SD] = [0.02, 0.01];
const sides = ['a', 'b'];
const rows = ['4KiB', '64KiB', '1MiB'].map((bs) =>
  sides.map((side) =>
    makeArm('read', [
      { name: 'bs', label: bs },
      { name: 'side', label: side },
    ]),
  ),
);

/** A run of every row on these sides, whose sessions have luck of their own on each side. */
function drawn(name: string, drawnSides: readonly string[], normal: () => number): NamedRun {
  const luck = sides.map(() => Array.from({ length: SESSIONS }, () => LUCK_SD * normal()));
  const arms = rows.flatMap((arms, row) =>
    arms.flatMap((arm, side) => {
      if (!drawnSides.includes(sides[side] as string)) return [];
      const truth = side === 0 ? 1 : (TRUTHS[row] as number);
      const levels = (luck[side] as number[]).map((one) => 1e8 * truth * Math.exp(one + NOISE_SD * normal()));
      return [{ arm, levels }];
    }),
  );
  return measuredRun(name, arms);
}

const DESIGNS = {
  'one run': (normal: () => number) => [drawn('one', sides, normal)],
  'two runs': (normal: () => number) => [drawn('one', ['a'], normal), drawn('two', ['b'], normal)],
};

for (const [design, draw] of Object.entries(DESIGNS)) {
  test(`${design}: the interval covers the true mean in about 95 of 100 tables, and another one in few`, () => {
    const prng = createPrng(11);
    let [covered, other] = [0, 0];
    for (let table = 0; table < TABLES; table++) {
      const { means } = compare(
        draw(() => normalDraw(prng)),
        comparisonOptions({ columns: ['side'] }),
      );
      const { low = Number.NaN, high = Number.NaN } = means[0]?.ratio ?? {};
      if (low <= TRUE_MEAN && TRUE_MEAN <= high) covered++;
      if (low <= TRUE_MEAN * 1.06 && TRUE_MEAN * 1.06 <= high) other++;
    }
    const { low, high } = clopperPearson(covered, TABLES);
    assert.ok(low <= 0.97 && high >= 0.94, `${covered} of ${TABLES}`);
    assert.ok(other < TABLES / 4, `${other} of ${TABLES}`);
  });
}

test.run();
