import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { unitsToReach } from '../../src/gate/attainable.js';
import { type Judged, type JudgementOptions, judge } from '../../src/gate/verdict.js';
import type { EffectSample } from '../../src/stats/effect.js';
import { clopperPearson } from '../support/clopper-pearson.js';
import { normalDraw } from '../support/normal-draws.js';

const test = suite('gate/verdict');

const OPTIONS: JudgementOptions = { alpha: 0.05, minEffect: 0.01, confidence: 0.95 };

/** Units whose ratio is about this, spread by 0.1 % and no two alike. */
function paired(ratio: number, n = 10): EffectSample {
  const differences = Array.from({ length: n }, (_, i) => Math.log(ratio) + 0.001 * Math.sin(3 * i + 1));
  return { design: 'paired', differences, pairs: n };
}

function unpaired(ratio: number, n = 8): EffectSample {
  const base = Array.from({ length: n }, (_, i) => 0.001 * Math.sin(3 * i + 1));
  return { design: 'unpaired', base, candidate: base.map((level) => level + Math.log(ratio) + 1e-5), pairs: n };
}

const cell = (sample: EffectSample, better: Judged['better'] = 'higher', comparable = true): Judged => ({
  sample,
  better,
  comparable,
});
const verdicts = (cells: readonly Judged[], options: Partial<JudgementOptions> = {}) =>
  judge(cells, { ...OPTIONS, ...options }).map(({ verdict }) => verdict);

for (const [design, sampleOf] of [
  ['paired', paired],
  ['unpaired', unpaired],
] as const) {
  test(`${design}: every verdict, in the direction of the metric`, () => {
    assert.equal(verdicts([cell(sampleOf(0.9))]), ['regression']);
    assert.equal(verdicts([cell(sampleOf(1.1))]), ['improvement']);
    assert.equal(verdicts([cell(sampleOf(1))]), ['equivalent']);
    assert.equal(verdicts([cell(sampleOf(0.99))]), ['inconclusive'], 'on the bound nothing is shown');
    assert.equal(verdicts([cell(sampleOf(1.1), 'lower')]), ['regression'], 'a latency that rises');
    assert.equal(verdicts([cell(sampleOf(0.9), 'lower')]), ['improvement'], 'a latency that falls');
    assert.equal(verdicts([cell(sampleOf(0.9), 'higher', false)]), ['incomparable']);
  });

  test(`${design}: a difference below the smallest that matters is no regression, whatever its p`, () => {
    assert.equal(verdicts([cell(sampleOf(0.97))], { minEffect: 0.01 }), ['regression']);
    assert.equal(verdicts([cell(sampleOf(0.97))], { minEffect: 0.05 }), ['equivalent']);
    assert.equal(verdicts([cell(sampleOf(0.999, 12))], { minEffect: 0 }).includes('equivalent'), false);
  });
}

test('the bound is on the log scale: a latency that doubles is as far as a throughput that halves', () => {
  const [up] = judge([cell(paired(2), 'lower')], OPTIONS);
  const [down] = judge([cell(paired(0.5), 'higher')], OPTIONS);
  assert.is(up?.pRegression, down?.pRegression);
  assert.is(up?.verdict, 'regression');
});

test('too few units: no verdict, the n that it takes, and no interval', () => {
  const [judgement] = judge([cell(paired(0.5, 4))], OPTIONS);
  assert.is(judgement?.verdict, 'inconclusive');
  assert.is(judgement?.unitsNeeded, 6, '2 · 2⁻⁵ > 5 % ≥ 2 · 2⁻⁶');
  assert.is(judgement?.detectable, null);
  assert.is(judgement?.ratio?.high, Number.POSITIVE_INFINITY);
  assert.is(judge([cell(paired(0.5, 6))], OPTIONS)[0]?.verdict, 'regression');
  const [asked] = judge([cell(paired(0.5, 4))], { ...OPTIONS, directions: 'regressions' });
  assert.is(asked?.unitsNeeded, 5, '2⁻⁴ > 5 % ≥ 2⁻⁵');
  assert.is(judge([cell(paired(0.5, 5))], { ...OPTIONS, directions: 'regressions' })[0]?.verdict, 'regression');
  assert.is(unitsToReach({ design: 'paired' }, 60, 0.01), 13);
  assert.is(unitsToReach({ design: 'unpaired' }, 60, 0.01), 10, 'smallestShiftP: 2.6e-4 at 9, 9.9e-5 at 10');
  assert.is(unitsToReach({ design: 'unpaired' }, 1, 0.05), 4);
});

