/** Compares the clocks of a group's machines by the meetings of their ranks. */

import { monotonicNs } from '../engine/core/clock.js';
import type { GroupMember } from '../record/group-record.js';
import { wallShiftNs } from '../trial/common-start.js';
import type { RankMeetings } from './rank-meetings.js';

/** Meetings whose times are compared. */
const ROUNDS = 5;

/** When a rank went to a meeting and left it, on its monotonic clock, ns, and what to add to have ns since 1970. */
export interface MeetingTimes {
  readonly enteredNs: number;
  readonly leftNs: number;
  readonly wallShiftNs: number;
}

/** How far a monotonic clock is ahead of that of rank 0, ns, and how far that may be wrong. */
interface Offset {
  readonly offsetNs: number;
  readonly errorNs: number;
}

/**
 * Returns how far the monotonic clock of a rank is ahead of that of rank 0. Nobody leaves a meeting before everybody has come,
 * so each meeting gives a least and a greatest offset: what the rank read as it came, minus what rank 0 read as it left, and
 * what the rank read as it left, minus what rank 0 read as it came. The true offset is between the tightest of them.
 * @param rounds the times of the ranks in each meeting, at least one
 */
export function offsetOf(rounds: readonly (readonly MeetingTimes[])[], rank: number): Offset {
  if (rank === 0) return { offsetNs: 0, errorNs: 0 };
  const bounds = rounds.map((times) => {
    const [first, own] = [times[0], times[rank]] as [MeetingTimes, MeetingTimes];
    return { least: own.enteredNs - first.leftNs, most: own.leftNs - first.enteredNs };
  });
  const least = Math.max(...bounds.map((bound) => bound.least));
  const most = Math.min(...bounds.map((bound) => bound.most));
  // A clock that was set between two meetings makes them contradict each other.
  return { offsetNs: Math.round((least + most) / 2), errorNs: Math.round(Math.abs(most - least) / 2) };
}

/** The machines of a group, and what to add to this machine's `monotonicNs()` to have the time of rank 0. */
export interface ComparedClocks {
  readonly members: readonly GroupMember[];
  readonly clockShiftNs: number;
}

/** Meets some times and compares the clocks. Throws as `RankMeetings.exchange` does. */
export async function compareClocks(meetings: RankMeetings, hosts: readonly string[]): Promise<ComparedClocks> {
  const rounds: MeetingTimes[][] = [];
  let last = '';
  for (let round = 0; round <= ROUNDS; round++) {
    const { texts, enteredNs, leftNs } = await timedMeeting(meetings, 'clocks', last);
    if (round > 0) rounds.push(texts.map((text) => JSON.parse(text) as MeetingTimes));
    last = JSON.stringify({ enteredNs, leftNs, wallShiftNs: wallShiftNs() });
  }
  return comparedClocks(rounds, hosts, meetings.group.rank);
}

/** Returns what the meetings say of the clocks, for one rank. */
export function comparedClocks(
  rounds: readonly (readonly MeetingTimes[])[],
  hosts: readonly string[],
  ownRank: number,
): ComparedClocks {
  const times = rounds[0] as readonly MeetingTimes[];
  const first = times[0] as MeetingTimes;
  const members = hosts.map((host, rank): GroupMember => {
    const { offsetNs, errorNs } = offsetOf(rounds, rank);
    const { wallShiftNs: shiftNs } = times[rank] as MeetingTimes;
    return { rank, host, clockOffsetNs: offsetNs + shiftNs - first.wallShiftNs, clockErrorNs: errorNs };
  });
  return { members, clockShiftNs: first.wallShiftNs - offsetOf(rounds, ownRank).offsetNs };
}

/** When this rank went to a meeting and left it, on its monotonic clock, ns. */
async function timedMeeting(
  meetings: RankMeetings,
  at: string,
  text: string,
): Promise<{ readonly texts: readonly string[]; readonly enteredNs: number; readonly leftNs: number }> {
  const enteredNs = monotonicNs();
  const texts = await meetings.exchange(at, text);
  return { texts, enteredNs, leftNs: meetings.group.leftNs };
}
