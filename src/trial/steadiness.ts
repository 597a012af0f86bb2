/** Did a trial's throughput hold? Judged on its whole seconds, of which single ones may be anything. */
import { mean, median, quantile, sum } from 'simple-statistics';
import type { SeriesPoint, Window } from '../record/trial-record.js';

/** Below this chance a step is not the order that noise happened to have. With it 14 seconds are the fewest that can tell. */
const STEP_P = 0.01;
/** What burst credits or a write cache leave behind is far below this; neighbours and noise seldom are for long. */
const STEP_SHARE = 0.2;
/** SNIA's Solid State Storage Performance Test Specification: five rounds, a range ≤ 20 % and a slope ≤ 10 % of their mean. */
const ROUNDS = 5;
const RANGE_SHARE = 0.2;
const SLOPE_SHARE = 0.1;
/** Seconds are noisier than SNIA's rounds of a minute: what is within so many standard errors is noise. */
const SLOPE_ERRORS = 6;
const RANGE_ERRORS = 12;
const LEAST_SECONDS_OF_ROUND = 2;
const WHOLE_SECOND_NS = 1e9;

/** Bytes per second of the whole seconds within the measured window, in their order. */
export function wholeSeconds(series: readonly SeriesPoint[], { startNs, endNs }: Window): number[] {
  return series
    .filter((point) => point.durationNs >= WHOLE_SECOND_NS)
    .filter((point) => point.startNs >= startNs && point.startNs + point.durationNs <= endNs)
    .map(({ readBytes, writeBytes }) => readBytes + writeBytes);
}

export interface StepDown {
  /** Seconds before the step. */
  readonly at: number;
  /** Medians, bytes per second. */
  readonly before: number;
  readonly after: number;
}

/**
 * The place where throughput stepped down for good, or null. Pettitt's test (1979), which knows only which of
 * two seconds is the faster: of U(t) = U(t−1) + Σⱼ sgn(xₜ − xⱼ) the largest, K, has p ≈ exp(−6K²/(n³+n²)) ≤ 0.01. Moreover the
 * median falls by 20 % or more, the quartiles of before and after do not meet, and two levels fit better than a slope.
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
  /** Seconds that were looked at: the last half of the measured ones. */
  readonly seconds: number;
  /** Relative to their mean: rise (above 0) or fall of the fitted line over them, and range of the five rounds. */
  readonly slope: number;
  readonly range: number;
}

/**
 * Why the last half of these seconds is no steady state by SNIA's rule, or null: cut into five rounds, their means range
 * over more than 20 % of the mean, or the least-squares line through the seconds rises or falls by more than 10 % of it.
 * What the noise of single seconds explains is not told: a slope within 6 standard errors, a range within 12 of a round's
 * mean. Null for fewer than 20 seconds.
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

/** The least-squares line through values at 0, 1, 2 …: its slope, and the sum of the squared distances from it. */
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
