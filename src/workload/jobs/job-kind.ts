import type { EngineChoice } from '../engines.js';
import type { Row, Rows } from '../row.js';
import type { Condition, PropertyOf, Rule } from '../rules.js';
import type { BlockShare, CacheClaim } from '../values.js';

/** What all kinds of job share. */
export interface CommonJob {
  readonly ioengine: EngineChoice;
  /** Workers: one thread each. */
  readonly numjobs: number;
  /** Bytes of one operation: one entry for a plain block size, several for a mix. */
  readonly bs: readonly BlockShare[];
  readonly cache: CacheClaim;
  /** Open with O_DIRECT. True whenever `cache` is `direct`. */
  readonly direct: boolean;
  /** Seed of offsets, order and content of this job. */
  readonly randseed: number;
  /** Median latency of an engine that follows a model. */
  readonly simulatedLatencyNs: number;
  /** Simulated bytes a second of one worker, added to the latency by size; null = unlimited. */
  readonly simulatedBytesPerSecond: number | null;
}

/** Jobs that may be bound by time. */
export interface TimedJob {
  /** Longest time a worker runs; null = until the bytes are done. */
  readonly runtimeNs: number | null;
  /** Repeat passes until `runtimeNs` is over. */
  readonly timeBased: boolean;
  /** Time at the start that is not measured. */
  readonly rampTimeNs: number;
}

/** Jobs on the shards of a checkpoint. */
export interface ShardedJob {
  /** Shards per worker: a worker stands for a training process. */
  readonly shards: number;
  readonly shardBytes: number;
}

/** A kind of job as the workload language knows it, for any kind. */
export interface AnyJobKind {
  /** A clause for the reference of `kind`. */
  readonly meaning: string;
  /** By property, in the order of the table. */
  readonly rows: Readonly<Record<string, Row>>;
  readonly conditions: readonly Condition[];
  readonly rules: readonly Rule[];
}

/** The same for the kind whose jobs are `J`. */
export interface JobKind<J extends CommonJob> extends AnyJobKind {
  readonly rows: Rows<J>;
  readonly conditions: readonly Condition<PropertyOf<J>>[];
  readonly rules: readonly Rule<PropertyOf<J>>[];
  /** Never set: it tells the registry the type of the kind's jobs. */
  readonly job?: J;
}
