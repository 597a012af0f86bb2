/** The time in which all ranks of a group measured. */
import type { RankPart, Window } from './trial-record.js';

const AMOUNTS = ['readBytes', 'writeBytes', 'readOps', 'writeOps'] as const;

/** What the common window is computed from. */
export type TimedPart = Pick<RankPart, 'beganNs' | 'window' | 'checkpoints'>;

/**
 * Returns how much later than the first rank each one began, ns. All are 0 when the start of some rank is unknown: then a
 * barrier started them together.
 */
export function startShifts(parts: readonly Pick<RankPart, 'beganNs'>[]): readonly number[] {
  const began = parts.flatMap(({ beganNs }) => beganNs ?? []);
  if (began.length < parts.length || began.length === 0) return parts.map(() => 0);
  const first = began.reduce((least, ns) => Math.min(least, ns));
  return began.map((ns) => ns - first);
}

/** Returns the window in ns since the start of the first rank. */
function shifted(window: Window, byNs: number): Window {
  const { startNs, endNs, firstDoneNs, lastDoneNs } = window;
  return {
    ...window,
    startNs: startNs + byNs,
    endNs: endNs + byNs,
    firstDoneNs: firstDoneNs + byNs,
    lastDoneNs: lastDoneNs + byNs,
  };
}

/**
 * Returns the time in which all ranks were busy: from the last start to the first end, ns since the first rank's start. The
 * windows are shifted by the starts of their ranks. Bytes and operations of a rank are scaled to the common part of its
 * window, so the throughput of the group is the sum of its ranks' throughputs. A rank that moved nothing is ignored.
 * Windows without a common time measured nothing. If the slowest rank decides, as for a checkpoint, the window is from the
 * first start to the end of the rank that was last, and includes everything that was moved: see `lastEndNs`.
 */
export function commonWindow(parts: readonly TimedPart[]): Window {
  const shifts = startShifts(parts);
  const active = parts.flatMap(({ window, checkpoints }, place) => {
    const { totalReadOps, totalWriteOps, totalEntryOps = 0 } = window;
    const isIdle = totalReadOps + totalWriteOps + totalEntryOps === 0;
    return isIdle ? [] : [{ ...shifted(window, shifts[place] as number), writesNs: checkpoints?.writesNs }];
  });
  const sum = (pick: (window: Window) => number) => active.reduce((total, window) => total + pick(window), 0);
  const most = (pick: (window: Window) => number) => Math.max(0, ...active.map(pick));
  const slowestDecides = active.length > 0 && active.every((window) => window.slowestDecides === true);
  const startNs = slowestDecides
    ? Math.min(...active.map((window) => window.startNs))
    : most((window) => window.startNs);
  const ends = active.map((window) => window.endNs);
  const endNs = active.length === 0 ? 0 : slowestDecides ? lastEndNs(active) : Math.max(startNs, Math.min(...ends));
  const partOf = (window: Window): number => {
    const ownNs = window.endNs - window.startNs;
    return slowestDecides ? 1 : ownNs === 0 ? 0 : (endNs - startNs) / ownNs;
  };
  const [readBytes, writeBytes, readOps, writeOps] = AMOUNTS.map((amount) =>
    sum((window) => Math.round(window[amount] * partOf(window))),
  ) as [number, number, number, number];
  return {
    startNs,
    endNs,
    readBytes,
    writeBytes,
    readOps,
    writeOps,
    firstDoneNs: active.length === 0 ? 0 : Math.min(...active.map(({ firstDoneNs }) => firstDoneNs)),
    lastDoneNs: most(({ lastDoneNs }) => lastDoneNs),
    totalReadBytes: sum(({ totalReadBytes }) => totalReadBytes),
    totalWriteBytes: sum(({ totalWriteBytes }) => totalWriteBytes),
    totalReadOps: sum(({ totalReadOps }) => totalReadOps),
    totalWriteOps: sum(({ totalWriteOps }) => totalWriteOps),
    barrierSkewNs: most(({ barrierSkewNs }) => barrierSkewNs),
    ...(slowestDecides && { slowestDecides }),
    ...(active.some(({ totalEntryOps }) => totalEntryOps !== undefined) && {
      entryOps: sum(({ entryOps = 0 }) => entryOps),
      totalEntryOps: sum(({ totalEntryOps = 0 }) => totalEntryOps),
    }),
  };
}

/** A rank's window, and the time of each of its checkpoints; undefined for other jobs, and where it is not known. */
interface BusyRank extends Pick<Window, 'startNs' | 'endNs'> {
  readonly writesNs: readonly number[] | undefined;
}

/**
 * Returns when the last rank was done. Ranks begin their first checkpoint at their own starts. As all machines of a training
 * would, they begin each later one when all have done the one before, so the slowest rank of each counts.
 */
function lastEndNs(ranks: readonly BusyRank[]): number {
  const known = ranks.flatMap(({ startNs, writesNs }) => (writesNs === undefined ? [] : [{ startNs, writesNs }]));
  if (known.length < ranks.length) return Math.max(...ranks.map(({ endNs }) => endNs));
  let endNs = Math.max(...known.map(({ startNs, writesNs: [first = 0] }) => startNs + first));
  const most = Math.max(...known.map(({ writesNs }) => writesNs.length));
  for (let checkpoint = 1; checkpoint < most; checkpoint++)
    endNs += Math.max(...known.map(({ writesNs }) => writesNs[checkpoint] ?? 0));
  return endNs;
}
