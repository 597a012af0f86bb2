/** Remedies of warnings that depend on the job: each names fields that its kind has, and values that it does not have yet. */
import { jobPlanOf } from '../plan/jobs/registry.js';
import type { ArmFiles } from '../plan/plan.js';
import { canBeTimed, sizeFieldOf } from '../plan/size-fields.js';
import type { CacheClaim } from '../workload/values.js';
import type { Job } from '../workload/workload.js';

/** Returns what makes trials of the job longer. `place`: of its files; those that exist have the sizes that they have. */
export function longerTrial(job: Job, place: ArmFiles['place']): string {
  const { repeats, runtimeNs } = jobPlanOf(job).bounds;
  if (place === 'existing' && !repeats) {
    // Files that are read again come from memory, which would make a cold claim false.
    const timed = canBeTimed(job) && job.cache !== 'cold' ? ', or set `time_based` and `runtime`,' : '';
    return `read more files${timed} so that each trial takes at least one second`;
  }
  const size = `\`${sizeFieldOf(job)}\``;
  const timed = runtimeNs === null ? `${size}, or set \`time_based\` and \`runtime\`,` : `${size} or \`runtime\``;
  const field = repeats ? '`runtime`' : canBeTimed(job) ? timed : size;
  return `increase ${field} so that each trial takes at least one second`;
}

/** Returns what makes the workers of the job stop at about the same time. */
export function evenWorkers(job: Job): string {
  if (jobPlanOf(job).bounds.repeats)
    return 'the workers stop after their last operation: use a smaller bs, or a longer runtime';
  return canBeTimed(job)
    ? 'use time_based with a runtime, so that all workers stop at the same time'
    : 'all workers move the same number of bytes: find what slows one down, such as other programs on its CPU';
}

/** Returns what makes a claim about the page cache true. */
export function trueClaim(claim: CacheClaim): string | undefined {
  return claim === 'warm' ? 'use less data than fits into memory, or cache: cold' : undefined;
}
