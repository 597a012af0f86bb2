import { createPrng, shuffled } from '../base/prng.js';
import type { Trials, Workload } from '../workload/workload.js';
import { readsDataFiles } from './arm-files.js';
import { expandArms, type ResolveJob, refuseTooMany } from './arms.js';
import { filesetOf } from './filesets.js';
import type { Plan, PlannedTrial, Target } from './plan.js';

/** The most trials of a plan: those of two days at one second each. */
const TRIALS_MAX = 200_000;

/**
 * Returns the plan of a run. Each session has its warm-up rounds and then its counted rounds. Each round has every arm
 * once, in an order drawn from seed, session and round. The same seed gives the same plan. Throws
 * `FeedrateError('workload')` as `expandArms` does.
 */
export function buildPlan(workload: Workload, targets: readonly Target[], resolveJob: ResolveJob, seed: number): Plan {
  const arms = expandArms(workload, targets, resolveJob);
  const { sessions, warmup, filesets, order } = workload.trials;
  const rounds = warmup + workload.trials.rounds;
  refuseTooMany(arms.length * sessions * rounds, 'trials', TRIALS_MAX, 'use fewer rounds, sessions or arms');
  const places = new Map(targets.map(({ name }, place) => [name, place]));
  const targetOfArm = arms.map((arm) => places.get(arm.target) as number);
  const readers = arms.map(readsDataFiles);
  const trials: PlannedTrial[] = [];
  for (let session = 1; session <= sessions; session++) {
    for (let round = 1; round <= rounds; round++) {
      orderOf(workload.trials, [...arms.keys()], seed, session, round).forEach((arm, i) => {
        const place = i + 1;
        const fileset = filesetOf(session, targetOfArm[arm] as number, filesets);
        trials.push({
          id: `s${session}r${round}t${place}`,
          session,
          round,
          place,
          arm,
          warmup: round <= warmup,
          ...(readers[arm] ? { fileset } : {}),
        });
      });
    }
  }
  return { workload: workload.name, seed, targets, arms, sessions, rounds, filesets, order, trials };
}

/**
 * Returns the arms of a round in order. `abba` mirrors every second round, so that the places in a pair of rounds have
 * the same sum for every arm. Warm-up rounds are paired with each other, because they are not counted.
 */
function orderOf(
  { order, warmup }: Trials,
  arms: readonly number[],
  seed: number,
  session: number,
  round: number,
): number[] {
  const first = round <= warmup ? 1 : warmup + 1;
  const isMirror = order === 'abba' && (round - first) % 2 === 1;
  const drawn = shuffled(arms, createPrng(seed, session, isMirror ? round - 1 : round));
  return isMirror ? drawn.reverse() : drawn;
}
