/** The seconds of a trial in which next to nothing happened. */
import { median } from 'simple-statistics';
import { secondsWithin } from '../record/steadiness.js';
import type { SeriesPoint, TrialRecord } from '../record/trial-record.js';

/** A stalled second has less than this part of the operations of a typical one. */
const STALLED_SHARE = 0.1;
/**
 * With fewer operations in a typical second, chance makes such seconds: of 20 on average, 2 or fewer occur in one of two
 * million (Poisson).
 */
const LEAST_OPERATIONS = 20;

/** A time without progress, ns since the common start of the trial. */
export interface Stall {
  readonly fromNs: number;
  readonly toNs: number;
}

/** Returns the stalls of at least a whole second within the measured window, in their order. */
export function stallsWithin({ series, window }: Pick<TrialRecord, 'series' | 'window'>): Stall[] {
  const seconds = secondsWithin(series, window);
  if (!mayStall(seconds)) return [];
  const typical = median(seconds.map(({ ops }) => ops));
  if (typical < LEAST_OPERATIONS) return [];
  const stalls: { fromNs: number; toNs: number }[] = [];
  for (const second of seconds) {
    if (second.ops >= STALLED_SHARE * typical) continue;
    const last = stalls.at(-1);
    if (last !== undefined && last.toNs === second.startNs) last.toNs = endOf(second);
    else stalls.push({ fromNs: second.startNs, toNs: endOf(second) });
  }
  return stalls;
}

/** The typical second is no busier than the busiest one. Most trials end here, without being sorted for their median. */
function mayStall(seconds: readonly SeriesPoint[]): boolean {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const { ops } of seconds) {
    if (ops < least) least = ops;
    if (ops > most) most = ops;
  }
  return least < STALLED_SHARE * most;
}

function endOf({ startNs, durationNs }: SeriesPoint): number {
  return startNs + durationNs;
}
