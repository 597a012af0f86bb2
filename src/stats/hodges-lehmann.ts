import { mannWhitneyNull, type RankNull, signedRankNull } from './rank-null.js';

/** A tail probability that misses a bound by less than this part of it is only rounded differently. */
const ROUNDING = 1e-12;

/** Where a location lies. Both ends are infinite when there are too few values for the confidence asked for. */
export interface LocationInterval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** What the interval has: at least what was asked for, as order statistics come in steps. 1 when it is infinite. */
  readonly confidence: number;
}

/**
 * The location of paired differences (Hodges & Lehmann 1963): the median of the Walsh averages (dᵢ+dⱼ)/2, i ≤ j. Its
 * interval is that of all shifts which the exact signed-rank test does not reject: the Walsh averages at the quantiles
 * of V, as in R's `wilcox.test(conf.int=TRUE, exact=TRUE)`; conservative where differences are tied. Of logarithms,
 * exp() of it is a ratio. Normal quantiles beyond 400 differences.
 * Throws RangeError without differences, for one that is not finite and for a confidence outside (0, 1).
 */
export function pairedLocation(differences: readonly number[], confidence: number): LocationInterval {
  check(differences, 'differences');
  const n = differences.length;
  const averages = new Float64Array((n * (n + 1)) / 2);
  let filled = 0;
  for (let i = 0; i < n; i++) {
    const half = (differences[i] as number) / 2;
    for (let j = i; j < n; j++) averages[filled++] = half + (differences[j] as number) / 2;
  }
  return locate(averages.sort(), signedRankNull(n), confidence);
}

/**
 * The shift from the first to the second of two independent samples (Hodges & Lehmann 1963): the median of the
 * differences second_j − first_i, which is not the difference of the medians. Its interval is that of all shifts which
 * the exact Mann–Whitney test does not reject, the differences at the quantiles of U, as in R's `wilcox.test`;
 * conservative where values are tied. Normal quantiles beyond 160 000 pairs.
 * Throws RangeError for an empty sample, a value that is not finite and for a confidence outside (0, 1).
 */
export function shiftBetween(
  first: readonly number[],
  second: readonly number[],
  confidence: number,
): LocationInterval {
  check(first, 'values of the first sample');
  check(second, 'values of the second sample');
  const shifts = new Float64Array(first.length * second.length);
  let filled = 0;
  for (const from of first) {
    for (const to of second) shifts[filled++] = to - from;
  }
  return locate(shifts.sort(), mannWhitneyNull(first.length, second.length), confidence);
}

/** The median of the sorted values, and those at the quantiles of the statistic that counts how many are below a shift. */
function locate(sorted: Float64Array, distribution: RankNull, confidence: number): LocationInterval {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`a confidence is in (0, 1), not ${confidence}`);
  const { length } = sorted;
  const estimate = ((sorted[(length - 1) >> 1] as number) + (sorted[length >> 1] as number)) / 2;
  const order = Math.max(1, lowerQuantile(distribution, (1 - confidence) / 2));
  const achieved = 1 - 2 * distribution.lowerTail(order - 1);
  if (1 - achieved > (1 - confidence) * (1 + ROUNDING)) {
    return { estimate, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, confidence: 1 };
  }
  return { estimate, low: sorted[order - 1] as number, high: sorted[length - order] as number, confidence: achieved };
}

/** The smallest t with P(T ≤ t) ≥ p, p < ½. */
function lowerQuantile({ lowerTail, max }: RankNull, p: number): number {
  let low = 0;
  let high = Math.floor(max / 2);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lowerTail(middle) >= p * (1 - ROUNDING)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function check(values: readonly number[], what: string): void {
  if (values.length === 0) throw new RangeError(`a location takes ${what}`);
  if (!values.every(Number.isFinite)) throw new RangeError(`a location takes finite ${what}`);
}
