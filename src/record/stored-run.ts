/** The contents of a run directory, with the problems found while reading it. */
import type { FeedRecord } from './feed-record.js';
import type { FsxMetricsRecord } from './fsx-metrics-record.js';
import type { OntapSample } from './ontap-record.js';
import type { RunRecord } from './run-record.js';
import type { TrialRecord } from './trial-record.js';

/** A run's status; `killed`: its process is gone; `unknown`: `run.json` cannot be read. */
export type RunStatus = RunRecord['status'] | 'killed' | 'unknown';

export interface StoredRun {
  readonly directory: string;
  /** The name of the directory, which is the run's id. */
  readonly id: string;
  readonly status: RunStatus;
  /** Null when `run.json` is missing or damaged. */
  readonly run: RunRecord | null;
  readonly trials: readonly TrialRecord[];
  /** One line for each missing or damaged part, with the reason. */
  readonly problems: readonly string[];
  /** Of runs with `--ontap`. */
  readonly ontapSamples?: readonly OntapSample[];
  /** The answer of `feedrate feed`. */
  readonly feed?: FeedRecord;
  /** CloudWatch's metrics around a run in a bucket. Those of a directory are read when they are needed. */
  readonly fsxMetrics?: FsxMetricsRecord;
}

/** A stored run whose `run.json` could be read. */
export interface ReadableRun extends StoredRun {
  readonly run: RunRecord;
}
