import type { Job } from '../workload/workload.js';
import type { Misfit } from './jobs/job-plan.js';
import { jobPlanOf } from './jobs/registry.js';
import type { ArmFiles } from './plan.js';

/**
 * The first kind of transfer of an arm whose offset or length is no multiple of what direct I/O on its target asks for;
 * null when all fit. Random places of a block-size mix are multiples of their own lengths, and offsets follow from
 * lengths, so it is enough to look at lengths and at where each worker's part of a file begins.
 */
export function directMisfit(job: Job, { files, extents }: ArmFiles, unitBytes: number): Misfit | null {
  const misfits = (bytes: number) => bytes % unitBytes !== 0;
  const block = job.bs.find(({ blockBytes }) => misfits(blockBytes));
  if (block !== undefined) return { what: `blocks of ${block.blockBytes} bytes`, word: 'bs' };
  const start = extents.flat().find(({ startBytes }) => misfits(startBytes));
  if (start !== undefined) return { what: `a part of a file that begins at byte ${start.startBytes}`, word: 'bs' };
  return jobPlanOf(job).directMisfit(files, misfits);
}
