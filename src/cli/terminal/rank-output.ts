/** What the ranks of a group print, and the exit status that they have in common. */
import { EXIT, FeedrateError } from '../../base/errors.js';
import { INTERRUPTIONS } from '../../base/interruptions.js';
import { rankText } from '../../base/rank-text.js';
import { ignoreSignals } from '../../host/system/ignore-signals.js';
import { groupFrom } from '../options/group-options.js';
import type { RawRankOptions, RequestedRanks } from '../options/rank-options.js';
import { describeFailure } from '../output/failure.js';
import { tell } from '../output/print.js';
import { leaveSignalsToTheKernel, onSignal } from './signals.js';

/**
 * Does the work of a rank, and returns the exit status that all ranks of its group have in common. Rank 0 reports for all.
 * The other ranks print only faults of their own, with rank and host.
 * @param directory where the ranks meet, unless an option says another place
 * @param work is given the group, or nothing for a process that works alone, and returns its status
 */
export async function asRank(
  raw: RawRankOptions,
  directory: string,
  work: (ranks: RequestedRanks) => Promise<number>,
): Promise<number> {
  const { rankFiles: files = null } = raw;
  const chosen = await groupFrom(raw, directory, tell);
  if (chosen === null) {
    if (files !== null)
      throw new FeedrateError('usage', `--rank-files ${files}: this process has no group; leave it out`);
    return work({});
  }
  const { group, startTime } = chosen;
  if (startTime !== null) return work({ startAt: { startTime, files } });
  if (group.size === 1) return work({}).finally(() => group.close());
  const { RankMeetings } = await import('../../run/rank-meetings.js');
  const meetings = new RankMeetings(group);
  let status: number = EXIT.measurementFailed;
  try {
    status = await meetings.shareStatus(await work({ group: { meetings, files } }));
  } catch (thrown) {
    await meetings.refuse(thrown);
    const { lines, status: own } = describeFailure(thrown, process.env['FEEDRATE_DEBUG'] === '1');
    if (meetings.reports(thrown)) for (const line of lines) tell(withRank(line, group.rank, group.host));
    status = await meetings.shareStatus(own);
    return status;
  } finally {
    const { over, isBroken } = meetings;
    // Rank 0 may be the one that is gone.
    const isTold = group.rank === 0 || (isBroken && group.rank === 1);
    if (isTold && over?.reason != null && !meetings.isToldAlready)
      tell(`feedrate: the group has ended: ${over.reason}`);
    process.exitCode = status;
    if (status !== EXIT.pass) ignoreFurtherSignals();
    await group.close();
  }
  return status;
}

/**
 * Some launchers send signals to all other ranks whenever one has ended with a fault. This rank has its status then, and only
 * removes files.
 */
function ignoreFurtherSignals(): void {
  if (!ignoreSignals(INTERRUPTIONS, leaveSignalsToTheKernel)) onSignal(() => {});
}

function withRank(line: string, rank: number, host: string): string {
  return rank === 0 ? line : line.replace(/^feedrate: |^/, `feedrate: ${rankText(rank, host)}: `);
}
