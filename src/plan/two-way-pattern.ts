import { BATCH_CAPACITY, type Batch, type Pattern, READ, WRITE } from './batch.js';
import type { BlockLengths, KindMix } from './mix.js';
import type { Extent } from './plan.js';

/**
 * Mixed reads and writes in order: each kind has a position of its own, which goes through all files from the start and
 * then begins anew, as in fio. A pass ends when reads and writes together have moved the bytes of the files, so that at
 * half and half each of them has gone through the first half.
 */
export class TwoWayPattern implements Pattern {
  pass = 0;
  readonly #files: Int32Array;
  readonly #startBytes: Float64Array;
  readonly #endBytes: Float64Array;
  readonly #passBytes: number;
  readonly #lengths: BlockLengths;
  readonly #kinds: KindMix;
  readonly #withRests: boolean;
  /** By kind. */
  readonly #extent = new Int32Array(2);
  readonly #offsetBytes = new Float64Array(2);
  #leftBytes: number;
  #over = false;

  /** @param withRests whether the rest of a file is a block. At least one extent must hold a block of each kind. */
  constructor(extents: readonly Extent[], lengths: BlockLengths, kinds: KindMix, withRests: boolean) {
    this.#files = Int32Array.from(extents, ({ file }) => file);
    this.#startBytes = Float64Array.from(extents, ({ startBytes }) => startBytes);
    this.#endBytes = Float64Array.from(extents, ({ startBytes, lengthBytes }) => startBytes + lengthBytes);
    this.#passBytes = extents.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    this.#leftBytes = this.#passBytes;
    this.#lengths = lengths;
    this.#kinds = kinds;
    this.#withRests = withRests;
    for (const kind of [READ, WRITE]) this.#moveTo(kind, 0);
  }

  fill(batch: Batch): boolean {
    if (this.#over) {
      this.pass++;
      this.#leftBytes = this.#passBytes;
    }
    batch.count = BATCH_CAPACITY;
    this.#kinds.assign(batch);
    let count = 0;
    while (count < BATCH_CAPACITY) {
      const kind = batch.kind[count] as number;
      const extent = this.#extent[kind] as number;
      const offsetBytes = this.#offsetBytes[kind] as number;
      const leftInFile = (this.#endBytes[extent] as number) - offsetBytes;
      const roomBytes = Math.min(leftInFile, this.#leftBytes);
      const drawnBytes = this.#lengths.of(kind).draw();
      const lengthBytes = drawnBytes <= roomBytes ? drawnBytes : this.#longest(kind, roomBytes);
      if (lengthBytes === 0) {
        if (this.#longest(kind, leftInFile) > 0) break;
        this.#moveTo(kind, extent + 1 === this.#files.length ? 0 : extent + 1);
        continue;
      }
      batch.file[count] = this.#files[extent] as number;
      batch.offsetBytes[count] = offsetBytes;
      batch.lengthBytes[count] = lengthBytes;
      this.#offsetBytes[kind] = offsetBytes + lengthBytes;
      this.#leftBytes -= lengthBytes;
      count++;
    }
    batch.count = count;
    this.#over = count === 0;
    return count > 0;
  }

  #moveTo(kind: number, extent: number): void {
    this.#extent[kind] = extent;
    this.#offsetBytes[kind] = this.#startBytes[extent] as number;
  }

  /** Returns the longest length of a kind that fits, or the rest; 0 if there is none. */
  #longest(kind: number, roomBytes: number): number {
    return this.#lengths.of(kind).longestWithin(roomBytes) || (this.#withRests ? roomBytes : 0);
  }
}
