import type { Job } from '../workload/workload.js';
import { blockEnds } from './blocks.js';
import type { Misfit } from './jobs/job-plan.js';
import { jobPlanOf } from './jobs/registry.js';
import type { ArmFiles, Extent } from './plan.js';

/**
 * Returns the first kind of transfer whose offset or length is not a multiple of the unit that direct I/O requires on
 * the target; null when all fit. Offsets follow from lengths, also in a block-size mix, so it is enough to check the
 * lengths and the start of each worker's part of a file.
 */
export function directMisfit(job: Job, { files, extents }: ArmFiles, unitBytes: number): Misfit | null {
  const misfits = (bytes: number) => bytes % unitBytes !== 0;
  const block = blockEnds(job).find(misfits);
  if (block !== undefined) return { what: `blocks of ${block} bytes`, word: 'bs' };
  // Only listed extents begin elsewhere than at the start of their file.
  const parts = extents.flatMap((share) => (Array.isArray(share) ? (share as readonly Extent[]) : []));
  const start = parts.find(({ startBytes }) => misfits(startBytes));
  if (start !== undefined) return { what: `a part of a file that begins at byte ${start.startBytes}`, word: 'bs' };
  return jobPlanOf(job).directMisfit(files, misfits);
}
