/**
 * The interface between access patterns and backends: a pattern fills batches of operations, and a backend drains them.
 * Neither knows the other.
 */
export const READ = 0;
export const WRITE = 1;

/** Operations per batch. Large enough that the cost of a fill call does not matter, small enough for the L1 cache. */
export const BATCH_CAPACITY = 256;

/** A batch of operations as parallel typed arrays. It is refilled, never reallocated. */
export class Batch {
  /** Number of operations in this batch. Array elements from this index on are not valid. */
  count = 0;
  /** Index into the arm's files. */
  readonly file = new Int32Array(BATCH_CAPACITY);
  readonly offsetBytes = new Float64Array(BATCH_CAPACITY);
  readonly lengthBytes = new Int32Array(BATCH_CAPACITY);
  /** `READ` or `WRITE`. */
  readonly kind = new Uint8Array(BATCH_CAPACITY);
  /** Due time of each operation, ns since the start; only for jobs with a rate. */
  readonly dueNs = new Float64Array(BATCH_CAPACITY);

  /**
   * Keeps only every `of`-th operation, beginning with the `first`-th (0-based): the part of one of `of` threads that
   * share a job. Returns `first` for the next batch.
   */
  keepEvery(of: number, first: number): number {
    let kept = 0;
    let i = first;
    for (; i < this.count; i += of, kept++) {
      this.file[kept] = this.file[i] as number;
      this.offsetBytes[kept] = this.offsetBytes[i] as number;
      this.lengthBytes[kept] = this.lengthBytes[i] as number;
      this.kind[kept] = this.kind[i] as number;
      this.dueNs[kept] = this.dueNs[i] as number;
    }
    const next = i - this.count;
    this.count = kept;
    return next;
  }
}

/** Generates operations. Deterministic for a seed. */
export interface Pattern {
  /**
   * Fills the batch from its start and sets its `count`. A batch never spans two passes.
   * Returns false, with `count` 0, at the end of a pass. The next call begins a new pass
   * (with a new random order).
   */
  fill(batch: Batch): boolean;
  /** Number of the current pass, from 0. Also the generation of the data that writes contain. */
  readonly pass: number;
}
