import { BATCH_CAPACITY, type Batch } from '../../plan/batch.js';
import type { Drain } from '../drains/drain.js';

/** Jobs that move whole files have one open at a time, in this slot. */
export const SLOT = 0;

/** Gives the lengths of calls, one after another. */
export interface CallLengths {
  draw(): number;
}

/**
 * Moves a range of a file in calls of these lengths; the last one may be shorter. Of an empty range, it reads no bytes with
 * one call, as a program does that finds the end of a file. Returns false when the worker must end. Throws `IoFault`.
 */
export function drainStretch(
  drain: Drain,
  batch: Batch,
  kind: number,
  slot: number,
  startBytes: number,
  lengthBytes: number,
  lengths: CallLengths,
  generation = 0,
): boolean {
  let done = 0;
  do {
    let count = 0;
    for (; count === 0 || (count < BATCH_CAPACITY && done < lengthBytes); count++) {
      const bytes = Math.min(lengths.draw(), lengthBytes - done);
      batch.file[count] = slot;
      batch.offsetBytes[count] = startBytes + done;
      batch.lengthBytes[count] = bytes;
      batch.kind[count] = kind;
      done += bytes;
    }
    batch.count = count;
    if (!drain.run(batch, generation)) return false;
  } while (done < lengthBytes);
  return true;
}
