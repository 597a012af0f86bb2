import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type EffectSample,
  type Observation,
  pairedSample,
  pBeyond,
  ratioOf,
  smallestP,
  unitCount,
  unitLevels,
  unitSd,
  unpairedSample,
} from '../../src/stats/effect.js';
import { shiftTest } from '../../src/stats/shift-test.js';

const test = suite('stats/effect');

/** Sessions of rounds of values: `[[1, 2], [3]]`. */
const observed = (sessions: readonly (readonly number[])[]): Observation[] =>
  sessions.flatMap((rounds, session) =>
    rounds.map((value, round) => ({ session: session + 1, round: round + 1, value })),
  );
const single = (values: readonly number[]) => observed(values.map((value) => [value]));
const near = (actual: number, expected: number) =>
  assert.ok(
    actual === expected || Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${actual}, not ${expected}`,
  );
const ofPaired = (sample: EffectSample) => (sample.design === 'paired' ? sample.differences : []);

/** A run of eight sessions before and after, from facts that R was asked about. */
const BEFORE = [102.1, 99.8, 101.5, 100.2, 98.9, 103.3, 100.7, 99.1];
const AFTER = [96.4, 97.9, 95.1, 98.2, 94.8, 97.0, 99.5, 96.1];
const paired = pairedSample(single(BEFORE), single(AFTER));
const unpaired = unpairedSample(single(BEFORE), single(AFTER));

test('each round gives a ratio, each session the median of its rounds', () => {
  const sample = pairedSample(
    observed([
      [1, 2, 4],
      [1, 1],
    ]),
    observed([
      [2, 2, 4],
      [1, Math.E],
    ]),
  );
  assert.equal(ofPaired(sample), [0, 0.5]);
  assert.is(sample.pairs, 5);
  assert.is(unitCount(sample), 2);
  const rounds = pairedSample(
    observed([
      [1, 2, 4],
      [1, 1],
    ]),
    observed([
      [2, 2, 4],
      [1, Math.E],
    ]),
    'round',
  );
  assert.equal(ofPaired(rounds), [Math.LN2, 0, 0, 0, 1]);
});

test('a level is the median of the logarithms of the rounds, so that unpaired samples are one number a session', () => {
  const sample = unpairedSample(observed([[1, Math.E ** 2, Math.E], [1]]), observed([[1], [1], [Math.E, Math.E]]));
  assert.equal(sample, { design: 'unpaired', base: [1, 0], candidate: [0, 0, 1], pairs: 4 });
  assert.is(unitCount(sample), 2);
  assert.equal(unitLevels(observed([[3, 1, 2], [7]]), 'session'), [2, 7]);
  assert.equal(unitLevels(observed([[3, 1, 2], [7]]), 'round'), [3, 1, 2, 7]);
});

test('a trial that was lost or not measured takes its pair with it, and nothing else', () => {
  for (const lost of [Number.NaN, -1]) {
    const sample = pairedSample(
      observed([
        [1, lost, 4],
        [1, 1],
      ]),
      observed([
        [2, 2, 4],
        [lost, 1],
      ]),
    );
    assert.equal(ofPaired(sample), [Math.LN2 / 2, 0]);
    assert.is(sample.pairs, 3);
    assert.equal(unitLevels(single([lost, 5]), 'session'), [5]);
  }
  const whole = pairedSample(single(BEFORE), single(AFTER).slice(2));
  assert.is(unitCount(whole), 6, 'a session without a partner is left out');
  const strangers = pairedSample([{ session: 1, round: 1, value: 5 }], [{ session: 1, round: 2, value: 5 }]);
  assert.is(unitCount(strangers), 0, 'rounds that were not the same are no pair');
});

test('a trial that measured nothing is the worst there is, and two of them are equal', () => {
  const { POSITIVE_INFINITY: most, NEGATIVE_INFINITY: least } = Number;
  const rates = [single([1, 0, 0, 1]), single([1, 1, 0, 0])] as const;
  assert.equal(ofPaired(pairedSample(...rates)), [0, most, 0, least]);
  assert.equal(unpairedSample(...rates), {
    design: 'unpaired',
    base: [0, least, least, 0],
    candidate: [0, 0, least, least],
    pairs: 4,
  });
  assert.equal(ofPaired(pairedSample(single([1, most, most]), single([most, 1, most]))), [most, least, 0]);
  assert.equal(
    unitLevels(
      observed([
        [0, 4, 2],
        [most, 1],
      ]),
      'session',
    ),
    [2, most],
  );
});

test('ratios and p with infinite differences: the end is infinite, and p counts them as the farthest', () => {
  const twelve = Array.from({ length: 12 }, (_, i) => 100 * (1 + 0.001 * Math.sin(3 * i + 1)));
  const dead = (count: number) =>
    pairedSample(single(twelve.map(() => 100)), single(twelve.map((level, i) => (i < count ? 0 : level))));
  // 3 of 12: 33 Walsh averages are −∞, and the 14th smallest is the lower end at 95 %.
  assert.equal([ratioOf(dead(3), 0.95)?.low, ratioOf(dead(1), 0.95)?.low], [0, ratioOf(dead(1), 0.95)?.low]);
  assert.ok((ratioOf(dead(1), 0.95)?.low ?? 0) > 0.99 && (ratioOf(dead(3), 0.95)?.high ?? 0) < 1.01);
  assert.is(ratioOf(dead(12), 0.95)?.estimate, 0);
  assert.is(pBeyond(dead(12), -0.01, 'less'), 2 ** -12);
  assert.ok(Number.isNaN(unitSd(dead(1))));
  const both: EffectSample = {
    design: 'paired',
    differences: [-Infinity, Infinity, 0, 0.1, -0.1, 0.05, -0.05],
    pairs: 7,
  };
  const ratio = ratioOf(both, 0.9);
  assert.ok(Math.abs(Math.log(ratio?.estimate ?? 0)) < 0.03);
  near(pBeyond(both, 0, 'less'), pBeyond(both, 0, 'greater'));
});

test('without units nothing is said: no ratio, p of 1', () => {
  for (const sample of [pairedSample([], []), unpairedSample(single([1, 2]), []), unpairedSample([], single([1]))]) {
    assert.is(ratioOf(sample, 0.95), null);
    assert.is(pBeyond(sample, 0, 'less'), 1);
    assert.is(pBeyond(sample, 0, 'greater'), 1);
    assert.is(smallestP(sample), 1);
  }
});

test('the ratio is that of R, and of pairs its interval too: wilcox.test(log(b), log(a), conf.int = TRUE)', () => {
  const percent = (ratio: number) => (ratio - 1) * 100;
  const ofPairs = ratioOf(paired, 0.95);
  assert.ok(ofPairs);
  assert.ok(Math.abs(percent(ofPairs.estimate) - -3.79430402) < 1e-8);
  assert.ok(Math.abs(percent(ofPairs.low) - -5.94478441) < 1e-8);
  assert.ok(Math.abs(percent(ofPairs.high) - -1.90380762) < 1e-8);
  const ofRuns = ratioOf(unpaired, 0.95);
  assert.ok(ofRuns);
  near(Math.log(ofRuns.estimate), -0.038804248422232);
  const unequal = ratioOf(unpairedSample(single(BEFORE), single(AFTER.slice(0, 5))), 0.99);
  assert.ok(unequal);
  near(Math.log(unequal.estimate), -0.0421730025009226);
});

test('with too few units the interval is everything, and p cannot be small', () => {
  assert.equal(ratioOf(pairedSample(single([1, 1, 1, 1, 1]), single([2, 2, 2, 2, 2])), 0.95), {
    estimate: 2,
    low: 0,
    high: Number.POSITIVE_INFINITY,
    confidence: 1,
  });
  assert.is(smallestP(paired), 2 ** -8);
  assert.is(smallestP(pairedSample(single([1]), single([2]))), 0.5);
  // scipy: t.sf(t.isf(1 / comb(16, 8), 14), 7).
  near(smallestP(unpaired), 0.0006831778414937515);
  assert.is(smallestP(unpairedSample(single([1]), single([2]))), 1, 'one session says nothing of the noise');
});

test('p of a pair is that of scipy.stats.wilcoxon(log(b / a) − bound, method="exact")', () => {
  const expected = [
    [0, 0.00390625, 1.0],
    [-0.01, 0.00390625, 1.0],
    [-0.03, 0.15625, 0.875],
    [-0.05, 0.92578125, 0.09765625],
  ] as const;
  for (const [bound, less, greater] of expected) {
    assert.is(pBeyond(paired, bound, 'less'), less, `less than ${bound}`);
    assert.is(pBeyond(paired, bound, 'greater'), greater, `greater than ${bound}`);
  }
});

test('p of two runs is that of the studentised rank test of the levels', () => {
  const levels = (values: readonly number[]) => values.map(Math.log);
  const shift = shiftTest(levels(BEFORE), levels(AFTER));
  for (const bound of [0, -0.01, -0.03, -0.05]) {
    assert.is(pBeyond(unpaired, bound, 'less'), shift.pLess(bound));
    assert.is(pBeyond(unpaired, bound, 'greater'), shift.pGreater(bound));
  }
});

test('the spread of the units is that of the effect on the log scale', () => {
  // sd(log(b / a)) and sqrt(var(log(a)) + var(log(b))) in R; below two units there is none.
  near(unitSd(paired), 0.0212134270783752);
  near(unitSd(unpaired), 0.022365014504862);
  assert.ok(Number.isNaN(unitSd(pairedSample(single([1]), single([2])))));
});

const level = fc.integer({ min: 900, max: 1100 });
const sides = fc.array(fc.tuple(level, level), { minLength: 1, maxLength: 9 });
const samplesOf = (pairs: readonly (readonly [number, number])[]) => {
  const [base, candidate] = [pairs.map(([first]) => first), pairs.map(([, second]) => second)];
  return [
    [pairedSample(single(base), single(candidate)), pairedSample(single(candidate), single(base))],
    [unpairedSample(single(base), single(candidate)), unpairedSample(single(candidate), single(base))],
  ] as const;
};

test('to swap the sides inverts the ratio and swaps the tails', () => {
  fc.assert(
    fc.property(sides, (pairs) => {
      for (const [there, back] of samplesOf(pairs)) {
        const [ratio, inverse] = [ratioOf(there, 0.9), ratioOf(back, 0.9)];
        assert.ok(ratio && inverse);
        near(ratio.estimate * inverse.estimate, 1);
        near(1 / ratio.low, inverse.high);
        near(pBeyond(there, 0, 'less'), pBeyond(back, 0, 'greater'));
        near(pBeyond(there, 0.01, 'greater'), pBeyond(back, -0.01, 'less'));
        near(unitSd(there) || 0, unitSd(back) || 0);
      }
    }),
  );
});

test('neither another unit of the measure nor another order of the sessions changes anything', () => {
  fc.assert(
    fc.property(sides, fc.constantFrom(2, 1024), fc.integer(), (pairs, scale, seed) => {
      // Powers of two, so that logarithms of ratios stay the same numbers and ties stay ties.
      const scaled = pairs.map(([first, second]) => [first * scale, second * scale] as const);
      const turned = pairs.map((_, index) => pairs[(index + Math.abs(seed)) % pairs.length] as [number, number]);
      const [plain] = samplesOf(pairs)[0];
      for (const other of [samplesOf(scaled)[0][0], samplesOf(turned)[0][0]]) {
        near(ratioOf(other, 0.9)?.estimate ?? 0, ratioOf(plain, 0.9)?.estimate ?? 0);
        near(pBeyond(other, 0, 'less'), pBeyond(plain, 0, 'less'));
      }
      const [runs] = samplesOf(pairs)[1];
      const [shuffled] = samplesOf(turned)[1];
      near(pBeyond(shuffled, 0.005, 'less'), pBeyond(runs, 0.005, 'less'));
      near(ratioOf(shuffled, 0.9)?.high ?? 0, ratioOf(runs, 0.9)?.high ?? 0);
    }),
  );
});

test('a candidate that is further ahead is never more probably behind', () => {
  fc.assert(
    fc.property(sides, fc.double({ min: 1, max: 1.2, noNaN: true }), (pairs, factor) => {
      const ahead = pairs.map(([first, second]) => [first, second * factor] as const);
      for (const [index, [before]] of samplesOf(pairs).entries()) {
        const after = samplesOf(ahead)[index]?.[0] ?? before;
        assert.ok(pBeyond(after, 0, 'less') >= pBeyond(before, 0, 'less') - 1e-12);
      }
    }),
  );
});

test.run();
