/** The events that a running session sends to the process that started it. Plain data, because they cross processes. */
import type { TrialRecord } from '../record/trial-record.js';
import type { LiveNfs } from './live-nfs.js';

export type SessionEvent =
  /** Files are being laid out: bytes written so far, and the total for this target. */
  | { readonly type: 'layout'; readonly target: string; readonly doneBytes: number; readonly totalBytes: number }
  /** The cache state for a trial is being prepared (evicted or warmed). */
  | { readonly type: 'prepare'; readonly trialId: string; readonly arm: string }
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
