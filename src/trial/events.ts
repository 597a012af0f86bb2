/** The events that a running session sends to the process that started it. Plain data, because they cross processes. */
import type { TrialRecord } from '../record/trial-record.js';
import type { LiveNfs } from './live-nfs.js';

/** How far a phase is that goes through files. */
export interface WorkProgress {
  readonly doneFiles: number;
  readonly totalFiles: number;
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Part of the work that is done, 0 to 1. A file counts as well as its bytes. */
  readonly fraction: number;
  readonly elapsedNs: number;
  /** Estimated time left for this phase; null when unknown. */
  readonly leftNs: number | null;
}

/** What is done before a trial. */
export type PreparingStep = 'scratch files' | 'eviction' | 'warming';

export type SessionEvent =
  /** The files of a dataset that exists are being looked for: what was found so far. Before the first session. */
  | {
      readonly type: 'scan';
      readonly target: string;
      readonly files: number;
      readonly bytes: number;
      readonly directories: number;
      readonly elapsedNs: number;
    }
  /** Data files are being laid out on this target. `etaNs`: as in `progress`; absent: only files are laid out. */
  | ({ readonly type: 'layout'; readonly target: string; readonly etaNs?: number } & WorkProgress)
  /** A trial is being prepared. The first event of a trial has no `step`, and the others have their progress. */
  | ({ readonly type: 'prepare'; readonly trialId: string; readonly arm: string } & (
      | { readonly step?: undefined }
      | ({ readonly step: PreparingStep; readonly etaNs: number } & WorkProgress)
    ))
  /** Files that feedrate made are being removed. */
  | ({ readonly type: 'removal'; readonly target: string } & WorkProgress)
  /** The threads of a trial's workers are starting, and have not touched the target yet. The last one has them all. */
  | {
      readonly type: 'starting';
      readonly trialId: string;
      readonly arm: string;
      /** Threads that run, and all threads of the trial. */
      readonly startedWorkers: number;
      readonly workers: number;
    }
  /** A trial is measuring; sent about four times a second. */
  | {
      readonly type: 'progress';
      readonly trialId: string;
      readonly arm: string;
      /** Completed trials and all trials, of the whole plan. */
      readonly doneTrials: number;
      readonly totalTrials: number;
      readonly elapsedNs: number;
      /** Completed part of this trial, 0 to 1; null when unknown. */
      readonly fraction: number | null;
      /** Since the last progress event. */
      readonly bytesPerSecond: number;
      readonly opsPerSecond: number;
      /** What the job's progress is counted in. */
      readonly unit: 'bytes' | 'operations';
      /** 99th percentile of this trial so far; null before the first operation has completed. */
      readonly p99Ns: number | null;
      /** Time since an operation last completed. */
      readonly quietNs: number;
      /** NFS only: the client's counters for the last second. */
      readonly nfs: LiveNfs | null;
      /** Estimated time left for this trial; null when unknown. */
      readonly leftNs: number | null;
      /** Estimated time left for the whole run; null when unknown. */
      readonly etaNs: number | null;
    }
  /**
   * The run was stopped but the target did not respond. The workers are still waiting for it, and the session's files
   * there cannot be removed. The session can only be killed.
   */
  | { readonly type: 'abandoned'; readonly target: string }
  /** A trial has ended and its record is on disk. */
  | { readonly type: 'trial'; readonly record: TrialRecord };
