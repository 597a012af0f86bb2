/** Trials → the values that inference uses. This is the only place that decides which trials have one. */
import type { RankPart, TrialRecord } from '../record/trial-record.js';
import { windowBytes, windowNs, windowOps } from '../record/trial-values.js';
import type { Observation } from './effect.js';
import { type Measure, measuredOnce } from './measure.js';

/** Returns whether a trial ran, but no operation ended while all workers were busy. */
function movedNothing(trial: Pick<RankPart, 'window' | 'stated'>): boolean {
  if (trial.stated !== undefined) return false;
  return !(windowNs(trial) > 0) || (windowOps(trial) === 0 && windowBytes(trial) === 0);
}

/** Returns the worst value, that of a trial that ran and measured nothing: 0 if higher is better, else ∞. */
export function worstOf({ metric }: Pick<Measure, 'metric'>): number {
  return metric.better === 'higher' ? 0 : Number.POSITIVE_INFINITY;
}

/**
 * Returns one observation per counted trial of an arm. A trial that measured nothing has the worst value, unless the
 * arm's other trials show that it never has this metric, or it is a metric of phases or of training and the trial has none.
 */
export function observationsOf(measure: Measure, counted: readonly TrialRecord[]): Observation[] {
  const worst = worstOf(measure);
  const observed = counted.map((trial) => {
    const isNothing = movedNothing(trial);
    const part = measure.metric.distribution ? undefined : measure.metric.onlyWith;
    const isOther = part !== undefined && trial[part] === undefined && trial.stated === undefined;
    const value = isOther ? Number.NaN : isNothing ? worst : measuredOnce(measure, trial);
    // A latency of 0 is below the clock's resolution. Its logarithm would be infinitely good.
    const isValue = value === worst || (value > 0 && Number.isFinite(value));
    return { session: trial.session, round: trial.round, value: isValue ? value : Number.NaN, isNothing };
  });
  const others = observed.filter(({ isNothing }) => !isNothing);
  const isForeign = others.length > 0 && others.every(({ value }) => Number.isNaN(value));
  return observed.map(({ session, round, value }) => ({ session, round, value: isForeign ? Number.NaN : value }));
}
