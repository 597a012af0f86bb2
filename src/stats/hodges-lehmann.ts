import { midpoint } from './extended.js';
import { type RankNull, signedRankNull } from './rank-null.js';

/** A relative difference below this between a tail probability and a bound is a rounding error. */
const ROUNDING = 1e-12;

/**
 * The interval of a location. Both ends are infinite when there are too few values for the requested confidence. One end,
 * or the estimate, can also be infinite because enough of the values are.
 */
export interface LocationInterval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /**
   * The actual confidence. It is at least the requested one, because order statistics are discrete. 1 if there are too
   * few values.
   */
  readonly confidence: number;
}

/**
 * Returns the location of paired differences (Hodges & Lehmann 1963): the median of the Walsh averages (dᵢ+dⱼ)/2, i ≤
 * j. The interval contains all shifts that the exact signed-rank test does not reject. Its ends are the Walsh
 * averages at the quantiles of V, as in R's `wilcox.test(conf.int=TRUE, exact=TRUE)`. It is conservative for tied
 * differences. It uses normal quantiles beyond 400 differences. For differences of logarithms, exp() of the location
 * is a ratio. The average of −∞ and +∞ may be anything: it counts as −∞ for the lower end, as +∞ for the upper one, and
 * the estimate is in the middle. Throws RangeError without differences, for NaN, and for a confidence outside (0, 1).
 */
export function pairedLocation(differences: readonly number[], confidence: number): LocationInterval {
  check(differences, 'differences');
  const n = differences.length;
  const averages = new Float64Array((n * (n + 1)) / 2);
  let filled = 0;
  let undefinedCount = 0;
  for (let i = 0; i < n; i++) {
    const half = (differences[i] as number) / 2;
    for (let j = i; j < n; j++) {
      const average = half + (differences[j] as number) / 2;
      if (Number.isNaN(average)) undefinedCount++;
      averages[filled++] = Number.isNaN(average) ? Number.NEGATIVE_INFINITY : average;
    }
  }
  const distribution = signedRankNull(n);
  const lowest = locate(averages.sort(), distribution, confidence);
  if (undefinedCount === 0) return lowest;
  averages.copyWithin(0, undefinedCount);
  const highest = locate(averages.fill(Number.POSITIVE_INFINITY, filled - undefinedCount), distribution, confidence);
  const { low, confidence: achieved } = lowest;
  return { estimate: midpoint(lowest.estimate, highest.estimate), low, high: highest.high, confidence: achieved };
}

/**
 * Returns the median of the sorted values, and the values at the quantiles of the statistic that counts those below.
 */
function locate(sorted: Float64Array, distribution: RankNull, confidence: number): LocationInterval {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`a confidence is in (0, 1), not ${confidence}`);
  const { length } = sorted;
  const estimate = midpoint(sorted[(length - 1) >> 1] as number, sorted[length >> 1] as number);
  const order = Math.max(1, lowerQuantile(distribution, (1 - confidence) / 2));
  const achieved = 1 - 2 * distribution.lowerTail(order - 1);
  if (1 - achieved > (1 - confidence) * (1 + ROUNDING)) {
    return { estimate, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, confidence: 1 };
  }
  return { estimate, low: sorted[order - 1] as number, high: sorted[length - order] as number, confidence: achieved };
}

/** Returns the smallest t with P(T ≤ t) ≥ p, for p < ½. */
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
  if (values.some(Number.isNaN)) throw new RangeError(`a location takes ${what}, not NaN`);
}
