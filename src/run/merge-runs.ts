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
import type { RankMeetings } from './rank-meetings.js';
import { type Conducted, keepTables } from './sessions.js';

/**
 * Merges what the ranks of a group have written, also of one that ended early, and ends the run of the group.
 * @param whole the run of the group, without trials
 */
export function endGroupRun(whole: RunStore, meetings: RankMeetings, listener: RunListener): Conducted {
  const { over } = meetings;
  const group = whole.run.group as GroupRecord;
  const merged = mergedTrials(
    group.members.map(({ rank }) => ({ rank, directory: join(whole.directory, rankDirectory(rank)) })),
  );
  const trials: TrialRecord[] = [];
  const lost = appendAll(whole, merged, trials);
  for (const problem of merged.problems) listener.note?.(problem);
  const status: RunEnd = over === null || over.end === 'complete' ? 'complete' : endOf(meetings, over.end);
  const finished = whole.finish(
    status,
    lost,
    over?.reason == null ? {} : { group: { ...group, problem: over.reason } },
  );
  if (finished.problem !== null) listener.note?.(finished.problem);
  // A thousand ranks write ten megabytes a trial, which need not be read again.
  const stored = readRun(finished.directory, [], lost === null ? { trials, problems: [] } : undefined);
  const run = { ...stored, run: stored.run ?? finished.run };
  keepTables(finished.directory, run, listener);
  return { run, status: finished.problem === null ? status : 'failed' };
}

/** A rank that failed by its own fault fails the run. One that died, or was stopped, aborts it. */
function endOf(meetings: RankMeetings, end: 'stopped' | 'failed'): RunEnd {
  return end === 'failed' && !meetings.isBroken ? 'failed' : 'aborted';
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
