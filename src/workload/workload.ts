/**
 * What a workload file means once it is read: every size in bytes, every time in nanoseconds.
 * The file's own spelling (fio's words) is in the field table; this is the form that the other rooms work with.
 */
import type { Job } from './jobs/registry.js';
import type { FileLocation } from './location.js';
import type { Dataset, RoundOrder } from './values.js';

export type { EngineChoice } from './engines.js';
export type { CheckpointRestoreJob } from './jobs/checkpoint-restore.js';
export type { CheckpointWriteJob } from './jobs/checkpoint-write.js';
export type { IoJob } from './jobs/io.js';
export type { CommonJob } from './jobs/job-kind.js';
export type { Job } from './jobs/registry.js';
export type { SmallFilesJob } from './jobs/small-files.js';
export type {
  BlockShare,
  CacheClaim,
  Dataset,
  MapAdvice,
  Preallocation,
  RandomDistribution,
  ReadWrite,
  RoundOrder,
} from './values.js';

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
