import type { EngineChoice } from '../engines.js';
import type { Row, Rows } from '../row.js';
import type { Condition, PropertyOf, Rule } from '../rules.js';
import type { BlockShare, CacheClaim } from '../values.js';

/** The fields that all kinds of job share. */
export interface CommonJob {
  readonly ioengine: EngineChoice;
  /** Workers: one thread each. */
  readonly numjobs: number;
  /** Bytes of one operation: one entry for a plain block size, several for a mix. */
  readonly bs: readonly BlockShare[];
  readonly cache: CacheClaim;
  /** Open with O_DIRECT. True whenever `cache` is `direct`. */
  readonly direct: boolean;
  /** Another job that runs on the same target at the same time; null: the job runs alone. */
  readonly beside: string | null;
  /** Seed of offsets, order and content of this job. */
  readonly randseed: number;
  /** Median latency of an engine that follows a model. */
  readonly simulatedLatencyNs: number;
  /** Simulated bytes a second of one worker, added to the latency by size; null = unlimited. */
  readonly simulatedBytesPerSecond: number | null;
}

/** The fields of jobs that may have a time limit. */
export interface TimedJob {
  /** Longest time a worker runs; null = until all bytes are transferred. */
  readonly runtimeNs: number | null;
  /** Repeat passes until `runtimeNs` has elapsed. */
  readonly timeBased: boolean;
  /** Time at the start that is not measured. */
  readonly rampTimeNs: number;
}

/** A kind of job in the workload language, of any type. */
export interface AnyJobKind {
  /** A clause for the reference of `kind`. */
  readonly meaning: string;
  /** By property, in the order of the table. */
  readonly rows: Readonly<Record<string, Row>>;
  readonly conditions: readonly Condition[];
  readonly rules: readonly Rule[];
  /** Sets fields whose values depend on others. Called with a job's own copy, once its levels are chosen. */
  readonly settle?: (job: Record<string, unknown>) => void;
}

/** A kind of job whose jobs have the type `J`. */
export interface JobKind<J extends CommonJob> extends AnyJobKind {
  readonly rows: Rows<J>;
  readonly conditions: readonly Condition<PropertyOf<J>>[];
  readonly rules: readonly Rule<PropertyOf<J>>[];
  /** Never set. It gives the registry the type of the kind's jobs. */
  readonly job?: J;
}
