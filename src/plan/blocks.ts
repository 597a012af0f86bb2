/** The lengths of a job's blocks. */
import { SAVED_BLOCK_BYTES, savesCheckpoints } from '../workload/jobs/saving-fields.js';
import type { BlockShare, IoJob, Job } from '../workload/workload.js';

/** Returns the blocks that a job writes, if they differ from those it reads; null if they are the same. */
export function writtenBlocks(job: Job): readonly BlockShare[] | null {
  if ('modelBytes' in job) return savesCheckpoints(job) ? [{ blockBytes: SAVED_BLOCK_BYTES, share: 1 }] : null;
  // Jobs that were planned before the field existed do not have it.
  return 'bsWrite' in job ? (job.bsWrite ?? null) : null;
}

function allBlocks(job: Job): readonly BlockShare[] {
  return [...job.bs, ...(writtenBlocks(job) ?? [])];
}

/** Returns the longest block of a job, which determines the size of slots and buffers. */
export function largestBlockBytes(job: Job): number {
  return allBlocks(job).reduce((largest, { blockBytes }) => Math.max(largest, blockBytes), 0);
}

/** Returns the shortest block of a job. */
export function smallestBlockBytes(job: Job): number {
  return Math.min(...blockEnds(job));
}

/** Returns the lengths of a job's blocks. Of a range, it returns the ends: the others are multiples of the shortest. */
export function blockEnds(job: Job): number[] {
  return allBlocks(job).flatMap(({ blockBytes, leastBytes }) =>
    leastBytes === undefined ? [blockBytes] : [leastBytes, blockBytes],
  );
}

/** Returns whether the blocks of a job have different lengths. */
export function isMixed(job: Job): boolean {
  return new Set(blockEnds(job)).size > 1;
}

/** Returns the mean length of a job's operations. */
export function meanBlockBytes(job: IoJob): number {
  const written = writtenBlocks(job);
  if (written === null) return meanOf(job.bs);
  const readShare = job.rwmixread / 100;
  return meanOf(job.bs) * readShare + meanOf(written) * (1 - readShare);
}

function meanOf(bs: readonly BlockShare[]): number {
  return bs.reduce((sum, part) => sum + part.share * meanOfPart(part), 0);
}

/** Of a range, the lengths are `LengthMix.draw`'s: multiples of the shortest, and the longest for what remains. */
function meanOfPart({ blockBytes, leastBytes = blockBytes }: BlockShare): number {
  const steps = blockBytes / leastBytes;
  const whole = Math.floor(steps);
  return ((whole * (whole + 1)) / 2 / steps) * leastBytes + ((steps - whole) / steps) * blockBytes;
}
