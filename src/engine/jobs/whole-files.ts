import { BATCH_CAPACITY, type Batch } from '../../plan/batch.js';
import type { BlockShare } from '../../workload/workload.js';
import type { Drain } from '../drains/drain.js';

/** Jobs that move whole files have one open at a time, in this slot. */
export const SLOT = 0;

/** Returns the length of each call. Jobs that move whole files have a single block size, not a mix. */
export function chunkBytesOf(bs: readonly BlockShare[]): number {
  return (bs[0] as BlockShare).blockBytes;
}

/**
 * Moves a range of a file in calls of `chunkBytes`; the last one may be shorter. Returns false when the worker must
 * end. Throws `IoFault`.
 */
export function drainStretch(
  drain: Drain,
  batch: Batch,
  kind: number,
  slot: number,
  startBytes: number,
  lengthBytes: number,
  chunkBytes: number,
  generation = 0,
): boolean {
  let done = 0;
  while (done < lengthBytes) {
    let count = 0;
    for (; count < BATCH_CAPACITY && done < lengthBytes; count++) {
      const bytes = Math.min(chunkBytes, lengthBytes - done);
      batch.file[count] = slot;
      batch.offsetBytes[count] = startBytes + done;
      batch.lengthBytes[count] = bytes;
      batch.kind[count] = kind;
      done += bytes;
    }
    batch.count = count;
    if (!drain.run(batch, generation)) return false;
  }
  return true;
}
