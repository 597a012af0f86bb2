import type { RunRecord } from '../record/run-record.js';
import type { SessionEvent } from '../trial/events.js';
import type { Looks } from '../trial/live.js';
import type { Preparation } from './preparation.js';

/** How a run ended. */
export type RunEnd = Exclude<RunRecord['status'], 'running'>;

/**
 * What a run tells while it is conducted, in the order of these callbacks. Each may be left out. An exception thrown by
 * one of them ends the run.
 */
export interface RunListener {
  /** How closely running trials are observed. Read when a session starts. Default: `RARE_LOOKS`. */
  readonly looks?: Looks;
  /** A line for the user: leftovers, a target that does not respond, why the run ended early. At any time. */
  note?(text: string): void;
  /** The plan is made and fits its targets. Nothing was written yet. */
  prepared?(preparation: Preparation): void | Promise<void>;
  /** The run directory exists and sessions begin. From here to `over` a stop request is heeded. */
  begun?(run: RunRecord): void;
  /** Progress of the session, and each trial when it is on disk. */
  event?(event: SessionEvent): void;
  /** What a session process writes on its stdout or stderr: nothing, unless it crashes. */
  output?(bytes: Uint8Array, stream: 'stdout' | 'stderr'): void;
  /** The first stop request was passed on to the session. */
  stopping?(): void;
  /** No session runs any more and stop requests have no effect. Clean-up follows; its notes may too. */
  over?(): void;
  /** The last callback. */
  ended?(status: RunEnd): void;
}

/** Without percentiles and NFS counters, but often enough to notice a silent target. */
export const RARE_LOOKS: Looks = { everyMs: 1000, closely: false };
