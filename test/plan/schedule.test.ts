import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { imbalancesOf } from '../../src/plan/balance.js';
import type { Plan } from '../../src/plan/plan.js';
import { buildPlan } from '../../src/plan/schedule.js';
import type { IoJob, Trials } from '../../src/workload/workload.js';
import { chiSquareZ, countIn } from '../support/chi-square.js';
import { declarationOf, ioJob, workloadOf } from './jobs.js';

const TARGETS = [{ name: 'data', path: '/mnt/data' }];

function planOf(
  armCount: number,
  sessions: number,
  rounds: number,
  warmup: number,
  seed: number,
  order: Trials['order'] = 'shuffled',
): Plan {
  const jobs = Array.from({ length: armCount }, (_, i) => declarationOf(`job${i}`));
  const trials = { sessions, rounds, warmup, filesets: 1, order };
  return buildPlan(workloadOf(jobs, { trials }), TARGETS, () => ioJob(), seed);
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

/** The places of every arm in these rounds, added up. */
function placeSums(plan: Plan, session: number, rounds: readonly number[]): number[] {
  const sums = plan.arms.map(() => 0);
  for (const trial of plan.trials) {
    if (trial.session === session && rounds.includes(trial.round))
      sums[trial.arm] = (sums[trial.arm] ?? 0) + trial.place;
  }
  return sums;
}

schedule('abba mirrors rounds in pairs, in which all places add up to the same, and drift to nothing', () => {
  const shape = fc.tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 2, max: 9 }),
    fc.integer({ min: 0, max: 3 }),
    fc.nat(),
  );
  void fc.assert(
    fc.property(shape, ([arms, sessions, rounds, warmup, seed]) => {
      const plan = planOf(arms, sessions, rounds, warmup, seed, 'abba');
      const plain = planOf(arms, sessions, rounds, warmup, seed);
      const [orderOf, plainOrderOf] = [plan, plain].map((each) => {
        const all = orders(each);
        return (session: number, round: number) => all[(session - 1) * plan.rounds + round - 1] ?? '';
      }) as [(session: number, round: number) => string, (session: number, round: number) => string];
      for (const order of orders(plan)) assert.is(order.split(',').sort().join(), [...plan.arms.keys()].join());
      for (let session = 1; session <= sessions; session++) {
        for (const [first, last] of [
          [1, warmup],
          [warmup + 1, plan.rounds],
        ] as const) {
          for (let round = first; round <= last; round += 2) {
            assert.is(orderOf(session, round), plainOrderOf(session, round), 'drawn as without mirrors');
            if (round === last) continue;
            assert.is(orderOf(session, round + 1), orderOf(session, round).split(',').reverse().join());
            assert.equal(new Set(placeSums(plan, session, [round, round + 1])), new Set([arms + 1]));
          }
        }
      }
    }),
    { seed: 1, numRuns: 60 },
  );
});

schedule('abba draws each pair anew', () => {
  const pairs = orders(planOf(8, 2, 6, 0, 42, 'abba')).filter((_, i) => i % 2 === 0);
  assert.is(new Set(pairs).size, 6);
});

function setsOf(trials: Partial<Trials>, targetCount: number, changes: Partial<IoJob> = {}): Plan {
  const targets = Array.from({ length: targetCount }, (_, i) => ({ name: `t${i}`, path: `/mnt/t${i}` }));
  const all = { sessions: 2, rounds: 2, warmup: 0, filesets: 2, order: 'shuffled', ...trials } as const;
  return buildPlan(workloadOf([declarationOf('job')], { trials: all }), targets, () => ioJob(changes), 42);
}

/** The sets of each session, target by target: `01` = the first target read set 0, the second one set 1. */
function setsBySession(plan: Plan): string[] {
  return Array.from({ length: plan.sessions }, (_, session) =>
    plan.arms
      .map(
        (_arm, arm) => plan.trials.find((trial) => trial.session === session + 1 && trial.arm === arm)?.fileset ?? '-',
      )
      .join(''),
  );
}

schedule('swaps two sets between two targets from session to session', () => {
  assert.equal(setsBySession(setsOf({ sessions: 4 }, 2)), ['01', '10', '01', '10']);
  assert.equal(setsBySession(setsOf({ sessions: 3, filesets: 3 }, 2)), ['01', '12', '20']);
  assert.equal(setsBySession(setsOf({ sessions: 2, filesets: 1 }, 3)), ['000', '000']);
  assert.equal(
    setsBySession(setsOf({ sessions: 2 }, 1, { rw: 'write' })),
    ['-', '-'],
    'what is written is new each time',
  );
  assert.equal(setsBySession(setsOf({ sessions: 2 }, 1, { ioengine: 'simulated' })), ['-', '-']);
});

