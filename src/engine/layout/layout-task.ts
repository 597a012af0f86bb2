/** The messages of a layout between the coordinating thread and the threads that write. Plain data. */
import type { ErrorCode, SystemFault } from '../../base/errors.js';
import type { DataFile } from '../../plan/plan.js';

interface CommonTask {
  /** The layout's `LayoutCounters`. */
  readonly memory: SharedArrayBuffer;
  /** The target's directory as the session holds it open; null: nothing is held. */
  readonly held: { readonly path: string; readonly fd: number } | null;
}

/** Writes the files of one folder. */
export interface WriteTask extends CommonTask {
  readonly layout: 'write';
  /** An existing directory, and the one below it that the files are written to. */
  readonly base: string;
  readonly directory: string;
  readonly files: readonly DataFile[];
  /**
   * Whether each file is made durable by itself, and where it then gets its final name; null: it has it. If not, a later
   * `PublishTask` does both for all of them.
   */
  readonly each: { readonly base: string; readonly to: string | null } | null;
}

/** Makes written files durable, then gives them their final names. */
export interface PublishTask extends CommonTask {
  readonly layout: 'publish';
  /** An open directory on the file system to sync; null: the files are durable. */
  readonly syncFd: number | null;
  /** An existing directory that `to` is below. */
  readonly base: string;
  /** Directories whose files move to another one. */
  readonly moves: readonly { readonly from: string; readonly to: string }[];
}

export type LayoutTask = WriteTask | PublishTask;

/** Why a task failed. Errors lose their code between threads. */
export interface LayoutFailure {
  readonly fault: SystemFault;
  /** The code of a FeedrateError; null for a failed system call. */
  readonly code: ErrorCode | null;
}
