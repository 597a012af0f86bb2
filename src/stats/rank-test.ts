import { normalCdf } from './normal.js';

/** The result of a rank test. All p-values are in (0, 1]. */
export interface RankTest {
  /** U of the first sample. */
  readonly statistic: number;
  /** P(|T − μ| ≥ |t − μ|). */
  readonly pTwoSided: number;
  /** P(T ≥ t): small when the first sample is large. */
  readonly pGreater: number;
  /** P(T ≤ t). */
  readonly pLess: number;
  /** How the null distribution was computed: exactly, given the ties, or by the normal approximation. */
  readonly method: 'exact' | 'normal';
}

/** Returns the p-values. `weights[s]` is how often the null gives the (integer) statistic s, and `mean` is its mean. */
export function exactTest(weights: ArrayLike<number>, observed: number, mean: number): Omit<RankTest, 'statistic'> {
  let total = 0;
  let greater = 0;
  let less = 0;
  let extreme = 0;
  for (let s = 0; s < weights.length; s++) {
    const weight = weights[s] as number;
    total += weight;
    if (s >= observed) greater += weight;
    if (s <= observed) less += weight;
    if (Math.abs(s - mean) >= Math.abs(observed - mean)) extreme += weight;
  }
  return { pTwoSided: extreme / total, pGreater: greater / total, pLess: less / total, method: 'exact' };
}

/** Returns the p-values of z = (|t − μ| − ½)/σ: the normal approximation with continuity correction. */
export function normalTest(statistic: number, mean: number, variance: number): RankTest {
  const sd = Math.sqrt(variance);
  // Never 0, because an approximate p that underflows is still positive.
  const tail = (distance: number) => (sd > 0 ? Math.max(Number.MIN_VALUE, normalCdf(-(distance - 0.5) / sd)) : 1);
  return {
    statistic,
    pTwoSided: Math.min(1, 2 * tail(Math.abs(statistic - mean))),
    pGreater: tail(statistic - mean),
    pLess: tail(mean - statistic),
    method: 'normal',
  };
}