schedule('gives each target each set alike often when sessions are a multiple of the sets', () => {
  const shape = fc.tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 4 }),
  );
  void fc.assert(
    fc.property(shape, ([filesets, times, targets]) => {
      const plan = setsOf({ sessions: filesets * times, filesets }, targets);
      for (const arm of plan.arms.keys()) {
        const counts = new Float64Array(filesets);
        for (const trial of plan.trials) if (trial.arm === arm) countIn(counts, trial.fileset as number);
        assert.equal([...counts], new Array(filesets).fill(times * plan.rounds));
      }
      assert.equal(imbalancesOf(plan), []);
    }),
    { seed: 1, numRuns: 60 },
  );
});

schedule('says what cannot be balanced, and what would be', () => {
  assert.equal(imbalancesOf(setsOf({ sessions: 3 }, 1)), [
    '2 file sets, sessions: 3: some file sets are read in more sessions than others; make sessions 4',
  ]);
  assert.match(imbalancesOf(setsOf({ sessions: 1 }, 2))[0] ?? '', /make sessions 2$/);
  assert.equal(imbalancesOf(setsOf({ sessions: 1 }, 1)), [], 'one set is all that is read');
  assert.equal(imbalancesOf(setsOf({ sessions: 3 }, 1, { rw: 'write' })), []);
  assert.match(
    imbalancesOf(setsOf({ order: 'abba', rounds: 5, warmup: 1 }, 1))[0] ?? '',
    /^order: abba with 5 rounds: /,
  );
  assert.equal(imbalancesOf(setsOf({ order: 'abba', rounds: 4, warmup: 1 }, 1)), []);
});

/** A sequential and a random job on each target. */
function readOncePlan(sessions: number, rounds: number, targetCount: number, seed = 42): Plan {
  const targets = Array.from({ length: targetCount }, (_, i) => ({ name: `t${i}`, path: `/mnt/t${i}` }));
  const trials = { sessions, rounds, warmup: 1, filesets: 1, order: 'read-once' } as const;
  const jobs = ['write', 'random', 'sequential'].map((name) => declarationOf(name));
  const rw = { write: 'write', random: 'randread', sequential: 'read' } as const;
  return buildPlan(
    workloadOf(jobs, { trials }),
    targets,
    ({ name }) => ioJob({ rw: rw[name as keyof typeof rw] }),
    seed,
  );
}

schedule('read-once puts sequential reads first in a session, and no two trials read the same set', () => {
  const shape = fc.tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 3 }),
    fc.nat(),
  );
  void fc.assert(
    fc.property(shape, ([sessions, rounds, targets, seed]) => {
      const plan = readOncePlan(sessions, rounds, targets, seed);
      const jobOf = ({ arm }: Plan['trials'][number]) => plan.arms[arm]?.job ?? '';
      for (let session = 1; session <= sessions; session++) {
        const jobs = plan.trials.filter((trial) => trial.session === session).map(jobOf);
        const each = targets * (rounds + 1);
        assert.is(jobs.join(), ['sequential', 'random', 'write'].flatMap((job) => Array(each).fill(job)).join());
      }
      const sets = plan.trials.flatMap(({ fileset }) => fileset ?? []);
      assert.is(new Set(sets).size, sets.length);
      assert.is(sets.length, plan.filesets);
      assert.equal(new Set(plan.trials.map(({ id }) => id)).size, plan.trials.length);
      const longer = readOncePlan(sessions + 1, rounds, targets, seed).trials;
      assert.equal(longer.slice(0, plan.trials.length), plan.trials, 'a longer plan begins with it');
      assert.equal(imbalancesOf(plan), []);
    }),
    { seed: 1, numRuns: 40 },
  );
});

for (const [changes, why] of [
  [{ timeBased: true, runtimeNs: 1e9 }, /starts over when it has read its files; remove time_based$/],
  [{ cache: 'warm' }, /reads its files before it is measured; use another cache than warm$/],
] as const) {
  schedule(`read-once refuses ${Object.keys(changes)[0]}, which reads files twice`, () => {
    const trials = { sessions: 1, rounds: 1, warmup: 0, filesets: 1, order: 'read-once' } as const;
    const build = () => buildPlan(workloadOf([declarationOf('job')], { trials }), TARGETS, () => ioJob(changes), 42);
    assert.throws(
      build,
      (error: Error) => /^job\.yaml:3:5: order: read-once: job/.test(error.message) && why.test(error.message),
    );
  });
}

schedule.run();
