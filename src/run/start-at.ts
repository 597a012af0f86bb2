/** Starts a run at a set time. Machines that cannot meet begin together by their clocks, and their runs are merged later. */
import { hostname } from 'node:os';
import { formatDurationNs } from '../base/units.js';
import { monotonicNs } from '../engine/core/clock.js';
import type { GroupRecord } from '../record/group-record.js';
import { type Meet, wallShiftNs } from '../trial/common-start.js';
import type { SessionMeetings } from './rank-meetings.js';
import type { SetStart } from './request.js';
import type { RankOfRun } from './sessions.js';

/** Workers wake up within it. */
const LEAD_NS = 1_000_000;

/** Returns this rank, whose first trial begins at the set time, or at once if that has passed. Later ones follow at once. */
export function rankStartingAt(
  { startTime, files }: SetStart,
  targets: readonly string[],
  note: (text: string) => void,
): RankOfRun {
  const { rank, size } = startTime.place ?? { rank: 0, size: 1 };
  const clockShiftNs = wallShiftNs();
  return {
    place: { rank, size, host: hostname(), files, clockShiftNs, sharedTargets: size === 1 ? [] : targets },
    meetings: timedStart(startTime.atMs * 1e6 - clockShiftNs, note),
    liveDirectory: null,
  };
}

/** Returns the record of a rank that has met nobody. */
export function recordOfLone({ startTime, files }: SetStart): GroupRecord | undefined {
  if (startTime.place === null) return undefined;
  const { rank, size } = startTime.place;
  const member = { rank, host: hostname(), clockOffsetNs: null, clockErrorNs: null };
  return { launcher: 'none', size, files, rank, members: [member] };
}

/** @param firstNs when the first trial begins, on the monotonic clock */
function timedStart(firstNs: number, note: (text: string) => void): SessionMeetings {
  let isFirst = true;
  const forSession: Meet = async (purpose, text) => {
    const soonNs = monotonicNs() + LEAD_NS;
    if (purpose.at === 'layout' || !isFirst) return { texts: [text], startNs: soonNs };
    isFirst = false;
    if (soonNs > firstNs)
      note(`the first trial begins ${formatDurationNs(soonNs - firstNs)} after --start-at: preparation took that long`);
    return { texts: [text], startNs: Math.max(soonNs, firstNs) };
  };
  return {
    over: null,
    isEndedByOther: false,
    attend: () => {},
    forSession,
    end: async (end) => ({ end, reason: null, rank: null }),
    abandon: () => {},
  };
}
