import { medianSorted } from 'simple-statistics';

/** A level has at least this share and this number of the values, so that a few outliers are not a level. */
const LEVEL_SHARE = 0.25;
const LEAST_OF_LEVEL = 3;

export interface TwoLevels {
  /** Medians of the values below and above the gap. */
  readonly lower: number;
  readonly upper: number;
  /** The number of values in each level. */
  readonly lowerCount: number;
  readonly upperCount: number;
  /** The probability of at least as wide a gap if the values between the ends were uniform. */
  readonly p: number;
}

/**
 * Returns the two levels on both sides of the widest gap, or null when there are fewer than two gaps. It considers
 * the gaps between neighbours from the m-th smallest to the m-th largest value. m is a quarter of the values and at
 * least three. If the values between these two were uniform, one of the k gaps would be at least the share g of their
 * distance with probability (1−g)^(k−1) (uniform spacings, Pyke 1965). For any of the gaps, the probability is at
 * most k times that, which is p. A distribution with one mode that is not flat has its wide gaps at the ends.
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
