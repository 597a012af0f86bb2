/** Merges the runs of ranks into one run. */
import { join } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import type { GroupRecord } from '../record/group-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { mergedTrials } from '../store/rank-parts.js';
import { readRun } from '../store/read-run.js';
import type { LostResults } from '../store/rescue.js';
import { rankDirectory } from '../store/run-files.js';
import type { RunStore } from '../store/run-store.js';
import type { RunEnd, RunListener } from './listener.js';
import { type GroupEnd, isComplete, type RankMeetings } from './rank-meetings.js';
import { type Conducted, keepTables } from './sessions.js';

/**
 * Merges what the ranks of a group have written, also of one that ended early, and ends the run of the group.
 * @param whole the run of the group
 * @param known its trials so far: those of earlier stages
 */
export function endGroupRun(
  whole: RunStore,
  meetings: Pick<RankMeetings, 'over' | 'isBroken'>,
  listener: RunListener,
  known: readonly TrialRecord[] = [],
): Conducted {
  const { over } = meetings;
  const group = whole.run.group as GroupRecord;
  const merged = mergedTrials(
    group.members.map(({ rank }) => ({ rank, directory: join(whole.directory, rankDirectory(rank)) })),
    new Set(known.map(({ id }) => id)),
  );
  const trials = [...known];
  const lost = appendAll(whole, merged, trials);
  for (const problem of merged.problems) listener.note?.(problem);
  const status = endOf(over, meetings.isBroken);
  const finished = whole.finish(status, lost, {
    ...(over?.reason != null && { group: { ...group, problem: over.reason } }),
    ...(over?.end === 'time-up' && { endedBy: 'time' }),
  });
  if (finished.problem !== null) listener.note?.(finished.problem);
  // A thousand ranks write ten megabytes a trial, which need not be read again.
  const stored = readRun(finished.directory, {}, lost === null ? { trials, problems: [] } : undefined);
  const run = { ...stored, run: stored.run ?? finished.run };
  keepTables(finished.directory, run, listener);
  return { run, status: finished.problem === null ? status : 'failed' };
}

/** A rank that failed by its own fault fails the run. One that died, or was stopped, aborts it. */
function endOf(over: GroupEnd | null, isBroken: boolean): RunEnd {
  if (over === null || isComplete(over)) return 'complete';
  return over.end === 'failed' && !isBroken ? 'failed' : 'aborted';
}

/**
 * Returns why a trial could not be saved, with the trial; null: all are.
 * @param saved receives the trials that are
 */
function appendAll(store: RunStore, trials: Iterable<TrialRecord>, saved: TrialRecord[]): LostResults | null {
  for (const trial of trials) {
    try {
      store.appendTrial(trial);
      saved.push(trial);
    } catch (thrown) {
      if (!(thrown instanceof FeedrateError)) throw thrown;
      return { reason: thrown.message, unsaved: trial };
    }
  }
  return null;
}
