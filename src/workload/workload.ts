/**
 * What a workload file means once it is read: every size in bytes, every time in nanoseconds.
 * The file's own spelling (fio's words) is in `schema.ts`; this is the form the rest of the
 * house works with.
 */
import type { FileLocation } from './location.js';

export type ReadWrite = 'read' | 'write' | 'randread' | 'randwrite' | 'rw' | 'randrw';
export type CacheClaim = 'cold' | 'warm' | 'direct' | 'as-is';
export type EngineChoice = 'auto' | 'psync' | 'io_uring' | 'mmap' | 'null' | 'simulated';
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

/** What all kinds of job share. */
export interface CommonJob {
  readonly ioengine: EngineChoice;
  /** Workers: one thread each. */
  readonly numjobs: number;
  readonly cache: CacheClaim;
  /** Open with O_DIRECT. True whenever `cache` is `direct`. */
  readonly direct: boolean;
  /** Seed of offsets, order and content of this job. */
  readonly randseed: number;
  /** Median latency of the simulated engine, for `ioengine: simulated` only. */
  readonly simulatedLatencyNs: number;
  /** Simulated bytes a second of one worker, added to the latency by size; null = unlimited. */
  readonly simulatedBytesPerSecond: number | null;
}

/** fio's kind of job: blocks of files, read or written in some order. */
export interface IoJob extends CommonJob {
  readonly kind: 'io';
  readonly rw: ReadWrite;
  /** Percentage of reads in `rw` and `randrw`. */
  readonly rwmixread: number;
  /** One entry for a plain block size, several for a mix. */
  readonly bs: readonly BlockShare[];
  /** Operations in flight per worker; more than one needs `io_uring`. */
  readonly iodepth: number;
  /** For `ioengine: mmap`. */
  readonly madvise: MapAdvice;
  /** For the files that `sizeBytes` makes. */
  readonly fallocate: Preallocation;
  /** Bytes of files per worker (fio's `size`); null = the workload's dataset, shared by all workers. */
  readonly sizeBytes: number | null;
  /** Files per worker that `sizeBytes` is divided into. */
  readonly nrfiles: number;
  /** Bytes each worker transfers at most before it ends (fio's `io_size`); null = one pass. */
  readonly ioSizeBytes: number | null;
  /** Longest time a worker runs; null = until the bytes are done. */
  readonly runtimeNs: number | null;
  /** Repeat passes until `runtimeNs` is over. */
  readonly timeBased: boolean;
  /** Time at the start that is not measured. */
  readonly rampTimeNs: number;
  /** fsync after each N writes; 0 = never. */
  readonly fsync: number;
  readonly fdatasync: number;
  /** fsync each file written when the job ends; part of the measured time. */
  readonly endFsync: boolean;
  readonly randomDistribution: RandomDistribution;
  readonly norandommap: boolean;
  /** Per worker; null = as fast as it goes. */
  readonly rateBytesPerSecond: number | null;
  readonly rateIops: number | null;
  readonly rateProcess: 'linear' | 'poisson';
  /** Pause after each `thinktimeBlocks` operations. */
  readonly thinktimeNs: number;
  readonly thinktimeBlocks: number;
  /** Check the content of each block read; for writes, read back and check afterwards. */
  readonly verify: boolean;
  /** New incompressible content for each write (default) or one buffer again and again. */
  readonly refillBuffers: boolean;
}

/** A training checkpoint: each worker writes shards, makes them durable, then publishes them. */
export interface CheckpointWriteJob extends CommonJob {
  readonly kind: 'checkpoint-write';
  /** Shards per worker: a worker stands for a process of the training. */
  readonly shards: number;
  readonly shardBytes: number;
  /** Bytes of one write call. */
  readonly bs: readonly BlockShare[];
  /** Checkpoints written in one trial. */
  readonly checkpoints: number;
  /** Older checkpoints than the last `keepLast` are deleted, as training does. */
  readonly keepLast: number;
  /** fsync each shard before its rename. */
  readonly fsync: boolean;
  /** For each shard before its first write. */
  readonly fallocate: Preallocation;
  /** Pause between two checkpoints: the training steps in between. */
  readonly intervalNs: number;
  /** Read the last checkpoint back and check its content after the writes. */
  readonly readBack: boolean;
}

/** Restart of a training: each worker reads its shards from start to end. */
export interface CheckpointRestoreJob extends CommonJob {
  readonly kind: 'checkpoint-restore';
  readonly shards: number;
  readonly shardBytes: number;
  readonly bs: readonly BlockShare[];
  readonly verify: boolean;
}

/** Open, read whole, close: many small samples, each step timed apart. */
export interface SmallFilesJob extends CommonJob {
  readonly kind: 'small-files';
  /** Bytes of one read call; a file larger than this takes several. */
  readonly bs: readonly BlockShare[];
  readonly runtimeNs: number | null;
  readonly timeBased: boolean;
  readonly rampTimeNs: number;
  /** Visit the files in a new random order each pass (true) or by name. */
  readonly shuffle: boolean;
  /** Files per worker if the job has its own; null = the workload's dataset. */
  readonly nrfiles: number | null;
  /** Size of each of the job's own files. */
  readonly filesizeBytes: number | null;
  readonly verify: boolean;
}

export type Job = IoJob | CheckpointWriteJob | CheckpointRestoreJob | SmallFilesJob;

/** One value a field may take, with the spelling that names it in tables (`4KiB`, `true`). */
export interface Level {
  readonly label: string;
  /** The parsed value, in the type of the `Job` property it goes to. */
  readonly value: unknown;
  readonly location: FileLocation;
}

/** A job as declared: each `Job` property with its levels; more than one makes it a factor. */
export interface JobDeclaration {
  readonly name: string;
  readonly kind: Job['kind'];
  readonly location: FileLocation;
  /** Keyed by `Job` property (`sizeBytes`), in the order of the schema; defaults filled in. */
  readonly fields: ReadonlyMap<string, Field>;
  readonly thresholds: readonly Threshold[];
}

export interface Field {
  /** The word in the workload file (`size`). */
  readonly word: string;
  readonly levels: readonly Level[];
}

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

export interface Trials {
  readonly sessions: number;
  readonly rounds: number;
  /** Rounds at the start of each session that are recorded but not counted. */
  readonly warmup: number;
  /** Sets of data files that sessions and targets take in turn. */
  readonly filesets: number;
  readonly order: RoundOrder;
}

export type Comparator = '<' | '<=' | '>' | '>=';

/** `p99(latency) < 20ms`, `throughput > 1GiB/s`: a bound that every arm must keep. */
export interface Threshold {
  /** As typed. */
  readonly text: string;
  /** A key of the metric table (`base/metrics.ts`). */
  readonly metric: string;
  /** For latency metrics: the quantile in 0..1, or mean or max; null for plain metrics. */
  readonly statistic: number | 'mean' | 'max' | null;
  readonly comparison: Comparator;
  /** In the metric's base unit. */
  readonly bound: number;
}

export interface Workload {
  readonly name: string;
  readonly description: string;
  readonly trials: Trials;
  readonly dataset: Dataset | null;
  readonly jobs: readonly JobDeclaration[];
  /** Thresholds of the workload; a job may have more. */
  readonly thresholds: readonly Threshold[];
  readonly seed: number;
}
