import { type RankNull, signedRankNull } from './rank-null.js';

/** A relative difference below this between a tail probability and a bound is a rounding error. */
const ROUNDING = 1e-12;

/** The interval of a location. Both ends are infinite when there are too few values for the requested confidence. */
export interface LocationInterval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /**
   * The actual confidence. It is at least the requested one, because order statistics are discrete. 1 when infinite.
   */
  readonly confidence: number;
}

/**
 * Returns the location of paired differences (Hodges & Lehmann 1963): the median of the Walsh averages (dᵢ+dⱼ)/2, i ≤
 * j. The interval contains all shifts that the exact signed-rank test does not reject. Its ends are the Walsh
 * averages at the quantiles of V, as in R's `wilcox.test(conf.int=TRUE, exact=TRUE)`. It is conservative for tied
 * differences. It uses normal quantiles beyond 400 differences. For differences of logarithms, exp() of the location
 * is a ratio. Throws RangeError without differences, for one that is not finite, and for a confidence outside (0, 1).
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
 * Returns the median of the sorted values, and the values at the quantiles of the statistic that counts those below.
 */
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
  if (!values.every(Number.isFinite)) throw new RangeError(`a location takes finite ${what}`);
}
