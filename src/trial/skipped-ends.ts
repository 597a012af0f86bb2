/** The ends of files that a trial leaves out. */
import { jobPlanOf } from '../plan/jobs/registry.js';
import type { Extent } from '../plan/plan.js';
import type { Job } from '../workload/workload.js';

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
