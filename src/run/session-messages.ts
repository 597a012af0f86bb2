/** What the coordinating process and a session process say to each other. */
import type { SessionEvent } from '../trial/events.js';
import type { SessionOptions } from '../trial/session.js';

export type ToSession =
  | {
      readonly type: 'start';
      readonly options: SessionOptions;
      readonly runDirectory: string;
      readonly remounts: boolean;
    }
  /** The answer to `remount`: what went wrong, or null. */
  | { readonly type: 'remounted'; readonly problem: string | null }
  | { readonly type: 'stop' };

export type FromSession =
  | { readonly type: 'event'; readonly event: SessionEvent }
  /** Wants a target mounted anew, and waits. Nothing there is open. */
  | { readonly type: 'remount'; readonly target: string }
  /** The session could not go on: an error for the user, or a defect. */
  | { readonly type: 'failed'; readonly message: string; readonly defect: boolean };
