/** Probabilities below this part of the likeliest one are nothing: there are fewer than 2^53 of them. */
const NEGLIGIBLE = 1e-32;
/** A coverage that misses the confidence by less than this part of it is only rounded differently. */
const ROUNDING = 1e-12;

/** Where a quantile of the distribution lies that the values come from. */
export interface QuantileInterval {
  /** x(lowOrder); −∞ where there are too few values. */
  readonly low: number;
  /** x(highOrder); ∞ where there are too few values. */
  readonly high: number;
  /** What the interval has: at least what was asked for. 1 when it is infinite. */
  readonly confidence: number;
  /** Which of the values in ascending order, counted from 1; 0 and n+1 when infinite. */
  readonly lowOrder: number;
  readonly highOrder: number;
  /** Whether another interval of as many values has the same confidence; the lower one is given. */
  readonly ambiguous: boolean;
}

/**
 * The order-statistic interval of the q-th quantile, whatever the distribution: with K ~ Bin(n, q) values below the
 * quantile, [x(l), x(u)] covers it with probability P(l ≤ K ≤ u−1) (David & Nagaraja, Order Statistics, 7.1). Of the
 * finite intervals the one of the fewest values that has the confidence: it takes in the likeliest K first, as
 * golang.org/x/perf/benchmath does. Infinite where [min, max] has less than the confidence: 95 % takes 6 values for
 * the median, 29 for p90, 299 for p99, 2995 for p99.9. The values must be independent; operations of one trial are not.
 *
 * `sorted` is ascending. Throws RangeError for q outside (0, 1) and for a confidence outside (0, 1).
 */
export function quantileInterval(sorted: ArrayLike<number>, q: number, confidence: number): QuantileInterval {
  if (!(q > 0 && q < 1)) throw new RangeError(`a quantile that can be covered is in (0, 1), not ${q}`);
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`a confidence is in (0, 1), not ${confidence}`);
  const n = sorted.length;
  const odds = q / (1 - q);
  /** P(K = k+1) / P(K = k). */
  const ratio = (k: number) => ((n - k) / (k + 1)) * odds;
  const likeliest = Math.max(1, Math.min(n - 1, Math.floor((n + 1) * q)));
  const total = totalAround(likeliest, n, ratio);
  const wanted = confidence * (1 - ROUNDING) * total;
  // Probabilities relative to the likeliest K: those of the next K below and above what is covered.
  let covered = n >= 2 ? 1 : 0;
  let [from, below] = [likeliest, 1 / ratio(likeliest - 1)];
  let [to, above] = [likeliest, ratio(likeliest)];
  let ambiguous = false;
  while (covered < wanted && (from > 1 || to < n - 1)) {
    const down = from > 1 && (to === n - 1 || below >= above * (1 - ROUNDING));
    ambiguous = from > 1 && to < n - 1 && Math.abs(below - above) <= ROUNDING * below;
    if (down) {
      covered += below;
      from--;
      below /= ratio(from - 1);
    } else {
      covered += above;
      to++;
      above *= ratio(to);
    }
  }
  if (covered < wanted) {
    const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    return { low, high, confidence: 1, lowOrder: 0, highOrder: n + 1, ambiguous: false };
  }
  return {
    low: sorted[from - 1] as number,
    high: sorted[to] as number,
    confidence: covered / total,
    lowOrder: from,
    highOrder: to + 1,
    ambiguous,
  };
}

/** The sum of all probabilities relative to that of `likeliest`. */
function totalAround(likeliest: number, n: number, ratio: (k: number) => number): number {
  let total = 1;
  for (let k = likeliest, term = 1; k < n && term > NEGLIGIBLE; k++) {
    term *= ratio(k);
    total += term;
  }
  for (let k = likeliest, term = 1; k > 0 && term > NEGLIGIBLE; k--) {
    term /= ratio(k - 1);
    total += term;
  }
  return total;
}
