/** What replays of a program took, beside its recording. */
import type { ReplayedCalls, ReplayRecord } from '../record/replay-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { trialsOfArm } from './arm-trials.js';

/** Returns the replay of an arm with the median duration; of two in the middle, the longer one. Null: it replays nothing. */
export function replayOf(trials: readonly TrialRecord[], arm: string): ReplayRecord | null {
  const replays = trialsOfArm(trials, arm)
    .filter((trial) => !trial.warmup && trial.status === 'ok')
    .flatMap(({ replay }) => replay ?? [])
    .sort((a, b) => a.replayedNs - b.replayedNs);
  return replays[Math.floor(replays.length / 2)] ?? null;
}

/** An interval narrower than this part of the recorded time on either side changes no conclusion. */
const NARROW_SHARE = 0.03;

/** Returns the interval that has the recorded time without the tracer; null if it is narrow, or nothing is known of it. */
export function recordedInterval({
  recordedNs,
  recordedWithinNs,
}: Pick<ReplayRecord, 'recordedNs' | 'recordedWithinNs'>): { readonly lowNs: number; readonly highNs: number } | null {
  if (recordedNs === null || recordedWithinNs === undefined || recordedWithinNs === null) return null;
  if (recordedWithinNs < NARROW_SHARE * recordedNs) return null;
  return { lowNs: Math.max(0, recordedNs - recordedWithinNs), highNs: recordedNs + recordedWithinNs };
}

/** The time of the calls of one group, all classes of files and all threads together. */
export interface GroupTime {
  readonly group: string;
  readonly recordedNs: number;
  readonly replayedNs: number;
  /** Part of the replay's time in calls, 0 to 1. */
  readonly share: number;
}

/** Returns the groups of calls, the one with the most time in the replay first. */
export function groupTimes({ calls }: Pick<ReplayRecord, 'calls'>): GroupTime[] {
  const totalNs = sumOf(calls, ({ replayed }) => replayed.ns);
  return [...new Set(calls.map(({ group }) => group))]
    .map((group): GroupTime => {
      const same = calls.filter((each) => each.group === group);
      const replayedNs = sumOf(same, ({ replayed }) => replayed.ns);
      const recordedNs = sumOf(same, ({ recorded }) => recorded.ns);
      return { group, recordedNs, replayedNs, share: totalNs === 0 ? 0 : replayedNs / totalNs };
    })
    .sort((a, b) => b.replayedNs - a.replayedNs);
}

/** Returns the calls that the replay made more or less often than the program, or with other bytes. */
export function differingCalls({ calls }: Pick<ReplayRecord, 'calls'>): ReplayedCalls[] {
  return calls.filter(
    ({ recorded, replayed }) => recorded.calls !== replayed.calls || recorded.bytes !== replayed.bytes,
  );
}

const sumOf = (calls: readonly ReplayedCalls[], of: (each: ReplayedCalls) => number): number =>
  calls.reduce((sum, each) => sum + of(each), 0);
