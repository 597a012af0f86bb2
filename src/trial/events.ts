/** What a session tells the process that started it, while it works. Plain data: it crosses processes. */
import type { TrialRecord } from '../record/trial-record.js';
import type { LiveNfs } from './live-nfs.js';

export type SessionEvent =
  /** Files are being laid out: bytes written so far of all that this step needs. */
  | { readonly type: 'layout'; readonly target: string; readonly doneBytes: number; readonly totalBytes: number }
  /** Caches are being set for a trial (evict, warm). */
  | { readonly type: 'prepare'; readonly trialId: string; readonly arm: string }
  /** A trial is measuring; sent about four times a second. */
  | {
      readonly type: 'progress';
      readonly trialId: string;
      readonly arm: string;
      /** Trials of the whole plan that are over, and all of them. */
      readonly doneTrials: number;
      readonly totalTrials: number;
      readonly elapsedNs: number;
      /** 0..1 of this trial, or null when it cannot be told. */
      readonly fraction: number | null;
      /** Since the last progress event. */
      readonly bytesPerSecond: number;
      readonly opsPerSecond: number;
      /** Of this trial so far; null before the first operation ended. */
      readonly p99Ns: number | null;
      /** Since an operation ended. */
      readonly quietNs: number;
      /** On NFS: what the client counted in the last second. */
      readonly nfs: LiveNfs | null;
      /** Time left of the whole run; null when unknown. */
      readonly etaNs: number | null;
    }
  /**
   * The run was stopped, and the target did not answer: its workers were left where they wait, and what the session has
   * there cannot be cleaned up. It can only be killed.
   */
  | { readonly type: 'abandoned'; readonly target: string }
  /** A trial is over and on disk. */
  | { readonly type: 'trial'; readonly record: TrialRecord };
