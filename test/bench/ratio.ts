/** What the rounds of a cell say of feedrate against another side. */
import { median } from 'simple-statistics';
import type { Measures, Round, Side } from './measures.js';

export type Metric = 'iops' | 'cpuPerOpNs' | 'p50Ns' | 'p99Ns' | 'p999Ns';

/** With fewer rounds even their whole range holds the true median with less than 95 %. */
const LEAST_ROUNDS = 6;
const MISSES = 0.05;

/** Of the rounds' ratios feedrate / other. */
export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Holds the true median with at least 95 %; null with fewer than 6 rounds. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly rounds: number;
}

/** Median, range and interval of some numbers; null of none. */
export function ratioOfNumbers(numbers: readonly number[]): Ratio | null {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) return null;
  const cut = sorted.length < LEAST_ROUNDS ? null : ranksCut(sorted.length);
  const interval =
    cut === null ? null : { low: sorted[cut] as number, high: sorted[sorted.length - 1 - cut] as number };
  return { median: median(sorted), min, max, interval, rounds: sorted.length };
}

/**
 * How many of n ordered values an interval may leave out at each end: the largest k for which the true median lies
 * outside with 2·P(Binomial(n, ½) ≤ k - 1) ≤ 5 %, minus 1. Order statistics assume nothing but that the rounds are
 * independent (Conover, Practical Nonparametric Statistics, 3.2). n ≥ 6.
 */
function ranksCut(n: number): number {
  let term = 0.5 ** n;
  let below = term;
  let k = 0;
  while (2 * below <= MISSES) {
    k++;
    term *= (n - k + 1) / k;
    below += term;
  }
  return k - 1;
}

/** Both sides of a round met the same state of the machine: hence ratios first, the median after. Null when no round has both. */
export function ratioOf(rounds: readonly Round[], metric: Metric, other: Side): Ratio | null {
  const of = (measures: Measures | null): number => measures?.[metric] ?? Number.NaN;
  return ratioOfNumbers(
    rounds.map(({ sides }) => of(sides.feedrate) / of(sides[other])).filter((ratio) => Number.isFinite(ratio)),
  );
}
