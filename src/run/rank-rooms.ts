/** What the machines of a group have for `feedrate feed`. One process is a group of one rank. */
import { FeedrateError } from '../base/errors.js';
import { rankText } from '../base/rank-text.js';
import type { NetworkLimits } from '../host/network-limits.js';
import type { FeedRoom } from '../plan/feed-data.js';

/** What one rank has, as long as it is alone on its host. */
export interface RankRoom {
  readonly host: string;
  /** Identifies what was asked of it, and the storage of its target: equal for ranks that share it. */
  readonly asked: string;
  readonly storage: string;
  /** Room for data; null: the data exists. */
  readonly room: FeedRoom | null;
  /** Threads that may read at the same time, and processors. */
  readonly threads: number;
  readonly cores: number;
  readonly network: NetworkLimits | null;
}

/** What each rank of a group can count on, and the room for the data that they read together. */
export interface CommonRoom extends Omit<RankRoom, 'host' | 'asked' | 'storage'> {
  readonly ranks: number;
  readonly hosts: number;
}

/**
 * Returns what each rank can count on. Ranks of one host share its threads, processors and network. All ranks do the same, so
 * the one that has least decides.
 * @param rooms of each rank, at least one
 * @throws FeedrateError `usage` when the ranks were not asked the same
 */
export function commonRoom(rooms: readonly RankRoom[]): CommonRoom {
  const [first] = rooms as [RankRoom];
  const other = rooms.findIndex(({ asked }) => asked !== first.asked);
  if (other >= 0) {
    const who = `${rankText(other, rooms[other]?.host)} and ${rankText(0, first.host)}`;
    throw new FeedrateError('usage', `${who} have other options; start them all with the same command`);
  }
  const onHost = (host: string): number => rooms.filter((each) => each.host === host).length;
  const least = (of: (room: RankRoom) => number): number => Math.min(...rooms.map(of));
  const share = (of: (room: RankRoom) => number): number => least((room) => of(room) / onHost(room.host));
  return {
    ranks: rooms.length,
    hosts: new Set(rooms.map(({ host }) => host)).size,
    room: commonFeedRoom(rooms),
    threads: Math.max(2, Math.floor(share(({ threads }) => threads))),
    cores: share(({ cores }) => cores),
    network: rooms.every(({ network }) => network !== null)
      ? {
          linkBytesPerSecond: leastKnown(share(({ network }) => network?.linkBytesPerSecond ?? Number.NaN)),
          connectionBytesPerSecond: leastKnown(least(({ network }) => network?.connectionBytesPerSecond ?? Number.NaN)),
          connections: leastKnown(share(({ network }) => network?.connections ?? Number.NaN)),
        }
      : null,
  };
}

/** A limit that some rank does not know is not known. */
function leastKnown(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** The data must fit everywhere. Ranks that share the storage lay it out together, others each for themselves. */
function commonFeedRoom(rooms: readonly RankRoom[]): FeedRoom | null {
  const each = rooms.flatMap(({ room }) => room ?? []);
  const [first] = each;
  if (first === undefined) return null;
  const least = (of: (room: FeedRoom) => number): number => Math.min(...each.map(of));
  const memory = least(({ memoryBytes }) => memoryBytes ?? Number.POSITIVE_INFINITY);
  const isShared = rooms.every(({ storage }) => storage === rooms[0]?.storage);
  const together = isShared ? rooms.length : 1;
  const layouts = each.flatMap(({ rates }) => rates?.layout ?? []);
  return {
    totalBytes: least(({ totalBytes }) => totalBytes),
    freeBytes: least(({ freeBytes }) => freeBytes),
    memoryBytes: memory === Number.POSITIVE_INFINITY ? null : memory,
    rates: first.rates && {
      ...first.rates,
      layout: {
        ...first.rates.layout,
        fileNs: Math.max(...layouts.map(({ fileNs }) => fileNs)) / together,
        bytesPerSecond: Math.min(...layouts.map(({ bytesPerSecond }) => bytesPerSecond)) * together,
      },
    },
    budgetNs: first.budgetNs,
  };
}
