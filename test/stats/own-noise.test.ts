import { median, sampleStandardDeviation } from 'simple-statistics';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import type { Observation } from '../../src/stats/effect.js';
import { normalQuantile } from '../../src/stats/normal.js';
import { ownNoise, pairNoise, ROUNDS_MAX, sessionSdBy } from '../../src/stats/own-noise.js';

const test = suite('stats/own-noise');

interface Truth {
  readonly sessions: number;
  readonly rounds: number;
  /** Standard deviations of ln(value): of a session, a round, a side within a session, and a trial. */
  readonly session: number;
  readonly round: number;
  readonly side: number;
  readonly trial: number;
}

function measured(truth: Truth, seed: number): { a: Observation[]; b: Observation[] } {
  const random = createPrng(seed);
  const normal = (sd: number) => sd * normalQuantile((random.nextUint32() + 0.5) / 2 ** 32);
  const a: Observation[] = [];
  const b: Observation[] = [];
  for (let session = 1; session <= truth.sessions; session++) {
    const level = normal(truth.session);
    const [sideA, sideB] = [normal(truth.side), normal(truth.side)];
    for (let round = 1; round <= truth.rounds; round++) {
      const here = level + normal(truth.round);
      a.push({ session, round, value: 1e9 * Math.exp(here + sideA + normal(truth.trial)) });
      b.push({ session, round, value: 1e9 * Math.exp(here + sideB + normal(truth.trial)) });
    }
  }
  return { a, b };
}

function near(found: number | undefined, wanted: number, part: number): void {
  assert.ok(Math.abs((found ?? Number.NaN) / wanted - 1) <= part, `${found} ≠ ${wanted}`);
}

test('the variance of values is told apart by session, round and trial', () => {
  const { a, b } = measured({ sessions: 3000, rounds: 3, session: 0.04, round: 0.03, side: 0, trial: 0.02 }, 1);
  const noise = ownNoise(a, b);
  assert.equal(noise?.levels, ['session', 'round', 'trial']);
  const [session, round, trial] = noise?.components.levels ?? [];
  near(session?.variance, 0.04 ** 2, 0.1);
  near(round?.variance, 0.03 ** 2, 0.1);
  near(trial?.variance, 0.02 ** 2, 0.1);
  near(noise?.trialCv, Math.hypot(0.03, 0.02), 0.05);
});

test('in the pair what both sides share is gone', () => {
  const { a, b } = measured({ sessions: 3000, rounds: 4, session: 0.5, round: 0.4, side: 0.01, trial: 0.02 }, 2);
  const [session, pair] = pairNoise(a, b)?.levels ?? [];
  near(session?.variance, 2 * 0.01 ** 2, 0.2);
  near(pair?.variance, 2 * 0.02 ** 2, 0.1);
});

test('what other numbers of rounds would give is foretold', () => {
  const rounds = ROUNDS_MAX;
  const truth = { sessions: 4000, rounds, session: 0.1, round: 0.1, side: 0.01, trial: 0.03 };
  const { a, b } = measured(truth, 3);
  /** The standard deviation of the sessions' medians over their first rounds. */
  const sdOf = (first: number) => {
    const logs = b.map(({ value }, i) => Math.log(value / (a[i]?.value as number)));
    const medians = Array.from({ length: truth.sessions }, (_, i) =>
      median(logs.slice(i * rounds, i * rounds + first)),
    );
    return sampleStandardDeviation(medians);
  };
  const foretold = sessionSdBy(pairNoise(a, b), sdOf(rounds));
  for (let first = 1; first <= rounds; first++) near(foretold(first), sdOf(first), 0.03);
});

test('levels that were not repeated are left out', () => {
  const one = measured({ sessions: 5, rounds: 1, session: 0.1, round: 0, side: 0, trial: 0.1 }, 4);
  assert.equal(ownNoise(one.a, one.b)?.levels, ['session', 'trial']);
  assert.is(pairNoise(one.a, one.b), null);
  assert.is(sessionSdBy(null, 0.07)(5), 0.07);
  const single = measured({ sessions: 1, rounds: 3, session: 0.1, round: 0.1, side: 0, trial: 0.1 }, 5);
  assert.is(ownNoise(single.a, single.b), null);
  assert.is(pairNoise(single.a, single.b), null);
});

test('what was not measured is passed over, on both sides of its pair', () => {
  const { a, b } = measured({ sessions: 4, rounds: 3, session: 0.1, round: 0.1, side: 0.1, trial: 0.1 }, 6);
  const lost = a.map((one, i) => (i === 4 ? { ...one, value: Number.NaN } : one));
  const without = (all: readonly Observation[]) => all.filter((_, i) => i !== 4);
  assert.equal(pairNoise(lost, b), pairNoise(without(a), without(b)));
  assert.equal(ownNoise(lost, b), ownNoise(without(a), b));
});

test('sessions that are all alike have no noise, whatever the rounds', () => {
  const { a, b } = measured({ sessions: 5, rounds: 3, session: 0, round: 0, side: 0, trial: 0 }, 7);
  assert.is(sessionSdBy(pairNoise(a, b), 0)(2), 0);
});

test.run();
