import { normalCdf } from './normal.js';

/** The most differences with an exact null distribution of V (10 million additions). */
const EXACT_DIFFERENCES_MAX = 400;

/** The distribution of a rank statistic on 0 … max. It is symmetric about max/2. */
export interface RankNull {
  readonly max: number;
  /** P(T ≤ t) for an integer t in 0 … max/2. */
  lowerTail(t: number): number;
}

/** Returns P(T ≤ t) for an integer t in 0 … max. */
export function tailAt({ lowerTail, max }: RankNull, t: number): number {
  if (t >= max) return 1;
  return t <= max / 2 ? lowerTail(t) : 1 - lowerTail(max - t - 1);
}

/** Returns the null distribution of V, the rank sum of the positive differences among n without ties. */
export function signedRankNull(n: number): RankNull {
  const max = (n * (n + 1)) / 2;
  if (n > EXACT_DIFFERENCES_MAX) return { max, lowerTail: normalTail(max / 2, (max * (2 * n + 1)) / 12) };
  const half = Math.floor(max / 2);
  const probabilities = new Float64Array(half + 1);
  probabilities[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    // The largest rank sum grows with the ranks added so far. Higher entries are still zero.
    for (let v = Math.min(half, (rank * (rank + 1)) / 2); v >= 0; v--) {
      const without = probabilities[v] as number;
      probabilities[v] = (v >= rank ? without + (probabilities[v - rank] as number) : without) / 2;
    }
  }
  return { max, lowerTail: tailOf(probabilities) };
}

/** Replaces the probabilities by their cumulative sums and returns a lookup of them. */
function tailOf(probabilities: Float64Array): (t: number) => number {
  let sum = 0;
  for (let t = 0; t < probabilities.length; t++) {
    sum += probabilities[t] as number;
    probabilities[t] = sum;
  }
  return (t) => probabilities[t] as number;
}

function normalTail(mean: number, variance: number): (t: number) => number {
  return (t) => normalCdf((t + 0.5 - mean) / Math.sqrt(variance));
}
