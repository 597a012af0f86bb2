/**
 * The seam inside the engine: an access pattern fills batches of operations, a backend drains
 * them. Patterns know no backend and backends know no pattern.
 */
export const READ = 0;
export const WRITE = 1;

/** Operations of one batch; large enough that filling costs nothing a call, small enough for the L1 cache. */
export const BATCH_CAPACITY = 256;

/** A batch of operations as parallel typed arrays. Filled anew again and again, never reallocated. */
export class Batch {
  /** Operations in this batch; the arrays are valid below it. */
  count = 0;
  /** Index into the arm's files. */
  readonly file = new Int32Array(BATCH_CAPACITY);
  readonly offsetBytes = new Float64Array(BATCH_CAPACITY);
  readonly lengthBytes = new Int32Array(BATCH_CAPACITY);
  /** `READ` or `WRITE`. */
  readonly kind = new Uint8Array(BATCH_CAPACITY);
}

/** Where the next operations go. Deterministic for a seed. */
export interface Pattern {
  /**
   * Fills the batch from its start and sets its `count`. A batch never spans two passes.
   * Returns false, with `count` 0, when the pass is over; the next call begins a new pass
   * (with a new random order).
   */
  fill(batch: Batch): boolean;
  /** Passes begun so far, from 0: the generation of the data that writes carry. */
  readonly pass: number;
}
