import { OPEN } from './trace-calls.js';
import type { TracerTime } from './tracer-time.js';

/** A file as the source of a trace is getting to know it. */
export interface FileInTrace {
  readonly number: number;
  readonly path: string;
  /** As stat(2) or the end of the file told; null: only the offsets of calls are known. */
  statedBytes: number | null;
  reachedBytes: number;
  initialBytes: number;
  isWritten: boolean;
  isDirectory: boolean;
}

/** A thread of the program. */
export interface ThreadInTrace {
  /** Its place among the threads of the replay; null until it does anything that is replayed. */
  lane: Lane | null;
  /** End of what it did last, ns since the start; NaN before. */
  lastEndNs: number;
  /** What it waits for before anything else; null: nothing. */
  readonly startsAfter: number | null;
  readonly tracer: TracerTime;
}

/** A thread of the replay. Threads of the program that ran one after the other share one. */
export interface Lane {
  isFree: boolean;
  readonly members: Uint8Array[];
  text: string;
  calls: number;
  gapNs: number;
  /** Time without the tracer: that of its gaps and calls, and of its waits as far as others came later. */
  clockNs: number;
  endNs: number;
  hasCalls: boolean;
  readonly waitsFor: Set<Lane>;
}

/** Returns a thread of the replay that has nothing yet. */
export function newLane(): Lane {
  const nothing = { calls: 0, gapNs: 0, clockNs: 0, endNs: 0, hasCalls: false };
  return { isFree: false, members: [], text: '', ...nothing, waitsFor: new Set() };
}

/** Notes what an open says of a file. `how` is a sum of `OPEN`. */
export function noteOpen(file: FileInTrace, how: number): void {
  if ((how & (OPEN.write | OPEN.create | OPEN.truncate)) === 0 || file.isWritten) return;
  file.isWritten = true;
  if ((how & (OPEN.create | OPEN.truncate)) === 0)
    file.initialBytes = Math.max(file.statedBytes ?? 0, file.reachedBytes);
}
