import type { CallSum } from '../training/trace/trace-file.js';
import type { JsonReader } from './json-reader.js';

/** Calls of one group on files of one class: in the recording and in the replay. */
export interface ReplayedCalls {
  readonly group: string;
  readonly fileClass: string;
  readonly recorded: Pick<CallSum, 'calls' | 'bytes' | 'ns'>;
  readonly replayed: Pick<CallSum, 'calls' | 'bytes' | 'ns'>;
}

/** What a replay measured, beside what was recorded. Times are ns; those of calls are of all threads together. */
export interface ReplayRecord {
  /** From the first call to the end of the last one. Null: the source of the trace has no durations. */
  readonly recordedNs: number | null;
  /** How far the time without the tracer may be from `recordedNs`. Null: unknown. Absent: in records of before 2026-11-30. */
  readonly recordedWithinNs?: number | null;
  readonly replayedNs: number;
  /** Time that recording added to all threads together; null: unknown. */
  readonly overheadNs: number | null;
  readonly threads: number;
  /** Time of the gaps between calls, and of waits for other threads, all threads together. */
  readonly gapNs: number;
  readonly waitNs: number;
  /** Bytes of maps of whose pages the trace knows nothing, and that were not read. */
  readonly unreadMapBytes: number;
  /** Those with the most time in the replay first. */
  readonly calls: readonly ReplayedCalls[];
}

/** Throws `FeedrateError('store')` when a replay in a record is damaged. */
export function checkReplay(replay: JsonReader): void {
  for (const key of ['recordedNs', 'overheadNs']) replay.at(key).numberOrNull();
  const within = replay.at('recordedWithinNs');
  if (within.value !== undefined) within.numberOrNull();
  for (const key of ['replayedNs', 'threads', 'gapNs', 'waitNs', 'unreadMapBytes']) replay.at(key).number();
  for (const each of replay.at('calls').list()) {
    for (const key of ['group', 'fileClass']) each.at(key).text();
    for (const side of ['recorded', 'replayed'])
      for (const key of ['calls', 'bytes', 'ns']) each.at(side).at(key).number();
  }
}
