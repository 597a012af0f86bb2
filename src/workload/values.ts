/** The types of parsed field values. Sizes are in bytes and times in nanoseconds. */

export type ReadWrite = 'read' | 'write' | 'randread' | 'randwrite' | 'rw' | 'randrw';
export type CacheClaim = 'cold' | 'warm' | 'direct' | 'as-is';
/** madvise(2) for mapped files. `normal` gives no advice, like numpy, Arrow and safetensors. */
export type MapAdvice = 'normal' | 'random' | 'sequential' | 'willneed';
/** Preallocation of a file: none, fallocate(2), or fallocate(2) that keeps the file size. */
export type Preallocation = 'none' | 'native' | 'keep';

/** A part of files that exist, as a percentage spells it: 0 < share ≤ 1. */
export interface FileShare {
  readonly share: number;
}

/** One part of a block-size mix: this share of the operations has this length, or a length of this range. */
export interface BlockShare {
  /** The length, or the longest of a range. */
  readonly blockBytes: number;
  /** The shortest length of a range. All but the longest are multiples of it. Absent: there is one length. */
  readonly leastBytes?: number;
  /** 0 < share ≤ 1; the shares of a mix add up to 1. */
  readonly share: number;
}

/** Distribution of random offsets. `random` visits each block once per pass unless `norandommap` is set. */
export type RandomDistribution =
  | { readonly type: 'random' }
  /** Block popularity ∝ 1 / rank^theta, theta > 0, theta ≠ 1 as in fio. */
  | { readonly type: 'zipf'; readonly theta: number }
  /** Pareto with fio's parameter, 0 < h < 1. */
  | { readonly type: 'pareto'; readonly h: number }
  /** `operationShare` of the operations go to the first `spaceShare` of the space (both 0..1). */
  | { readonly type: 'hotband'; readonly operationShare: number; readonly spaceShare: number };

/** Files that are generated once in a target and reused if they are identical. */
export interface GeneratedDataset {
  readonly kind: 'generated';
  readonly nrfiles: number;
  /** Smallest and largest file; sizes are drawn uniformly, seeded. Equal for one size. */
  readonly filesizeMinBytes: number;
  readonly filesizeMaxBytes: number;
  readonly seed: number;
  readonly fallocate: Preallocation;
}

/** Files that exist in each target already and are not feedrate's. They are only read. */
export interface ExistingDataset {
  readonly kind: 'existing';
  /** A directory, a file or a block device: relative to each target, or absolute below it. */
  readonly path: string;
  /** A file that lists paths relative to `path`, one a line or each ended by a NUL; null = everything below `path`. */
  readonly manifest: string | null;
  /** Patterns (see `workload/globs.ts`) of paths relative to `path`. Empty: all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Whether symbolic links are followed. */
  readonly follow: boolean;
  /** Most files to read, chosen by `seed` and path; null = all. */
  readonly limit: number | null;
  readonly seed: number;
}

/** The files of a recorded program: generated with the same sizes, or the user's own. */
export interface TracedDataset {
  readonly kind: 'traced';
  /** The file of the trace, relative to the workload's or absolute. */
  readonly trace: string;
  readonly seed: number;
  /** The user's files that are read in the place of the recorded ones; null = files are generated. */
  readonly existing: ExistingDataset | null;
}

/** The files that all jobs share which have none of their own. */
export type Dataset = GeneratedDataset | ExistingDataset | TracedDataset;

/**
 * The order of arms: shuffled in each round, every second round the reverse of the one before, sequential reads first, or
 * as they are written.
 */
export type RoundOrder = 'shuffled' | 'abba' | 'read-once' | 'listed';
