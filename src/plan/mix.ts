import { createPrng, type Prng } from '../base/prng.js';
import type { BlockShare, IoJob } from '../workload/workload.js';
import { type Batch, READ, WRITE } from './batch.js';
import { isMixed, largestBlockBytes, writtenBlocks } from './blocks.js';

/** Draws block lengths with the probabilities given by their shares. */
export class LengthMix {
  /** The longest length of each part, and the shortest one: the same unless the part is a range. */
  readonly #mostBytes: Float64Array;
  readonly #leastBytes: Float64Array;
  /** Cumulative sums of the shares. */
  readonly #bounds: Float64Array;
  /** The length of every operation; 0 if lengths are drawn. */
  readonly #onlyBytes: number;
  readonly #prng: Prng;
  readonly shortestBytes: number;

  constructor(bs: readonly BlockShare[], prng: Prng) {
    this.#mostBytes = Float64Array.from(bs, ({ blockBytes }) => blockBytes);
    this.#leastBytes = Float64Array.from(bs, ({ blockBytes, leastBytes }) => leastBytes ?? blockBytes);
    this.#onlyBytes = bs.length === 1 && bs[0]?.leastBytes === undefined ? (bs[0]?.blockBytes ?? 0) : 0;
    let sum = 0;
    this.#bounds = Float64Array.from(bs, ({ share }) => {
      sum += share;
      return sum;
    });
    this.#prng = prng;
    this.shortestBytes = Math.min(...this.#leastBytes);
  }

  draw(): number {
    return this.#onlyBytes === 0 ? this.#drawn() : this.#onlyBytes;
  }

  #drawn(): number {
    const last = this.#bounds.length - 1;
    let i = 0;
    if (last > 0) {
      const drawn = this.#prng.nextFloat();
      while (i < last && drawn >= (this.#bounds[i] as number)) i++;
    }
    const mostBytes = this.#mostBytes[i] as number;
    const leastBytes = this.#leastBytes[i] as number;
    if (leastBytes === mostBytes) return mostBytes;
    // As fio draws from bsrange: multiples of the shortest, and the longest for what remains of the range.
    const steps = Math.floor(this.#prng.nextFloat() * (mostBytes / leastBytes)) + 1;
    return Math.min(mostBytes, steps * leastBytes);
  }

  /** Returns the longest length of the mix that is at most `roomBytes`; 0 when there is none. */
  longestWithin(roomBytes: number): number {
    let longest = 0;
    for (let i = 0; i < this.#mostBytes.length; i++) {
      const mostBytes = this.#mostBytes[i] as number;
      const leastBytes = this.#leastBytes[i] as number;
      const fitting = roomBytes >= mostBytes ? mostBytes : Math.floor(roomBytes / leastBytes) * leastBytes;
      if (fitting <= mostBytes && fitting > longest) longest = fitting;
    }
    return longest;
  }

  /** Gives one operation a random length and a random place in its slot: a multiple of that length from its start. */
  place(batch: Batch, i: number, slotBytes: number): void {
    const drawnBytes = this.draw();
    const lengthBytes = drawnBytes <= slotBytes ? drawnBytes : this.longestWithin(slotBytes) || slotBytes;
    const places = Math.floor(slotBytes / lengthBytes);
    batch.lengthBytes[i] = lengthBytes;
    batch.offsetBytes[i] = (batch.offsetBytes[i] as number) + this.#prng.nextBelow(places) * lengthBytes;
  }
}

/** The block lengths of a job's reads and writes: one mix, or one for each. */
export class BlockLengths {
  readonly largestBytes: number;
  readonly #isMixed: boolean;
  readonly #reads: LengthMix;
  readonly #writes: LengthMix;

  constructor(job: IoJob, seed: number, worker: number) {
    const written = writtenBlocks(job);
    this.largestBytes = largestBlockBytes(job);
    this.#isMixed = isMixed(job);
    this.#reads = new LengthMix(job.bs, createPrng(seed, worker, 2));
    this.#writes = written === null ? this.#reads : new LengthMix(written, createPrng(seed, worker, 5));
  }

  of(kind: number): LengthMix {
    return kind === WRITE ? this.#writes : this.#reads;
  }

  /**
   * Sets the lengths of the batch. If lengths differ, each operation gets a random place in its slot.
   * @param hasSlots whether the lengths of the batch are those of its slots, some of which are short. A length that does
   * not fit is replaced by the longest one that does, or by the slot's own
   */
  place(batch: Batch, hasSlots: boolean): void {
    if (!this.#isMixed) {
      if (!hasSlots) batch.lengthBytes.fill(this.largestBytes, 0, batch.count);
      return;
    }
    for (let i = 0; i < batch.count; i++) {
      const slotBytes = hasSlots ? (batch.lengthBytes[i] as number) : this.largestBytes;
      this.of(batch.kind[i] as number).place(batch, i, slotBytes);
    }
  }

  /**
   * Draws lengths of operations that may overlap. Each begins at a multiple of the shortest length of its kind. The lengths
   * of the batch are the room that each operation has.
   */
  drawWithin(batch: Batch): void {
    for (let i = 0; i < batch.count; i++) {
      const mix = this.of(batch.kind[i] as number);
      const beyondBytes = (batch.offsetBytes[i] as number) % mix.shortestBytes;
      const roomBytes = (batch.lengthBytes[i] as number) + beyondBytes;
      batch.offsetBytes[i] = (batch.offsetBytes[i] as number) - beyondBytes;
      const drawnBytes = mix.draw();
      if (drawnBytes <= roomBytes) batch.lengthBytes[i] = drawnBytes;
      else batch.lengthBytes[i] = mix.longestWithin(roomBytes) || roomBytes;
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
