/** The exact signed-rank test of a location (Wilcoxon 1945), as a count of Walsh averages (Tukey 1949). */
import { ascending } from './extended.js';
import { signedRankNull, tailAt } from './rank-null.js';

/** Two logarithms closer than this are equal but for rounding. */
const ROUNDING = 1e-12;

/**
 * Returns the one-sided p of H₀ “the location is at least (`less`) or at most (`greater`) `bound`”. V, the rank sum of the
 * differences beyond the bound, is the number of Walsh averages (dᵢ+dⱼ)/2, i ≤ j, beyond it. An average on the bound
 * counts against rejection, and so does that of −∞ and +∞. p is therefore at most α exactly when the end of the interval
 * of `pairedLocation` at the one-sided confidence 1 − α is beyond the bound. Ties can only raise p. p reaches 2⁻ⁿ.
 *
 * Throws RangeError without differences and for NaN.
 */
export function signedRankP(differences: readonly number[], bound: number, side: 'less' | 'greater'): number {
  if (differences.length === 0) throw new RangeError('a signed-rank test takes at least one difference');
  if (differences.some(Number.isNaN)) throw new RangeError('NaN has no rank');
  const sign = side === 'less' ? 1 : -1;
  const against = averagesAtLeast(
    differences.map((difference) => sign * difference),
    sign * bound - ROUNDING,
  );
  return tailAt(signedRankNull(differences.length), against);
}

/** Returns the number of Walsh averages that are at least the finite bound, or undefined. */
function averagesAtLeast(differences: readonly number[], bound: number): number {
  const finite = differences.filter(Number.isFinite).sort(ascending);
  const above = differences.filter((difference) => difference === Number.POSITIVE_INFINITY).length;
  const below = differences.length - finite.length - above;
  let count = above * (finite.length + below) + (above * (above + 1)) / 2;
  // From the smallest up, the partners that reach the bound begin further and further down.
  let from = finite.length;
  for (let i = 0; i < finite.length; i++) {
    // The same expression as in `pairedLocation`, so that both round alike.
    while (from > 0 && (finite[i] as number) / 2 + (finite[from - 1] as number) / 2 >= bound) from--;
    count += finite.length - Math.max(from, i);
  }
  return count;
}
