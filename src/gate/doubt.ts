/** Reasons why a cell has no verdict although its test or its interval would give one. */

import { hasValue, type Observation } from '../stats/effect.js';
import type { Measure } from '../stats/measure.js';
import { worstOf } from '../stats/observations.js';
import { type Stalls, stallsOf } from '../stats/stalls.js';

/** What the trials of a cell show beyond the units that are tested. */
export interface Evidence {
  readonly base: SideEvidence;
  readonly candidate: SideEvidence;
  /** The mean over all trials of the candidate, divided by that of the base. NaN if that is undefined. */
  readonly meanRatio: number;
}

export interface SideEvidence extends Stalls {
  /** Sessions with a trial that has no value, although other trials of the arm have one. */
  readonly unvalued: number;
  /** Whether every trial measured nothing. */
  readonly isDead: boolean;
}

/**
 * `noise-floor`: the difference is significant, but not larger than the target's noise floor. `stalled`: stalled sessions
 * change the mean against the verdict. `unvalued`: some sessions have no value, so the others would be survivors.
 * `dead`: neither side measured anything.
 */
export type Doubt =
  | { readonly kind: 'noise-floor'; readonly floor: number }
  | { readonly kind: 'stalled' | 'unvalued'; readonly sessions: number; readonly of: number }
  | { readonly kind: 'dead' };

/** Returns the evidence of the two sides' trials for one measure. */
export function evidenceOf(
  base: readonly Observation[],
  candidate: readonly Observation[],
  measure: Measure,
): Evidence {
  const side = (observed: readonly Observation[]): SideEvidence => {
    const valued = observed.filter(hasValue);
    const without = new Set(observed.filter((one) => !hasValue(one)).map(({ session }) => session));
    return {
      ...stallsOf(observed, measure.metric.better),
      unvalued: valued.length === 0 ? 0 : without.size,
      isDead: valued.length > 0 && valued.every(({ value }) => value === worstOf(measure)),
    };
  };
  return { base: side(base), candidate: side(candidate), meanRatio: meanOf(candidate) / meanOf(base) };
}

function meanOf(observed: readonly Observation[]): number {
  const valued = observed.filter(hasValue);
  return valued.reduce((sum, { value }) => sum + value, 0) / valued.length;
}

/** Returns the doubt that the evidence casts on a verdict at this bound of the logarithm, or null. */
export function doubtOf(
  { base, candidate, meanRatio }: Evidence,
  verdict: 'regression' | 'improvement' | 'equivalent' | 'inconclusive',
  better: Measure['metric']['better'],
  bound: number,
): Doubt | null {
  if (base.isDead && candidate.isDead) return { kind: 'dead' };
  const worstUnvalued = base.unvalued > candidate.unvalued ? base : candidate;
  if (worstUnvalued.unvalued > 0) {
    return { kind: 'unvalued', sessions: worstUnvalued.unvalued, of: worstUnvalued.sessions };
  }
  const excess = shareOf(candidate) - shareOf(base);
  if (excess === 0) return null;
  const goodness = (better === 'higher' ? 1 : -1) * Math.log(meanRatio);
  // The side that stalled more must have the worse mean. Otherwise stalls do not explain it.
  // Two means of ∞ have no ratio. Then the side that stalled more counts as the worse one.
  const said = Number.isNaN(goodness) || (excess > 0 ? goodness < -bound : goodness > bound);
  const agrees = verdict === (excess > 0 ? 'regression' : 'improvement');
  if (!said || agrees) return null;
  const { stalled, sessions } = excess > 0 ? candidate : base;
  return { kind: 'stalled', sessions: stalled, of: sessions };
}

function shareOf({ stalled, sessions }: Stalls): number {
  return sessions === 0 ? 0 : stalled / sessions;
}
