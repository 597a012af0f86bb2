import { unreachable } from '../base/assert.js';
import type { Job } from '../workload/workload.js';
import type { ArmFiles } from './plan.js';

/** What of an arm direct I/O would refuse. */
export interface Misfit {
  /** `blocks of 512 bytes`. */
  readonly what: string;
  /** The word of the workload that mends it. */
  readonly word: string;
}

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
  switch (job.kind) {
    case 'io':
      // What is shorter than a block at the end of a file is left out.
      return null;
    case 'checkpoint-write':
    case 'checkpoint-restore':
      return misfits(job.shardBytes) ? { what: `shards of ${job.shardBytes} bytes`, word: 'shard_size' } : null;
    case 'small-files': {
      const file = files.find(({ bytes }) => misfits(bytes));
      return file === undefined ? null : { what: `a file of ${file.bytes} bytes`, word: 'filesize' };
    }
    default:
      return unreachable(job);
  }
}
