import { createPrng, shuffled } from '../base/prng.js';
import type { Workload } from '../workload/workload.js';
import { expandArms, type ResolveJob } from './arms.js';
import type { Plan, PlannedTrial, Target } from './plan.js';

/**
 * The plan of a run: in each session the warm-up rounds and then the counted ones, in each round
 * every arm once, in an order drawn anew from seed, session and round. The same seed gives the same
 * plan. Throws `FeedrateError('workload')` as `expandArms` does.
 */
export function buildPlan(workload: Workload, targets: readonly Target[], resolveJob: ResolveJob, seed: number): Plan {
  const arms = expandArms(workload, targets, resolveJob);
  const { sessions, warmup } = workload.trials;
  const rounds = warmup + workload.trials.rounds;
  const trials: PlannedTrial[] = [];
  for (let session = 1; session <= sessions; session++) {
    for (let round = 1; round <= rounds; round++) {
      const order = shuffled([...arms.keys()], createPrng(seed, session, round));
      order.forEach((arm, i) => {
        const place = i + 1;
        trials.push({ id: `s${session}r${round}t${place}`, session, round, place, arm, warmup: round <= warmup });
      });
    }
  }
  return { workload: workload.name, seed, targets, arms, sessions, rounds, trials };
}
