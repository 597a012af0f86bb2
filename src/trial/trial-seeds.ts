/** What is random in a trial follows from these. */
import { seedOf } from '../base/prng.js';
import type { WorkerTask } from '../engine/core/protocol.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import type { Arm, Plan, PlannedTrial } from '../plan/plan.js';
import { hasOwnFiles } from '../plan/rank-files.js';
import type { GroupPlace } from './common-start.js';

/** The seed of a trial's tasks, and the part of the samples that this rank of a group has; null: all of them. */
export interface TaskSeeds {
  readonly seed: number;
  readonly partition: WorkerTask['partition'] | null;
}

interface SeedSettings {
  readonly plan: Pick<Plan, 'seed'>;
  readonly place: GroupPlace | null;
}

/** Returns the seeds of a trial. The same trial of the same plan uses the same offsets. Other rounds use different ones. */
export function seedsOf(trial: PlannedTrial, { arm }: { readonly arm: Arm }, { plan, place }: SeedSettings): TaskSeeds {
  const text = `${plan.seed}/${arm.spec.randseed}/${trial.session}/${trial.round}/${arm.id}`;
  if (place === null) return { seed: seedOf(text), partition: null };
  const { rank, size, files } = place;
  const isDealt = jobPlanOf(arm.spec).dealsOut === true && !hasOwnFiles(arm, files);
  // Ranks that read the same files read other offsets, but deal out the samples of one common order.
  return { seed: seedOf(`${text}/rank-${rank}`), partition: isDealt ? { rank, size, seed: seedOf(text) } : null };
}
