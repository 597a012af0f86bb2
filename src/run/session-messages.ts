/** The messages between the coordinating process and a session process. */

import type { ScannedDataset } from '../plan/planned-dataset.js';
import type { TrialRecord } from '../record/trial-record.js';
import type { MeetingPurpose, Met } from '../trial/common-start.js';
import type { SessionEvent } from '../trial/events.js';
import type { SessionOptions } from '../trial/session.js';
import type { GeneratedDataset, TracedDataset } from '../workload/workload.js';
import type { ImagePart } from './image-transfer.js';
import type { Touched } from './touching.js';

/** A dataset as it is sent. A trace and what was found follow in parts. */
export type SentDataset =
  | GeneratedDataset
  | {
      readonly kind: 'sent';
      /** The lengths of the images: the trace, if there is one, and what was found in each target. */
      readonly images: readonly number[];
      readonly targets: readonly string[];
      readonly scanned: Omit<ScannedDataset, 'found'> | null;
      readonly recorded: { readonly declared: TracedDataset; readonly path: string } | null;
    };

export type ToSession =
  /** How many worker threads the session will need, before its start, so that they start meanwhile. */
  | { readonly type: 'threads'; readonly threads: number }
  | {
      readonly type: 'start';
      readonly options: Omit<SessionOptions, 'dataset'>;
      readonly dataset: SentDataset | null;
      readonly runDirectory: string;
      readonly remounts: boolean;
    }
  /** The answer to `meet`. */
  | { readonly type: 'met'; readonly met: Met }
  /** The files of a dataset that exist, after the start. */
  | ImagePart
  /** The answer to `remount`: a message when it failed, or null. */
  | { readonly type: 'remounted'; readonly problem: string | null }
  | { readonly type: 'stop' };

export type FromSession =
  | Touched
  /** The process has loaded its modules. */
  | { readonly type: 'ready' }
  | { readonly type: 'event'; readonly event: SessionEvent }
  /** Requests a remount of a target and waits for it. No file on the target is open. */
  | { readonly type: 'remount'; readonly target: string }
  /** Goes to a meeting of the group for this session, and waits for it. */
  | { readonly type: 'meet'; readonly purpose: MeetingPurpose; readonly text: string; readonly problem: string | null }
  /** The session could not continue: an error for the user, or a bug. */
  | {
      readonly type: 'failed';
      readonly message: string;
      readonly defect: boolean;
      /** Whether the run directory is why. */
      readonly lostResults: boolean;
      /** A trial that could not be saved, or null. */
      readonly unsaved: TrialRecord | null;
    };
