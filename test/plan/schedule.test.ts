import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Plan } from '../../src/plan/plan.js';
import { buildPlan } from '../../src/plan/schedule.js';
import { chiSquareZ, countIn } from '../support/chi-square.js';
import { declarationOf, ioJob, workloadOf } from './jobs.js';

const TARGETS = [{ name: 'data', path: '/mnt/data' }];

function planOf(armCount: number, sessions: number, rounds: number, warmup: number, seed: number): Plan {
  const jobs = Array.from({ length: armCount }, (_, i) => declarationOf(`job${i}`));
  return buildPlan(workloadOf(jobs, { trials: { sessions, rounds, warmup } }), TARGETS, () => ioJob(), seed);
}

/** The arms of each round in their order, a text per round. */
function orders(plan: Plan): string[] {
  const rounds = new Map<string, number[]>();
  for (const { session, round, arm } of plan.trials) {
    const key = `${session}.${round}`;
    rounds.set(key, [...(rounds.get(key) ?? []), arm]);
  }
  return [...rounds.values()].map((arms) => arms.join());
}

const schedule = suite('schedule');

schedule('runs each arm once in every round, warm-up rounds first in each session', () => {
  const shape = fc.tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 0, max: 2 }),
    fc.nat(),
  );
  void fc.assert(
    fc.property(shape, ([arms, sessions, rounds, warmup, seed]) => {
      const plan = planOf(arms, sessions, rounds, warmup, seed);
      const expected = Array.from({ length: arms }, (_, i) => i).join();
      assert.is(plan.rounds, rounds + warmup);
      assert.is(plan.trials.length, arms * sessions * (rounds + warmup));
      for (const order of orders(plan)) assert.is(order.split(',').sort().join(), expected);
      plan.trials.forEach((trial, i) => {
        const place = (i % arms) + 1;
        const round = (Math.floor(i / arms) % plan.rounds) + 1;
        const session = Math.floor(i / arms / plan.rounds) + 1;
        assert.is(trial.id, `s${session}r${round}t${place}`);
        assert.equal([trial.session, trial.round, trial.place], [session, round, place]);
        assert.is(trial.warmup, round <= warmup);
      });
      assert.equal(planOf(arms, sessions, rounds, warmup, seed), plan);
    }),
    { seed: 1, numRuns: 60 },
  );
});

schedule('shuffles every round anew, and otherwise with another seed', () => {
  const first = orders(planOf(8, 3, 5, 1, 42));
  assert.is(new Set(first).size, first.length);
  assert.is(new Set([...first, ...orders(planOf(8, 3, 5, 1, 43))]).size, 2 * first.length);
});

schedule('keeps the rounds of a seed when more rounds or sessions are asked for', () => {
  const short = orders(planOf(6, 1, 3, 0, 42));
  assert.equal(orders(planOf(6, 2, 5, 0, 42)).slice(0, 3), short);
});

schedule('gives every arm every place alike', () => {
  const places = new Float64Array(25);
  for (const { arm, place } of planOf(5, 1, 3000, 0, 7).trials) countIn(places, arm * 5 + place - 1);
  assert.ok(Math.abs(chiSquareZ(places)) < 4);
});

schedule.run();
