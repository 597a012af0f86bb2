import type { IoJob } from '../workload/workload.js';
import { BATCH_CAPACITY, type Batch, type Pattern, READ, WRITE } from './batch.js';
import { isMixed, largestBlockBytes, smallestBlockBytes } from './blocks.js';
import { Locator, noBlockError } from './locator.js';
import { BlockLengths, KindMix, type LengthMix } from './mix.js';
import type { Extent } from './plan.js';
import { createPositions, type Positions } from './positions.js';
import { TwoWayPattern } from './two-way-pattern.js';

/**
 * Returns the access pattern of one worker over its extents. Throws `FeedrateError('workload')` when the extents
 * contain no block, or more than 2^31 blocks for random access.
 *
 * A separate loop over the batch sets each property of the operations, so that no interface is called per operation.
 * @param mayBeShort whether sequential reads may find only files shorter than a block, which the user has
 * @param seed the job's seed; together with the worker's number it determines every operation
 */
export function createPattern(
  job: IoJob,
  extents: readonly Extent[],
  seed: number,
  worker: number,
  mayBeShort = false,
): Pattern {
  const lengths = new BlockLengths(job, seed, worker);
  const kinds = new KindMix(job, seed, worker);
  if (!isRandom(job)) {
    const longestBytes = extents.reduce((longest, { lengthBytes }) => Math.max(longest, lengthBytes), 0);
    const fits = (kind: number): boolean =>
      mayBeShort ? longestBytes > 0 : lengths.of(kind).longestWithin(longestBytes) > 0;
    if (!fits(READ) || !fits(WRITE)) throw noBlockError(lengths.largestBytes);
    if (job.rw === 'rw') return new TwoWayPattern(extents, lengths, kinds, movesRests(job));
    return new SequentialPattern(extents, lengths.of(READ), kinds, movesRests(job));
  }
  const locator = new Locator(extents, randomUnitBytes(job), movesRests(job));
  const positions = createPositions(job, locator.count, seed, worker);
  return new RandomPattern(positions, locator, lengths, kinds, overlaps(job));
}

/** Returns whether random blocks have several lengths and may overlap each other: each begins at any multiple of the shortest. */
function overlaps(job: IoJob): boolean {
  return job.norandommap && isMixed(job);
}

/** Returns the length of the places that a random job draws: without overlaps, each of them has room for every block. */
function randomUnitBytes(job: IoJob): number {
  return overlaps(job) ? smallestBlockBytes(job) : largestBlockBytes(job);
}

/**
 * Returns whether a job moves the rest of a file behind its last whole block, as a shorter block. Loaders read files to
 * their end. Direct I/O is the exception, because it moves whole sectors.
 */
function movesRests({ direct }: IoJob): boolean {
  return !direct;
}

/** Returns the bytes of the extents that a pass of the job never moves: their rests, if it leaves them out. */
export function restBytes(job: IoJob, extents: Iterable<Extent>): number {
  if (movesRests(job)) return 0;
  const unitBytes = isRandom(job) ? randomUnitBytes(job) : smallestBlockBytes(job);
  let sum = 0;
  for (const { lengthBytes } of extents) sum += lengthBytes % unitBytes;
  return sum;
}

/**
 * Returns the bytes after which a job that does not repeat for a time ends; null: after one pass. A random pass
 * over blocks of several lengths moves less than its extents have, because each slot of the longest length holds one
 * block. Such a job goes on with further passes, so that it moves all bytes of its files, as in fio.
 */
export function bytesToMove(job: IoJob, extents: Iterable<Extent>): number | null {
  const { ioSizeBytes } = job;
  if (typeof ioSizeBytes === 'number') return ioSizeBytes;
  if (ioSizeBytes === null && !(isRandom(job) && isMixed(job))) return null;
  const listed = [...extents];
  const passBytes = listed.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0) - restBytes(job, listed);
  return Math.round(passBytes * (ioSizeBytes?.share ?? 1));
}

