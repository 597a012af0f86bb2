/** The ends of files that a job leaves out. */
import { formatBytes } from '../base/units.js';
import type { Job } from '../workload/workload.js';
import { filesOf } from './arm-files.js';
import { jobPlanOf } from './jobs/registry.js';
import type { Arm, Extent, Plan } from './plan.js';
import type { PlannedDataset } from './planned-dataset.js';

export interface SkippedEnds {
  /** Bytes of the extents that a pass covers. 0 if nothing is left out: they are not summed then. */
  readonly extentBytes: number;
  /** Those of them that the job never moves. */
  readonly restBytes: number;
}

/** Sums over the extents of all workers. */
export function skippedEnds(job: Job, shares: readonly Iterable<Extent>[]): SkippedEnds {
  const { restBytes: restOf } = jobPlanOf(job);
  const restBytes = shares.reduce((sum, extents) => sum + restOf(extents), 0);
  let extentBytes = 0;
  if (restBytes > 0) for (const extents of shares) for (const { lengthBytes } of extents) extentBytes += lengthBytes;
  return { extentBytes, restBytes };
}

/** Returns how much is left out, as a part of a sentence. */
export function skippedText({ extentBytes, restBytes }: SkippedEnds): string {
  return `the ends of files behind their last whole block: ${formatBytes(restBytes)} of ${formatBytes(extentBytes)}`;
}

/** Returns a line for each job that will leave ends out, about the arm that leaves out most. */
export function skippedEndsNotes(plan: Pick<Plan, 'arms'>, dataset: PlannedDataset | null): string[] {
  const byJob = new Map<string, { readonly arm: Arm; readonly ends: SkippedEnds }[]>();
  for (const arm of plan.arms) {
    const ends = skippedEnds(arm.spec, filesOf(arm, dataset).extents);
    if (ends.restBytes > 0) byJob.set(arm.job, [...(byJob.get(arm.job) ?? []), { arm, ends }]);
  }
  return [...byJob.values()].map((all) => {
    const { arm, ends } = all.reduce((most, each) => (each.ends.restBytes > most.ends.restBytes ? each : most));
    const others = all.length === 1 ? '' : ` (and in ${all.length - 1} other arms)`;
    return `${arm.id}: direct I/O will skip ${skippedText(ends)}${others}; use a bs that divides every file size, or no direct I/O`;
  });
}
