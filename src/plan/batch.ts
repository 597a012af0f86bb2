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
  /** When each operation is to begin, ns since the start; only for jobs with a rate. */
  readonly dueNs = new Float64Array(BATCH_CAPACITY);

  /**
   * Keeps only every `of`-th operation, beginning with the `first`-th: the part of one of `of` threads that share
   * a job. `first` and what is returned, which is the `first` of the next batch, count from 0.
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
