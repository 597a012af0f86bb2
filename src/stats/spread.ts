import { ascending, difference, medianOf, quantileOfSorted } from './extended.js';

/** The spread of the values of trials. It is descriptive: the trial is the unit, and outliers are included. */
export interface Spread {
  readonly n: number;
  /** In the order of the trials. */
  readonly values: readonly number[];
  readonly min: number;
  /** Quartiles by linear interpolation (type 7 of Hyndman and Fan, as numpy and R do by default). */
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly max: number;
  /** Median absolute deviation, not scaled. Multiply it by 1.4826 to compare it with a standard deviation. */
  readonly mad: number;
  /** 95 % interval of the median. Both ends are infinite for fewer than six trials. */
  readonly medianLow: number;
  readonly medianHigh: number;
}

/** Returns the spread of the values, or null without any. NaN means no value and is left out. ∞ is a value. */
export function spreadOf(values: readonly number[]): Spread | null {
  const measured = values.filter((value) => !Number.isNaN(value));
  if (measured.length === 0) return null;
  const sorted = [...measured].sort(ascending);
  const interval = medianInterval(sorted);
  const median = quantileOfSorted(sorted, 0.5);
  return {
    n: sorted.length,
    values: measured,
    min: sorted[0] as number,
    q1: quantileOfSorted(sorted, 0.25),
    median,
    q3: quantileOfSorted(sorted, 0.75),
    max: sorted.at(-1) as number,
    mad: medianOf(sorted.map((value) => Math.abs(difference(value, median)))),
    medianLow: interval.low,
    medianHigh: interval.high,
  };
}

/**
 * Returns the narrowest order-statistic interval [x(l), x(n+1−l)] that covers the median with at least
 * `confidence`, or [−∞, ∞] when even [min, max] does not. With K ~ Bin(n, ½) values below the median,
 * the coverage is P(l ≤ K ≤ n−l) for any distribution.
 */
export function medianInterval(sorted: readonly number[], confidence = 0.95): { low: number; high: number } {
  const n = sorted.length;
  const tail = (1 - confidence) / 2;
  let order = 0;
  let logTerm = -n * Math.LN2;
  let below = Math.exp(logTerm);
  while (below <= tail && order < n / 2) {
    order++;
    logTerm += Math.log((n - order + 1) / order);
    below += Math.exp(logTerm);
  }
  if (order === 0) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return { low: sorted[order - 1] as number, high: sorted[n - order] as number };
}
