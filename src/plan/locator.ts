import { FeedrateError } from '../base/errors.js';
import { MAX_POSITIONS } from '../base/random-order.js';
import type { Batch } from './batch.js';
import type { Extent } from './plan.js';

/**
 * Finds the file and offset of a worker's n-th block. Blocks are numbered through the extents in order. The rest of an
 * extent behind its last whole block is a short block of its own, or is ignored.
 */
export class Locator {
  /** Number of blocks in all extents, at most 2^31. */
  readonly count: number;
  readonly #blockBytes: number;
  /** File of each extent that has at least one block. */
  readonly #files: Int32Array;
  readonly #startBytes: Float64Array;
  /** Number of the first block of each of these extents. */
  readonly #firstBlocks: Int32Array;
  /** Blocks per extent if all extents have the same number; 0 if they differ. */
  readonly #blocksEach: number;
  /** End of each extent; null if every block is whole. */
  readonly #endBytes: Float64Array | null;

  /**
   * Throws `FeedrateError('workload')` when the extents hold no whole block, or more than 2^31 blocks.
   * @param withRests whether a rest is a block
   */
  constructor(extents: readonly Extent[], blockBytes: number, withRests: boolean) {
    const used = extents.filter(({ lengthBytes }) => lengthBytes >= (withRests ? 1 : blockBytes));
    if (!used.some(({ lengthBytes }) => lengthBytes >= blockBytes)) throw noBlockError(blockBytes);
    const blocks = used.map(({ lengthBytes }) =>
      withRests ? Math.ceil(lengthBytes / blockBytes) : Math.floor(lengthBytes / blockBytes),
    );
    this.count = blocks.reduce((sum, each) => sum + each, 0);
    if (this.count > MAX_POSITIONS) {
      const message = `a worker has ${this.count} blocks of ${blockBytes} bytes; random access supports at most 2^31`;
      throw new FeedrateError('workload', `bs: ${message}; use a larger bs, a smaller size or more workers`);
    }
    this.#blockBytes = blockBytes;
    this.#files = Int32Array.from(used, ({ file }) => file);
    this.#startBytes = Float64Array.from(used, ({ startBytes }) => startBytes);
    this.#firstBlocks = new Int32Array(used.length);
    for (let i = 1; i < used.length; i++) {
      this.#firstBlocks[i] = (this.#firstBlocks[i - 1] as number) + (blocks[i - 1] as number);
    }
    const hasRests = withRests && used.some(({ lengthBytes }) => lengthBytes % blockBytes !== 0);
    this.#endBytes = hasRests
      ? Float64Array.from(used, ({ startBytes, lengthBytes }) => startBytes + lengthBytes)
      : null;
    this.#blocksEach = blocks.every((each) => each === blocks[0]) ? (blocks[0] as number) : 0;
  }

  /** Whether some blocks are short. `locate` then sets the lengths of all blocks. */
  get hasRests(): boolean {
    return this.#endBytes !== null;
  }

  /** Writes the file and offset of the first `count` positions into the batch. */
  locate(positions: Int32Array, count: number, batch: Batch): void {
    const blocksEach = this.#blocksEach;
    const blockBytes = this.#blockBytes;
    const ends = this.#endBytes;
    for (let i = 0; i < count; i++) {
      const position = positions[i] as number;
      const extent = blocksEach === 0 ? this.#extentOf(position) : Math.floor(position / blocksEach);
      batch.file[i] = this.#files[extent] as number;
      const block = position - (this.#firstBlocks[extent] as number);
      const offsetBytes = (this.#startBytes[extent] as number) + block * blockBytes;
      batch.offsetBytes[i] = offsetBytes;
      if (ends !== null) batch.lengthBytes[i] = Math.min(blockBytes, (ends[extent] as number) - offsetBytes);
    }
  }

  /** As `locate`, with the bytes from there to the end of the extent as lengths. */
  locateRooms(positions: Int32Array, count: number, batch: Batch): void {
    const last = this.#files.length - 1;
    for (let i = 0; i < count; i++) {
      const position = positions[i] as number;
      const extent = this.#extentOf(position);
      const startBytes = this.#startBytes[extent] as number;
      const first = this.#firstBlocks[extent] as number;
      const next = extent === last ? this.count : (this.#firstBlocks[extent + 1] as number);
      const endBytes = this.#endBytes?.[extent] ?? startBytes + (next - first) * this.#blockBytes;
      batch.file[i] = this.#files[extent] as number;
      batch.offsetBytes[i] = startBytes + (position - first) * this.#blockBytes;
      batch.lengthBytes[i] = endBytes - (batch.offsetBytes[i] as number);
    }
  }

  /**
   * Returns the last extent whose first block is not after `position`. A binary search without mispredicted branches.
   */
  #extentOf(position: number): number {
    let extent = 0;
    let left = this.#firstBlocks.length;
    while (left > 1) {
      const half = left >>> 1;
      const isBefore = (position - (this.#firstBlocks[extent + half] as number)) >> 31;
      extent += half & ~isBefore;
      left -= half;
    }
    return extent;
  }
}

/** Returns the error for a worker without any block to read or write. */
export function noBlockError(blockBytes: number): FeedrateError {
  const message = `every file is shorter than a block of ${blockBytes} bytes; use a smaller bs or larger files`;
  return new FeedrateError('workload', `bs: ${message}`);
}
