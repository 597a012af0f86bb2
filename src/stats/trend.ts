/** Trends by rank order: the Mann–Kendall test and the Theil–Sen slope. */
import { median } from 'simple-statistics';
import { normalCdf } from './normal.js';
import { rank } from './ranks.js';

/** The most values without ties for which the null distribution is exact, as in scipy. */
const EXACT_MAX = 33;

export interface MannKendall {
  /** The number of rising pairs minus the number of falling pairs. */
  readonly s: number;
  readonly pTwoSided: number;
}

/**
 * Tests for a monotone trend (Mann 1945, Kendall 1948): S = Σᵢ<ⱼ sgn(xⱼ − xᵢ). It is exact for up to 33 values without
 * ties. Otherwise it is normal with variance (n(n−1)(2n+5) − Σt(t−1)(2t+5))/18 over the groups of t equal values, as in
 * scipy's kendalltau against time. p is 1 when all values are equal. Throws RangeError for NaN.
 */
export function mannKendall(values: readonly number[]): MannKendall {
  const n = values.length;
  const { groups } = rank(values);
  const tiedPairs = groups.reduce((sum, { size }) => sum + (size * (size - 1)) / 2, 0);
  const s = (n * (n - 1)) / 2 - tiedPairs - 2 * fallingPairs(values);
  if (groups.length < 2) return { s, pTwoSided: 1 };
  if (n <= EXACT_MAX && groups.length === n) return { s, pTwoSided: exactP(n, Math.abs(s)) };
  const tied = groups.reduce((sum, { size: t }) => sum + t * (t - 1) * (2 * t + 5), 0);
  const variance = (n * (n - 1) * (2 * n + 5) - tied) / 18;
  return { s, pTwoSided: Math.min(1, 2 * normalCdf(-Math.abs(s) / Math.sqrt(variance))) };
}

/**
 * Returns the number of pairs whose later value is smaller. They are counted while the values are sorted by merging (Knight
 * 1966), because a thousand trials have half a million pairs.
 */
function fallingPairs(values: readonly number[]): number {
  let [from, to] = [Float64Array.from(values), new Float64Array(values.length)];
  let falling = 0;
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) {
      const middle = Math.min(start + width, values.length);
      const end = Math.min(middle + width, values.length);
      for (let at = start, left = start, right = middle; at < end; at++) {
        const isLater = right < end && (left === middle || (from[right] as number) < (from[left] as number));
        if (isLater) falling += middle - left;
        to[at] = from[isLater ? right++ : left++] as number;
      }
    }
    [from, to] = [to, from];
  }
  return falling;
}

/** Returns P(|S| ≥ s). Falling pairs are inversions. The last of k values adds 0 … k−1 of them, all equally likely. */
function exactP(n: number, s: number): number {
  const pairs = (n * (n - 1)) / 2;
  let chances = [1];
  for (let k = 2; k <= n; k++) {
    const next = new Array<number>(chances.length + k - 1).fill(0);
    for (const [inversions, chance] of chances.entries()) {
      for (let more = 0; more < k; more++) next[inversions + more] = (next[inversions + more] as number) + chance / k;
    }
    chances = next;
  }
  const mostInversions = (pairs - s) / 2;
  const tail = chances.slice(0, mostInversions + 1).reduce((sum, chance) => sum + chance, 0);
  return Math.min(1, 2 * tail);
}

/** Returns the median slope over all pairs, per index (Theil 1950, Sen 1968). NaN for fewer than two values. */
export function theilSenSlope(values: readonly number[]): number {
  const slopes: number[] = [];
  for (let later = 1; later < values.length; later++) {
    for (let earlier = 0; earlier < later; earlier++) {
      slopes.push(((values[later] as number) - (values[earlier] as number)) / (later - earlier));
    }
  }
  return slopes.length === 0 ? Number.NaN : median(slopes);
}
