import { medianSorted } from 'simple-statistics';

/** A level has at least this share of the values, and so many of them: a few outliers are none. */
const LEVEL_SHARE = 0.25;
const LEAST_OF_LEVEL = 3;

export interface TwoLevels {
  /** Medians of the values below and above the gap. */
  readonly lower: number;
  readonly upper: number;
  /** How many values there are of each. */
  readonly lowerCount: number;
  readonly upperCount: number;
  /** The chance of as wide a gap anywhere, were the values between the ends uniform. */
  readonly p: number;
}

/**
 * Whether values have two levels with nothing between them: the widest gap between neighbours from the m-th smallest to the
 * m-th largest value, m a quarter of them and three at least. Were the values between these two uniform, one of the k gaps
 * would be the part g of their distance or more with probability (1−g)^(k−1) (uniform spacings, Pyke 1965), and any of
 * them with at most k times that, which is p. A distribution with one mode that is not flat has its wide gaps at the
 * ends. Null where there are no two gaps.
 */
export function twoLevels(values: readonly number[]): TwoLevels | null {
  const sorted = [...values].sort((a, b) => a - b);
  const left = Math.max(LEAST_OF_LEVEL, Math.ceil(LEVEL_SHARE * sorted.length)) - 1;
  const right = sorted.length - 1 - left;
  const gaps = right - left;
  const range = (sorted[right] ?? 0) - (sorted[left] ?? 0);
  if (gaps < 2 || !(range > 0)) return null;
  let above = left + 1;
  const gapBelow = (index: number) => (sorted[index] as number) - (sorted[index - 1] as number);
  for (let index = above + 1; index <= right; index++) if (gapBelow(index) > gapBelow(above)) above = index;
  return {
    lower: medianSorted(sorted.slice(0, above)),
    upper: medianSorted(sorted.slice(above)),
    lowerCount: above,
    upperCount: sorted.length - above,
    p: Math.min(1, gaps * (1 - gapBelow(above) / range) ** (gaps - 1)),
  };
}
