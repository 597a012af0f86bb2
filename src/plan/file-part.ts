import type { DatasetShape } from '../training/dataset-shape.js';
import type { Preallocation } from '../workload/workload.js';

/**
 * A file of reproducible content. Its path determines its content (set, seed, index, size), so an existing file at that
 * path is the right one.
 */
export interface DataFile {
  /** Relative to the target's data directory: `s42/000/000007-268435456`, or `set1/s42/…` in sets after the first. */
  readonly path: string;
  readonly bytes: number;
  /** Seed of the content, an integer below 2^53. See `engine/content/content.ts`. */
  readonly contentSeed: number;
  /** Preallocation before the content is written; absent = none. */
  readonly fallocate?: Preallocation;
  /** A file of training data, by its index in the dataset; absent: the file is nothing but content. */
  readonly shaped?: { readonly shape: DatasetShape; readonly index: number };
  /** Where the samples of a user's file are; absent: nobody has looked into it. */
  readonly samples?: Float64Array;
}

/** A part of a file that one worker uses. */
export interface Extent {
  /** Index into the arm's files. */
  readonly file: number;
  readonly startBytes: number;
  readonly lengthBytes: number;
}
