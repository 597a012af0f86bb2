import fc from 'fast-check';
import { median } from 'simple-statistics';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { normalQuantile } from '../../src/stats/normal.js';
import { cheapestPlan, type PlanSearch } from '../../src/stats/plan-search.js';
import { signedRankP } from '../../src/stats/signed-rank.js';

const test = suite('stats/plan-search');

const SEARCH: PlanSearch = {
  sessionSds: [(rounds) => 0.01 + 0.02 / Math.sqrt(rounds)],
  wanted: 0.05,
  power: 0.9,
  alpha: 0.01,
  minEffect: 0.01,
  costs: { sessionNs: 1e9, roundNs: 1e9 },
};

test('the plan shows what it was made for about as often as promised', () => {
  const truth = { session: 0.015, pair: 0.03 };
  const random = createPrng(1);
  const normal = (sd: number) => sd * normalQuantile((random.nextUint32() + 0.5) / 2 ** 32);
  const variance = [1, 0.5, 0.4487, 0.2982, 0.2868];
  const sdBy = (rounds: number) => Math.sqrt(truth.session ** 2 + truth.pair ** 2 * (variance[rounds - 1] as number));
  const plan = cheapestPlan({ ...SEARCH, sessionSds: [sdBy, sdBy], roundsMax: 5 });
  assert.ok(plan !== null);
  const { sessions, rounds } = plan;
  // As the gate decides, with the floor that such a plan finds.
  let found = 0;
  const families = 1000;
  for (let family = 0; family < families; family++) {
    const differences = Array.from({ length: sessions }, () => {
      const session = Math.log(0.95) + normal(truth.session);
      return median(Array.from({ length: rounds }, () => session + normal(truth.pair)));
    });
    const floor = Math.max(0.01, 1 - Math.exp((-2.1 * sdBy(rounds)) / Math.sqrt(sessions)));
    if (signedRankP(differences, Math.log(1 - floor), 'less') <= 0.01 / 2) found++;
  }
  assert.ok(found / families > 0.86, `${sessions} × ${rounds} found ${found} of ${families}`);
});

test('no plan with other rounds is shorter', () => {
  const best = cheapestPlan(SEARCH);
  assert.ok(best !== null);
  for (let rounds = 1; rounds <= 10; rounds++) {
    const sdOfThese = () => (SEARCH.sessionSds[0] as (rounds: number) => number)(rounds);
    const same = cheapestPlan({
      ...SEARCH,
      sessionSds: [sdOfThese],
      roundsMax: 1,
      costs: { sessionNs: 1e9 + (rounds - 1) * 1e9, roundNs: 1e9 },
    });
    assert.ok(same === null || same.durationNs >= best.durationNs);
  }
});

test('where a session is dear it has more rounds', () => {
  const dear = cheapestPlan({ ...SEARCH, costs: { sessionNs: 1e12, roundNs: 1e9 } });
  const cheap = cheapestPlan({ ...SEARCH, costs: { sessionNs: 1, roundNs: 1e9 } });
  assert.ok((dear?.rounds ?? 0) > (cheap?.rounds ?? 99));
});

test('what is not above the least difference, or drowns in noise, has no plan', () => {
  assert.is(cheapestPlan({ ...SEARCH, wanted: 0.01 }), null);
  assert.is(cheapestPlan({ ...SEARCH, sessionSds: [() => 1] }), null);
});

test('a larger difference never takes longer', () => {
  const wanted = fc.double({ min: 0.02, max: 0.5, noNaN: true });
  fc.assert(
    fc.property(wanted, wanted, fc.double({ min: 1e-4, max: 0.1, noNaN: true }), (one, other, sd) => {
      const duration = (effect: number) =>
        cheapestPlan({ ...SEARCH, sessionSds: [() => sd], wanted: effect, roundsMax: 2 })?.durationNs ?? Infinity;
      assert.ok(duration(Math.max(one, other)) <= duration(Math.min(one, other)));
    }),
    { numRuns: 30 },
  );
});

test.run();