test('nothing measured: inconclusive, without ratio', () => {
  const [judgement] = judge([cell({ design: 'paired', differences: [], pairs: 0 })], OPTIONS);
  assert.is(judgement?.verdict, 'inconclusive');
  assert.is(judgement?.ratio, null);
  assert.is(judgement?.units, 0);
});

test('more cells make each of them harder to call (Holm), whichever metric they are of', () => {
  const [alone] = judge([cell(paired(0.9))], OPTIONS);
  const many = judge(
    [cell(paired(0.9)), ...Array.from({ length: 9 }, (_, i) => cell(paired(1), i % 2 ? 'lower' : 'higher'))],
    OPTIONS,
  );
  assert.ok(alone);
  assert.ok(Math.abs((many[0]?.pRegression ?? 0) - 10 * alone.pRegression) < 1e-12);
  assert.equal(verdicts([cell(paired(0.9, 6))]), ['regression']);
  assert.equal(
    verdicts([cell(paired(0.9, 6)), cell(paired(1, 6)), cell(paired(1, 6)), cell(paired(1, 6))])[0],
    'inconclusive',
  );
});

test('what cannot be compared, or was not measured, is no part of the family', () => {
  const nothing: EffectSample = { design: 'unpaired', base: [], candidate: [1], pairs: 0 };
  const others = [cell(paired(0.5), 'higher', false), cell(nothing), cell(paired(0.5), 'lower', false)];
  const [alone] = judge([cell(paired(0.9))], OPTIONS);
  const [among, ...rest] = judge([cell(paired(0.9)), ...others], OPTIONS);
  assert.equal(among, alone);
  assert.equal(
    rest.map(({ pRegression, pImprovement }) => [pRegression, pImprovement]),
    [
      [1, 1],
      [1, 1],
      [1, 1],
    ],
  );
});

test('inconclusive says what could have been seen: less with more units, more with more cells', () => {
  const noisy = (n: number): EffectSample => {
    const prng = createPrng(3);
    return {
      design: 'paired',
      differences: Array.from({ length: n }, () => 0.06 * (prng.nextFloat() - 0.5)),
      pairs: n,
    };
  };
  const detectable = (n: number, family: number) =>
    judge(
      Array.from({ length: family }, () => cell(noisy(n))),
      OPTIONS,
    )[0]?.detectable ?? Number.NaN;
  assert.ok(detectable(12, 1) > detectable(24, 1));
  assert.ok(detectable(12, 20) > detectable(12, 1));
  assert.ok(detectable(24, 1) > OPTIONS.minEffect);
});

test('in both directions, one bound covers false regressions and false improvements together', () => {
  const cells = [cell(paired(0.9)), cell(paired(1))];
  const of = (directions: 'both' | 'regressions') => judge(cells, { ...OPTIONS, directions })[0]?.pRegression ?? 0;
  assert.ok(Math.abs(of('both') - 4 * 2 ** -10) < 1e-12);
  assert.ok(Math.abs(of('regressions') - 2 * 2 ** -10) < 1e-12);
});

