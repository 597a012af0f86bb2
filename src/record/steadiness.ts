/** Judges whether a trial's throughput was steady, from its whole seconds. Single outliers do not matter. */
import { mean, median, quantile, sum } from 'simple-statistics';
import type { SeriesPoint, Window } from './trial-record.js';

/** Significance level of a step. It takes at least 14 seconds to reach it. */
const STEP_P = 0.01;
/** Least drop that counts as a step. Exhausted burst credits and write caches cause far more, noise seldom as much. */
const STEP_SHARE = 0.2;
/**
 * SNIA's Solid State Storage Performance Test Specification: five rounds, range ≤ 20 % and slope ≤ 10 % of the mean.
 */
const ROUNDS = 5;
const RANGE_SHARE = 0.2;
const SLOPE_SHARE = 0.1;
/** Seconds are noisier than SNIA's rounds of a minute: differences within this many standard errors are noise. */
const SLOPE_ERRORS = 6;
const RANGE_ERRORS = 12;
const LEAST_SECONDS_OF_ROUND = 2;
const WHOLE_SECOND_NS = 1e9;

/** Returns the bytes of each whole second within the measured window, in order. */
export function wholeSeconds(series: readonly SeriesPoint[], window: Window): number[] {
  return secondsWithin(series, window).map(({ readBytes, writeBytes }) => readBytes + writeBytes);
}

/** Returns the whole seconds within the measured window, in order. */
export function secondsWithin(series: readonly SeriesPoint[], { startNs, endNs }: Window): SeriesPoint[] {
  return series
    .filter((point) => point.durationNs >= WHOLE_SECOND_NS)
    .filter((point) => point.startNs >= startNs && point.startNs + point.durationNs <= endNs);
}

export interface StepDown {
  /** Seconds before the step. */
  readonly at: number;
  /** Medians, bytes per second. */
  readonly before: number;
  readonly after: number;
}

/**
 * Returns the second at which throughput dropped for good, or null. All of these must hold:
 * - Pettitt's test (1979), which uses only the ranks of the seconds: for K, the largest of
 *   U(t) = U(t−1) + Σⱼ sgn(xₜ − xⱼ), p ≈ exp(−6K²/(n³+n²)) ≤ 0.01;
 * - the median drops by 20 % or more;
 * - the interquartile ranges before and after do not overlap;
 * - two levels fit the series better than a line.
 */
export function stepDown(rates: readonly number[]): StepDown | null {
  const n = rates.length;
  let at = 0;
  let largest = 0;
  let u = 0;
  for (let t = 1; t < n; t++) {
    const rate = rates[t - 1] as number;
    for (const other of rates) u += Math.sign(rate - other);
    if (u > largest) [largest, at] = [u, t];
  }
  if (at === 0 || Math.exp((-6 * largest ** 2) / (n ** 3 + n ** 2)) > STEP_P) return null;
  const [first, second] = [rates.slice(0, at), rates.slice(at)];
  const [before, after] = [median(first), median(second)];
  if (after > (1 - STEP_SHARE) * before || quantile(second, 0.75) >= quantile(first, 0.25)) return null;
  const stepError = squaredError(first, () => mean(first)) + squaredError(second, () => mean(second));
  return stepError < lineThrough(rates).error ? { at, before, after } : null;
}

export interface Unsteady {
  /** Number of seconds examined: the second half of the measured ones. */
  readonly seconds: number;
  /** Rise (above 0) or fall of the fitted line over these seconds, relative to their mean. */
  readonly slope: number;
  /** Range of the means of the five rounds, relative to the mean of the seconds. */
  readonly range: number;
}

/**
 * Returns how the second half of these seconds deviates from a steady state by SNIA's rule; null if it does not, and
 * for fewer than 20 seconds. It is unsteady if the means of its five rounds range over more than 20 % of the mean, or
 * if the least-squares line rises or falls by more than 10 % of it. Deviations that noise explains do not count: a
 * slope within 6 standard errors, or a range within 12 standard errors of a round's mean.
 */
export function unsteadiness(rates: readonly number[]): Unsteady | null {
  const length = Math.floor(rates.length / 2 / ROUNDS);
  if (length < LEAST_SECONDS_OF_ROUND) return null;
  const last = rates.slice(-length * ROUNDS);
  const level = mean(last as number[]);
  if (!(level > 0)) return null;
  const n = last.length;
  const { slope, error } = lineThrough(last);
  const slopeError = Math.sqrt(error / (n - 2) / ((n * (n * n - 1)) / 12));
  const rounds = Array.from({ length: ROUNDS }, (_, round) => last.slice(round * length, (round + 1) * length));
  const means = rounds.map((round) => mean(round));
  const within = sum(rounds.map((round) => squaredError(round, () => mean(round)))) / (n - ROUNDS);
  const range = Math.max(...means) - Math.min(...means);
  const slopes = Math.abs(slope) * (n - 1) > SLOPE_SHARE * level && Math.abs(slope) > SLOPE_ERRORS * slopeError;
  const ranges = range > RANGE_SHARE * level && range > RANGE_ERRORS * Math.sqrt(within / length);
  return slopes || ranges ? { seconds: n, slope: (slope * (n - 1)) / level, range: range / level } : null;
}

/** Fits a least-squares line through values at 0, 1, 2 …; returns its slope and the sum of squared residuals. */
function lineThrough(values: readonly number[]): { slope: number; error: number } {
  const n = values.length;
  const centre = (n - 1) / 2;
  const level = mean(values as number[]);
  const slope = sum(values.map((value, index) => (index - centre) * (value - level))) / ((n * (n * n - 1)) / 12);
  return { slope, error: squaredError(values, (index) => level + slope * (index - centre)) };
}

function squaredError(values: readonly number[], fitted: (index: number) => number): number {
  return sum(values.map((value, index) => (value - fitted(index)) ** 2));
}
