/** Remedies of warnings that depend on the job: each names fields that its kind has, and values that it does not have yet. */
import { jobPlanOf } from '../plan/jobs/registry.js';
import type { ArmFiles } from '../plan/plan.js';
import { canBeTimed, sizeFieldOf } from '../plan/size-fields.js';
import type { CacheEvidence } from '../record/trial-record.js';
import type { Job } from '../workload/workload.js';
import { wereInMemory } from './cache-verdict.js';

/** Returns what makes trials of the job longer. `place`: of its files; those that exist have the sizes that they have. */
export function longerTrial(job: Job, place: ArmFiles['place']): string {
  const { repeats, runtimeNs } = jobPlanOf(job).bounds;
  if (place === 'existing' && !repeats) {
    const timed = canBeTimed(job) ? ', or set `time_based` and `runtime`,' : '';
    return `read more files${timed} so that each trial takes at least one second`;
  }
  const size = `\`${sizeFieldOf(job)}\``;
  const timed = runtimeNs === null ? `${size}, or set \`time_based\` and \`runtime\`,` : `${size} or \`runtime\``;
  const field = repeats ? '`runtime`' : canBeTimed(job) || runtimeNs !== null ? timed : size;
  return `increase ${field} so that each trial takes at least one second`;
}

/** Returns what makes the workers of the job stop at about the same time. */
export function evenWorkers(job: Job): string {
  if (jobPlanOf(job).bounds.repeats)
    return 'the workers stop after their last operation: use a smaller bs, or a longer runtime';
  return canBeTimed(job)
    ? 'use time_based with a runtime, so that all workers stop at the same time'
    : 'find what slows one worker down, such as other programs on its CPU, or give each the same number of bytes to move';
}

/** Returns what leaves the job time to measure after its ramp. */
export function longerThanRamp(job: Job, place: ArmFiles['place']): string {
  const more = place === 'existing' ? 'read more files' : `increase ${sizeFieldOf(job)}`;
  const longer = canBeTimed(job) ? 'set time_based and runtime' : more;
  return `shorten ramp_time, or ${longer}, so that the job is still running when its ramp is over`;
}

/** Returns what makes a claim about the page cache true. Default: the remedy of the list. */
export function trueClaim(
  evidence: Pick<CacheEvidence, 'claim' | 'residentBytesBefore' | 'fileBytes'>,
): string | undefined {
  if (evidence.claim === 'warm') return 'use less data than fits into memory, or cache: cold';
  return evidence.claim === 'cold' && wereInMemory(evidence)
    ? 'choose a directory that is not in memory, or end the programs that use these files'
    : undefined;
}
