/** The values that fields of a workload take once they are read: every size in bytes, every time in nanoseconds. */

export type ReadWrite = 'read' | 'write' | 'randread' | 'randwrite' | 'rw' | 'randrw';
export type CacheClaim = 'cold' | 'warm' | 'direct' | 'as-is';
/** madvise(2) on mapped files; `normal` gives no advice, as numpy, Arrow and safetensors do. */
export type MapAdvice = 'normal' | 'random' | 'sequential' | 'willneed';
/** Space for a file before its content: none, fallocate(2), or fallocate that keeps the size as it is. */
export type Preallocation = 'none' | 'native' | 'keep';

/** One part of a block-size mix: this share of the operations has this length. */
export interface BlockShare {
  readonly blockBytes: number;
  /** 0 < share ≤ 1; the shares of a mix add up to 1. */
  readonly share: number;
}

/** Where random operations land. `random` visits each block once a pass unless `norandommap`. */
export type RandomDistribution =
  | { readonly type: 'random' }
  /** Block popularity ∝ 1 / rank^theta, theta > 0, theta ≠ 1 as in fio. */
  | { readonly type: 'zipf'; readonly theta: number }
  /** Pareto with fio's parameter, 0 < h < 1. */
  | { readonly type: 'pareto'; readonly h: number }
  /** `operationShare` of the operations go to the first `spaceShare` of the space (both 0..1). */
  | { readonly type: 'hotband'; readonly operationShare: number; readonly spaceShare: number };

/** A dataset: files generated once below a target and reused when identical. */
export interface Dataset {
  readonly nrfiles: number;
  /** Smallest and largest file; sizes are drawn uniformly, seeded. Equal for one size. */
  readonly filesizeMinBytes: number;
  readonly filesizeMaxBytes: number;
  readonly seed: number;
  readonly fallocate: Preallocation;
}

/** How arms follow each other: each round drawn anew, or every second round the reverse of the one before. */
export type RoundOrder = 'shuffled' | 'abba';