/** Returns whether a job visits its blocks in random order. */
export function isRandom({ rw }: IoJob): boolean {
  return rw === 'randread' || rw === 'randwrite' || rw === 'randrw';
}

/**
 * Visits file after file from start to end. The rest of a file that is shorter than the shortest block is one short
 * block, or is skipped (as in fio). In a mix, a drawn length that does not fit any more is replaced by the longest one
 * that does.
 */
class SequentialPattern implements Pattern {
  pass = 0;
  readonly #files: Int32Array;
  readonly #startBytes: Float64Array;
  readonly #endBytes: Float64Array;
  readonly #lengths: LengthMix;
  readonly #kinds: KindMix;
  readonly #withRests: boolean;
  #extent = 0;
  #offsetBytes: number;
  #over = false;

  constructor(extents: readonly Extent[], lengths: LengthMix, kinds: KindMix, withRests: boolean) {
    this.#files = Int32Array.from(extents, ({ file }) => file);
    this.#startBytes = Float64Array.from(extents, ({ startBytes }) => startBytes);
    this.#endBytes = Float64Array.from(extents, ({ startBytes, lengthBytes }) => startBytes + lengthBytes);
    this.#lengths = lengths;
    this.#kinds = kinds;
    this.#withRests = withRests;
    this.#offsetBytes = this.#startBytes[0] ?? 0;
  }

  fill(batch: Batch): boolean {
    if (this.#over) this.#beginPass();
    const extents = this.#files.length;
    const lengths = this.#lengths;
    let count = 0;
    while (count < BATCH_CAPACITY && this.#extent < extents) {
      const roomBytes = (this.#endBytes[this.#extent] as number) - this.#offsetBytes;
      const drawnBytes = lengths.draw();
      const lengthBytes =
        drawnBytes <= roomBytes ? drawnBytes : this.#lastLength(lengths.longestWithin(roomBytes), roomBytes);
      if (lengthBytes === 0) {
        this.#extent++;
        this.#offsetBytes = this.#startBytes[this.#extent] ?? 0;
        continue;
      }
      batch.file[count] = this.#files[this.#extent] as number;
      batch.offsetBytes[count] = this.#offsetBytes;
      batch.lengthBytes[count] = lengthBytes;
      this.#offsetBytes += lengthBytes;
      count++;
    }
    batch.count = count;
    this.#kinds.assign(batch);
    this.#over = count === 0;
    return count > 0;
  }

  /** Returns the length of a block at the end of a file, where the drawn one does not fit; 0 at its very end. */
  #lastLength(longestBytes: number, roomBytes: number): number {
    return longestBytes === 0 && this.#withRests ? roomBytes : longestBytes;
  }

  #beginPass(): void {
    this.pass++;
    this.#extent = 0;
    this.#offsetBytes = this.#startBytes[0] ?? 0;
  }
}

/** Visits blocks in the order that `Positions` draws. */
class RandomPattern implements Pattern {
  pass = 0;
  readonly #drawn = new Int32Array(BATCH_CAPACITY);
  readonly #positions: Positions;
  readonly #locator: Locator;
  readonly #lengths: BlockLengths;
  readonly #kinds: KindMix;
  readonly #overlaps: boolean;
  #over = false;

  constructor(positions: Positions, locator: Locator, lengths: BlockLengths, kinds: KindMix, overlaps: boolean) {
    this.#positions = positions;
    this.#locator = locator;
    this.#lengths = lengths;
    this.#kinds = kinds;
    this.#overlaps = overlaps;
  }

  fill(batch: Batch): boolean {
    if (this.#over) this.pass++;
    const count = this.#positions.take(this.#drawn);
    batch.count = count;
    this.#kinds.assign(batch);
    if (this.#overlaps) {
      this.#locator.locateRooms(this.#drawn, count, batch);
      this.#lengths.drawWithin(batch);
    } else {
      this.#locator.locate(this.#drawn, count, batch);
      this.#lengths.place(batch, this.#locator.hasRests);
    }
    this.#over = count === 0;
    return count > 0;
  }
}
