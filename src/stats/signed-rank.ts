import { exactTest, normalTest, type RankTest } from './rank-test.js';
import { rank } from './ranks.js';

/** Up to this many differences that are not zero the null distribution is computed exactly. */
export const EXACT_DIFFERENCES_MAX = 200;

/**
 * Wilcoxon's signed-rank test of differences about zero: V is the sum of the midranks of |d| over d > 0. Zeros are left
 * out before ranking (Wilcoxon's way and R's, not Pratt's: a pair without a difference says nothing of its sign). Exact
 * over all 2^n signs given the ties; beyond EXACT_DIFFERENCES_MAX normal with σ² = n(n+1)(2n+1)/24 − Σ(t³−t)/48.
 * All p are 1 where every difference is zero. Throws RangeError without differences or for NaN.
 */
export function signedRank(differences: readonly number[]): RankTest {
  if (differences.length === 0) throw new RangeError('a signed-rank test takes at least one difference');
  const moved = differences.filter((difference) => difference !== 0);
  const n = moved.length;
  const { doubled, tieSum } = rank(moved.map(Math.abs));
  const observed = doubled.reduce((sum, value, index) => sum + ((moved[index] as number) > 0 ? value : 0), 0);
  const mean = (n * (n + 1)) / 4;
  if (n > EXACT_DIFFERENCES_MAX) {
    return normalTest(observed / 2, mean, (n * (n + 1) * (2 * n + 1)) / 24 - tieSum / 48);
  }
  const weights = new Float64Array(n * (n + 1) + 1);
  weights[0] = 1;
  let reached = 0;
  for (const value of doubled) {
    reached += value;
    for (let s = reached; s >= value; s--) weights[s] = (weights[s] as number) + (weights[s - value] as number);
  }
  return { statistic: observed / 2, ...exactTest(weights, observed, 2 * mean) };
}
