/** The test of benchstat's rule. feedrate itself does not use it, because it assumes equal spreads. */
import { normalCdf } from '../../src/stats/normal.js';
import type { RankNull } from '../../src/stats/rank-null.js';
import { rank, type TieRanks } from '../../src/stats/ranks.js';

/** The largest n₁·n₂ with an exact null distribution of U for values without ties. */
const UNTIED_PAIRS_MAX = 160_000;
/** The largest n₁·n₂ with an exact null distribution for tied values (25 million additions for 50 against 50). */
const EXACT_PAIRS_MAX = 2500;

/**
 * Returns the Mann–Whitney test of two independent samples: U = R₁ − n₁(n₁+1)/2, with midranks. It is exact up to
 * UNTIED_PAIRS_MAX pairs without ties, and up to EXACT_PAIRS_MAX pairs with ties, conditional on the tie vector
 * (Klotz 1966). With ties, the two-sided p is P(|U−μ| ≥ |u−μ|), not a doubled tail, because ties make the null
 * asymmetric. Beyond that it is normal with σ² = n₁n₂/12·[(N+1) − Σ(t³−t)/(N(N−1))]. Throws RangeError for an empty
 * sample or NaN.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): RankTest {
  const n1 = first.length;
  const n2 = second.length;
  if (n1 === 0 || n2 === 0) throw new RangeError('a Mann-Whitney test takes two samples that are not empty');
  const ranks = rank([...first, ...second]);
  const doubledSum = ranks.doubled.slice(0, n1).reduce((sum, doubled) => sum + doubled, 0);
  const statistic = (doubledSum - n1 * (n1 + 1)) / 2;
  if (ranks.tieSum === 0 && n1 * n2 <= UNTIED_PAIRS_MAX) return untied(statistic, n1, n2);
  const n = n1 + n2;
  if (n1 * n2 > EXACT_PAIRS_MAX) {
    const variance = ((n1 * n2) / 12) * (n + 1 - ranks.tieSum / (n * (n - 1)));
    return normalTest(statistic, (n1 * n2) / 2, variance);
  }
  // The distribution of the smaller sample's rank sum is cheaper to compute. The other rank sum follows from it.
  if (n1 <= n2) return { statistic, ...exactTest(rankSumWeights(ranks.groups, n1), doubledSum, n1 * (n + 1)) };
  const rest = n * (n + 1) - doubledSum;
  const mirrored = exactTest(rankSumWeights(ranks.groups, n2), rest, n2 * (n + 1));
  return { statistic, ...mirrored, pGreater: mirrored.pLess, pLess: mirrored.pGreater };
}

function untied(statistic: number, n1: number, n2: number): RankTest {
  const { lowerTail, max } = mannWhitneyNull(n1, n2);
  // The null is symmetric, so only its lower half is stored.
  const atMost = (u: number): number => (u < 0 ? 0 : u <= max / 2 ? lowerTail(Math.floor(u)) : 1 - atMost(max - u - 1));
  const [pLess, pGreater] = [atMost(statistic), atMost(max - statistic)];
  return { statistic, pTwoSided: Math.min(1, 2 * Math.min(pLess, pGreater)), pGreater, pLess, method: 'exact' };
}

/** Returns, for each doubled rank sum, how many subsets of `size` ranked values have it. */
function rankSumWeights(groups: TieRanks['groups'], size: number): Float64Array {
  const largest = (groups.at(-1)?.doubledRank ?? 0) * size;
  const weights = Array.from({ length: size + 1 }, () => new Float64Array(largest + 1));
  (weights[0] as Float64Array)[0] = 1;
  let seen = 0;
  let reached = 0;
  for (const group of groups) {
    seen += group.size;
    reached = Math.min(largest, reached + group.doubledRank * Math.min(group.size, size));
    // From the largest subsets down, so that a group is only added to subsets that do not contain it yet.
    for (let chosen = Math.min(seen, size); chosen >= 1; chosen--) {
      let ways = 1;
      for (let taken = 1; taken <= Math.min(group.size, chosen); taken++) {
        ways = (ways * (group.size - taken + 1)) / taken;
        addShifted(weights, chosen, taken, ways, taken * group.doubledRank, reached);
      }
    }
  }
  return weights[size] as Float64Array;
}

function addShifted(
  weights: readonly Float64Array[],
  chosen: number,
  taken: number,
  ways: number,
  shift: number,
  reached: number,
): void {
  const into = weights[chosen] as Float64Array;
  const from = weights[chosen - taken] as Float64Array;
  for (let s = shift; s <= reached; s++) into[s] = (into[s] as number) + ways * (from[s - shift] as number);
}

/**
 * Returns the null distribution of the Mann–Whitney U of n₁ against n₂ values without ties. The counts of U are the
 * Gaussian binomial ∏(1 − q^(n₁+i))/(1 − q^i), i = 1 … n₂ (Mann & Whitney 1947), built up factor by factor.
 */
function mannWhitneyNull(n1: number, n2: number): RankNull {
  const max = n1 * n2;
  const larger = Math.max(n1, n2);
  const half = Math.floor(max / 2);
  let probabilities = new Float64Array(half + 1);
  let next = new Float64Array(half + 1);
  probabilities[0] = 1;
  for (let i = 1; i <= Math.min(n1, n2); i++) {
    const share = i / (larger + i);
    for (let u = 0; u <= half; u++) {
      const removed = u >= larger + i ? (probabilities[u - larger - i] as number) : 0;
      next[u] = share * ((probabilities[u] as number) - removed) + (u >= i ? (next[u - i] as number) : 0);
    }
    [probabilities, next] = [next, probabilities];
  }
  let sum = 0;
  for (let u = 0; u <= half; u++) {
    sum += probabilities[u] as number;
    probabilities[u] = sum;
  }
  return { max, lowerTail: (u) => probabilities[u] as number };
}

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
function exactTest(weights: ArrayLike<number>, observed: number, mean: number): Omit<RankTest, 'statistic'> {
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
