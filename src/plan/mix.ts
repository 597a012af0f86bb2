import { createPrng, type Prng } from '../base/prng.js';
import type { BlockShare, IoJob } from '../workload/workload.js';
import { type Batch, READ, WRITE } from './batch.js';

/** Returns the longest block of a mix, which determines the size of slots and buffers. */
export function largestBlockBytes(bs: readonly BlockShare[]): number {
  return bs.reduce((largest, { blockBytes }) => Math.max(largest, blockBytes), 0);
}

/** Draws block lengths with the probabilities given by their shares. */
export class LengthMix {
  readonly largestBytes: number;
  /** False when every operation has the largest length. */
  readonly mixed: boolean;
  readonly #lengths: Int32Array;
  /** Cumulative sums of the shares. */
  readonly #bounds: Float64Array;
  readonly #prng: Prng;

  constructor(bs: readonly BlockShare[], seed: number, worker: number) {
    this.largestBytes = largestBlockBytes(bs);
    this.mixed = bs.some(({ blockBytes }) => blockBytes !== this.largestBytes);
    this.#lengths = Int32Array.from(bs, ({ blockBytes }) => blockBytes);
    let sum = 0;
    this.#bounds = Float64Array.from(bs, ({ share }) => {
      sum += share;
      return sum;
    });
    this.#prng = createPrng(seed, worker, 2);
  }

  draw(): number {
    const last = this.#lengths.length - 1;
    if (last === 0) return this.largestBytes;
    const drawn = this.#prng.nextFloat();
    let i = 0;
    while (i < last && drawn >= (this.#bounds[i] as number)) i++;
    return this.#lengths[i] as number;
  }

  /** Returns the longest length of the mix that is at most `roomBytes`; 0 when there is none. */
  longestWithin(roomBytes: number): number {
    let longest = 0;
    for (const lengthBytes of this.#lengths)
      if (lengthBytes <= roomBytes && lengthBytes > longest) longest = lengthBytes;
    return longest;
  }

  /**
   * Sets the lengths of the batch. In a mix, each operation gets a random length and a random place in its slot: a
   * multiple of that length from the start of the slot.
   * @param hasSlots whether the lengths of the batch are those of its slots, some of which are short. A length that does
   * not fit is replaced by the longest one that does, or by the slot's own
   */
  place(batch: Batch, hasSlots: boolean): void {
    if (!this.mixed) {
      if (!hasSlots) batch.lengthBytes.fill(this.largestBytes, 0, batch.count);
      return;
    }
    for (let i = 0; i < batch.count; i++) {
      const slotBytes = hasSlots ? (batch.lengthBytes[i] as number) : this.largestBytes;
      const drawnBytes = this.draw();
      const lengthBytes = drawnBytes <= slotBytes ? drawnBytes : this.longestWithin(slotBytes) || slotBytes;
      const places = Math.floor(slotBytes / lengthBytes);
      batch.lengthBytes[i] = lengthBytes;
      batch.offsetBytes[i] = (batch.offsetBytes[i] as number) + this.#prng.nextBelow(places) * lengthBytes;
    }
  }
}

/** Decides which operations read and which write. */
export class KindMix {
  /** The kind of all operations, or null when they are mixed. */
  readonly #only: number | null;
  /** The largest 31-bit draw that means a read; -1 when none does. */
  readonly #lastRead: number;
  readonly #prng: Prng;

  constructor(job: IoJob, seed: number, worker: number) {
    this.#only = onlyKindOf(job);
    this.#lastRead = Math.round((job.rwmixread / 100) * 2 ** 31) - 1;
    this.#prng = createPrng(seed, worker, 3);
  }

  assign(batch: Batch): void {
    if (this.#only !== null) {
      batch.kind.fill(this.#only, 0, batch.count);
      return;
    }
    // The sign bit of the difference is the kind (READ = 0, WRITE = 1). A branch here would be mispredicted.
    for (let i = 0; i < batch.count; i++) batch.kind[i] = (this.#lastRead - (this.#prng.nextUint32() >>> 1)) >>> 31;
  }
}

function onlyKindOf({ rw }: IoJob): number | null {
  if (rw === 'read' || rw === 'randread') return READ;
  return rw === 'write' || rw === 'randwrite' ? WRITE : null;
}
