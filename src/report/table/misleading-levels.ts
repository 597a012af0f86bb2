import type { Unit } from '../../base/metrics.js';
import { difference, logRatio } from '../../stats/extended.js';
import { formatValue } from './format.js';

/** The change may be this part of itself away from the ratio of the levels before a reader would ask why. */
const TOLERATED = 0.1;

/** A change that was found pair by pair, and the levels that are shown beside it. */
export interface ShownChange {
  /** candidate / base, from pairs. */
  readonly ratio: number;
  readonly base: number;
  readonly candidate: number;
}

/**
 * Returns whether the levels do not show the change: they differ in the other direction, or by clearly more or less. The
 * levels are medians over units that may differ more among themselves than the two sides do.
 * @param minEffect the smallest part of the base that matters
 */
export function levelsMislead({ ratio, base, candidate }: ShownChange, unit: Unit, minEffect: number): boolean {
  const [change, levels] = [Math.log(ratio), logRatio(candidate, base)];
  const isOpposite = change * levels < 0 && formatValue(base, unit) !== formatValue(candidate, unit);
  const tolerated = Math.max(-Math.log(1 - minEffect), TOLERATED * Math.abs(change));
  return isOpposite || Math.abs(difference(change, levels)) > tolerated;
}
