/** Starts a run at a set time. Machines that cannot meet begin together by their clocks, and their runs are merged later. */
import { hostname } from 'node:os';
import { formatDurationNs } from '../base/units.js';
import { monotonicNs } from '../engine/core/clock.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { measureServerClock } from '../host/server-clock.js';
import type { Target } from '../plan/plan.js';
import type { GroupRecord, ServerClockRecord } from '../record/group-record.js';
import { type Meet, wallShiftNs } from '../trial/common-start.js';
import { storageOf } from './rank-facts.js';
import type { SessionMeetings } from './rank-meetings.js';
import type { SetStart } from './request.js';
import type { RankOfRun } from './sessions.js';

/** Workers wake up within it. */
const LEAD_NS = 1_000_000;

/** A rank that begins at a set time, and what is recorded of it: nothing if it has no place among others. */
interface StartingRank {
  readonly rank: RankOfRun;
  readonly group: GroupRecord | null;
}

/** Returns this rank, whose first trial begins at the set time, or at once if that has passed. Later ones follow at once. */
export function rankStartingAt(
  { startTime, files }: SetStart,
  targets: readonly Target[],
  note: (text: string) => void,
): StartingRank {
  const { rank, size } = startTime.place ?? { rank: 0, size: 1 };
  const clockShiftNs = wallShiftNs();
  const host = hostname();
  const sharedTargets = size === 1 ? [] : targets.map(({ name }) => name);
  const member = { rank, host, clockOffsetNs: null, clockErrorNs: null };
  const group = (): GroupRecord => {
    const serverClock = serverClockOf(targets[0] as Target, clockShiftNs);
    const members = [{ ...member, ...(serverClock !== null && { serverClock }) }];
    return { launcher: 'none', size, files, rank, members };
  };
  return {
    group: startTime.place === null ? null : group(),
    rank: {
      place: { rank, size, host, files, clockShiftNs, sharedTargets },
      meetings: timedStart(startTime.atMs * 1e6 - clockShiftNs, note),
      liveDirectory: null,
    },
  };
}

/** Compares this machine's clock with that of a target's server, which other machines may have in common with it. */
function serverClockOf(target: Target, clockShiftNs: number): ServerClockRecord | null {
  if (isNfsUrl(target.path)) return null;
  const clock = measureServerClock(target.path, () => monotonicNs() + clockShiftNs);
  return clock === null ? null : { server: storageOf(target), ...clock };
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
