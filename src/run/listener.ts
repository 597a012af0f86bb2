import type { RunRecord } from '../record/run-record.js';
import type { SessionEvent } from '../trial/events.js';
import type { Looks } from '../trial/live.js';
import type { Preparation } from './preparation.js';

/** How a run ended. */
export type RunEnd = Exclude<RunRecord['status'], 'running'>;

/**
 * Callbacks of a run, in the order in which they are called. Each is optional. An exception from one of them ends the run.
 */
export interface RunListener {
  /** How closely running trials are observed. Read when a session starts. Default: `RARE_LOOKS`. */
  readonly looks?: Looks;
  /** Called at any time with a line for the user: leftovers, an unresponsive target, the reason for an early end. */
  note?(text: string): void;
  /** Called when the files of a dataset that exists have been looked for. Events said how far that was. */
  scanned?(): void;
  /** Called when the plan is made and fits its targets. Nothing was written yet. */
  prepared?(preparation: Preparation): void | Promise<void>;
  /**
   * Called when the run directory exists and sessions begin.
   * @param expectedNs time that the sessions will take, at the rates that are assumed of any target
   */
  begun?(run: RunRecord, expectedNs: number): void;
  /** Called with the progress of the session, and with each trial when it is on disk. */
  event?(event: SessionEvent): void;
  /** Called with the output of a session process that has ended. It writes none unless it crashes. */
  output?(text: string): void;
  /** Called when the first stop request was passed to the session. */
  stopping?(): void;
  /** Called when the last session has ended. Stop requests have no effect from here on. Clean-up and its notes may follow. */
  over?(): void;
  /** The last callback. */
  ended?(status: RunEnd): void;
}

/** Without percentiles and NFS counters, but often enough to notice a silent target. */
export const RARE_LOOKS: Looks = { everyMs: 1000, closely: false };