/** Families of three cells without a difference in which anything was called, and in which a regression was. */
function falseAlarms(directions: 'both' | 'regressions', families: number, alpha: number) {
  const prng = createPrng(17);
  let [any, regressions] = [0, 0];
  for (let family = 0; family < families; family++) {
    const cells = Array.from({ length: 3 }, () => {
      const differences = Array.from({ length: 12 }, () => 0.03 * normalDraw(prng));
      return cell({ design: 'paired', differences, pairs: 12 });
    });
    const called = verdicts(cells, { minEffect: 0, directions, alpha });
    if (called.includes('regression')) regressions++;
    if (called.includes('regression') || called.includes('improvement')) any++;
  }
  return { any, regressions };
}

test('false alarms in either direction are at most α in both directions, and a gate bounds those of regressions', () => {
  // The long form, at 1 and 5 %, is bench:power.
  const families = 150;
  const alpha = 0.2;
  const { any } = falseAlarms('both', families, alpha);
  assert.ok(clopperPearson(any, families).low <= alpha, `${any} of ${families}`);
  const { any: either, regressions } = falseAlarms('regressions', families, alpha);
  assert.ok(clopperPearson(regressions, families).low <= alpha, `${regressions} of ${families}`);
  assert.ok(clopperPearson(either, families).low > alpha, 'about twice as many, so the two are told apart');
});

test('a verdict of one cell in both directions is that of its 95 % interval', () => {
  const differences = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 6, maxLength: 20 });
  fc.assert(
    fc.property(differences, (values) => {
      const sample: EffectSample = { design: 'paired', differences: values.map((value) => value / 1000), pairs: 1 };
      const [judgement] = judge([cell(sample)], OPTIONS);
      const { low, high } = judgement?.ratio ?? { low: 0, high: 0 };
      assert.is(judgement?.verdict === 'regression', high < 0.99 - 1e-12);
      assert.is(judgement?.verdict === 'improvement', low > 1 / 0.99 + 1e-12);
    }),
  );
});

test('a noise floor blocks a regression and never makes it equivalent', () => {
  const twelve = cell(paired(0.88, 12));
  const judged = (floor: number, options: Partial<JudgementOptions> = {}) =>
    judge([{ ...twelve, floor }], { ...OPTIONS, ...options })[0];
  assert.is(judged(0.01)?.verdict, 'regression');
  assert.is(judged(0.05)?.verdict, 'regression');
  const blocked = judged(0.135);
  assert.equal([blocked?.verdict, blocked?.doubt], ['inconclusive', { kind: 'noise-floor', floor: 0.135 }]);
  assert.equal([blocked?.minEffect, blocked?.unitsToTell], [0.135, null]);
  assert.ok((blocked?.pRegression ?? 0) > 0.5, 'the p that the verdict used');
  assert.ok((blocked?.detectable ?? 0) >= 0.135);
  assert.is(judged(0.135, { minEffect: 0.15 })?.verdict, 'equivalent', 'the user says that it does not matter');
  const equal = judge([{ ...cell(paired(1, 12)), floor: 0.135 }], OPTIONS)[0];
  assert.equal([equal?.verdict, equal?.doubt], ['equivalent', null]);
  const [improved] = judge([{ ...cell(paired(1.1, 12)), floor: 0.135 }], OPTIONS);
  assert.equal([improved?.verdict, improved?.doubt?.kind], ['inconclusive', 'noise-floor']);
});

test('no verdict depends on which side is called the base, but for its direction', () => {
  const ratios = fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(ratios, fc.integer({ min: 1, max: 12 }), (values, n) => {
      const there = values.map((ratio) => paired(ratio, n));
      const back = there.map(
        (sample): EffectSample =>
          sample.design === 'paired' ? { ...sample, differences: sample.differences.map((d) => -d) } : sample,
      );
      const swapped = { regression: 'improvement', improvement: 'regression' } as const;
      const first = verdicts(there.map((sample) => cell(sample)));
      const second = verdicts(back.map((sample) => cell(sample)));
      assert.equal(
        second,
        first.map((verdict) => swapped[verdict as keyof typeof swapped] ?? verdict),
      );
      assert.equal(verdicts(back.map((sample) => cell(sample, 'lower'))), first);
    }),
    { numRuns: 20 },
  );
});

test.run();
