import { BATCH_CAPACITY, type Batch } from '../../plan/batch.js';
import type { LengthMix } from '../../plan/mix.js';
import type { Drain } from '../drains/drain.js';

/** Jobs that move whole files have one open at a time, in this slot. */
export const SLOT = 0;

/**
 * Moves a range of a file in calls of these lengths; the last one may be shorter. Returns false when the worker must end.
 * Throws `IoFault`.
 */
export function drainStretch(
  drain: Drain,
  batch: Batch,
  kind: number,
  slot: number,
  startBytes: number,
  lengthBytes: number,
  lengths: LengthMix,
  generation = 0,
): boolean {
  let done = 0;
  while (done < lengthBytes) {
    let count = 0;
    for (; count < BATCH_CAPACITY && done < lengthBytes; count++) {
      const bytes = Math.min(lengths.draw(), lengthBytes - done);
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
