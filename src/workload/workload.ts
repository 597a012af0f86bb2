/**
 * The types of a parsed workload, which the other rooms use. Sizes are in bytes and times in nanoseconds. The field table
 * defines the spelling in the file.
 */
import type { Job } from './jobs/registry.js';
import type { FileLocation } from './location.js';
import type { Dataset, RoundOrder } from './values.js';

export type { EngineChoice } from './engines.js';
export type { CheckpointRestoreJob } from './jobs/checkpoint-restore.js';
export type { CheckpointWriteJob } from './jobs/checkpoint-write.js';
export type { IoJob } from './jobs/io.js';
export type { CommonJob } from './jobs/job-kind.js';
export type { MetadataJob } from './jobs/metadata.js';
export type { Job } from './jobs/registry.js';
export type { SmallFilesJob } from './jobs/small-files.js';
export type { TrainingJob } from './jobs/training.js';
export type {
  BlockShare,
  CacheClaim,
  Dataset,
  ExistingDataset,
  GeneratedDataset,
  MapAdvice,
  Preallocation,
  RandomDistribution,
  ReadWrite,
  RoundOrder,
} from './values.js';

/** One value of a field, with its label in tables (`4KiB`, `true`). */
export interface Level {
  readonly label: string;
  /** The parsed value, of the type of its `Job` property. */
  readonly value: unknown;
  readonly location: FileLocation;
}

/** A job as declared: each `Job` property with its levels. A property with more than one level is a factor. */
export interface JobDeclaration {
  readonly name: string;
  readonly kind: Job['kind'];
  readonly location: FileLocation;
  /** Keyed by `Job` property (`sizeBytes`), in the order of the schema, with defaults filled in. */
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
  /** Number of sets of data files. Sessions and targets alternate between them. */
  readonly filesets: number;
  readonly order: RoundOrder;
}

export type Comparator = '<' | '<=' | '>' | '>=';

/** A bound that every arm must meet: `p99(latency) < 20ms`, `throughput > 1GiB/s`. */
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
  /** Thresholds for all jobs. A job may add its own. */
  readonly thresholds: readonly Threshold[];
  readonly seed: number;
}
