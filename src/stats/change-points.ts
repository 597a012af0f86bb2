import { median } from 'simple-statistics';
import { type Prng, shuffled } from '../base/prng.js';
import { clearlyChanged, segmentsBetween } from './change-evidence.js';

export interface ChangePointOptions {
  /** A split is kept when the permutation test gives p ≤ alpha, with 0 < alpha < 1. */
  readonly alpha?: number;
  /** The number of permutations that test each split. p is at least 1/(permutations + 1). */
  readonly permutations?: number;
  /** The fewest values between two changes, at least 2. */
  readonly minSegment?: number;
  /** The smallest change of the median to report, relative to the median before. 0.01 is one per cent. */
  readonly minMagnitude?: number;
}

export interface ChangePoint {
  /** The index of the first value after the change. */
  readonly index: number;
  /** The energy statistic of the split, in the unit of the values. */
  readonly q: number;
  /** (b+1)/(B+1), when b of B permutations split at least as well. It applies to the split, not to the series. */
  readonly p: number;
  /** Medians of the segments before and after the change. */
  readonly medianBefore: number;
  readonly medianAfter: number;
}

/** The changes of a series. */
export interface FoundChanges {
  readonly changes: readonly ChangePoint[];
  /** Without any change: the largest split that autocorrelation may explain as well. Null if there is none. */
  readonly doubtful: ChangePoint | null;
}

interface Split {
  readonly index: number;
  readonly q: number;
}

/**
 * Returns the points where the distribution of a series changes, by index: E-Divisive (Matteson and James 2014). It
 * repeatedly splits the segment and place with the largest Q, until permuting the values within the segments gives at
 * least as large a Q in more than alpha of all cases. Q = (nm/(n+m))·(2E|X−Y| − E|X−X′| − E|Y−Y′|) for the n values
 * from the segment's start and the m values that follow, for every m. Each permutation takes O(n²) time.
 *
 * The permutation test assumes exchangeable values. Changes that autocorrelation can explain are therefore removed, the
 * weakest first (`clearlyChanged`), and then those below minMagnitude, the smallest first. Use the result as a hint, not
 * for a verdict: with drift, or a lag-1 autocorrelation above 0.7, more than 5 % of series without a change show one.
 *
 * Throws RangeError for a value that is not finite or options that are out of range.
 */
export function findChangePoints(
  values: readonly number[],
  prng: Prng,
  { alpha = 0.01, permutations = 999, minSegment = 3, minMagnitude = 0 }: ChangePointOptions = {},
): FoundChanges {
  if (!values.every(Number.isFinite)) throw new RangeError('a series is made of finite numbers');
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha is between 0 and 1, not ${alpha}`);
  if (!(Number.isInteger(minSegment) && minSegment >= 2))
    throw new RangeError(`a segment of ${minSegment} has no spread`);
  if (!(minMagnitude >= 0)) throw new RangeError(`a magnitude is at least 0, not ${minMagnitude}`);
  if (!(Number.isInteger(permutations) && (permutations + 1) * alpha >= 1)) {
    throw new RangeError(`${permutations} permutations cannot give a p of ${alpha}`);
  }
  const splits: (Split & { readonly p: number })[] = [];
  for (;;) {
    const segments = segmentsBetween(values, splits);
    const best = bestSplit(segments, minSegment);
    if (best === null) break;
    const mostAsLarge = Math.floor(alpha * (permutations + 1) * (1 + 1e-12)) - 1;
    let asLarge = 0;
    for (let i = 0; i < permutations && asLarge <= mostAsLarge; i++) {
      const permuted = segments.map((segment) => shuffled(segment, prng));
      if ((bestSplit(permuted, minSegment)?.q ?? 0) >= best.q) asLarge++;
    }
    if (asLarge > mostAsLarge) break;
    splits.push({ ...best, p: (asLarge + 1) / (permutations + 1) });
    splits.sort((a, b) => a.index - b.index);
  }
  const clear = clearlyChanged(values, splits);
  const changes = largeChanges(values, clear.kept, minMagnitude);
  const doubtful = clear.lastRemoved === null ? [] : largeChanges(values, [clear.lastRemoved], minMagnitude);
  return { changes, doubtful: clear.kept.length > 0 ? null : (doubtful[0] ?? null) };
}

/**
 * Returns the split of a series with the largest Q. The first part has `index` values and the second ends before `end`.
 * Null when the series is too short for two parts of minSegment values or does not vary.
 */
export function largestEnergySplit(values: readonly number[], minSegment: number): (Split & { end: number }) | null {
  const n = values.length;
  // For each first part: the sum of distances within it, and between it and the later values up to the current one.
  const within = new Float64Array(n + 1);
  const between = new Float64Array(n + 1);
  let best: (Split & { end: number }) | null = null;
  let bestQ = 0;
  for (let last = 0; last < n; last++) {
    const value = values[last] as number;
    let toFirst = 0;
    for (let first = 0; first < last; first++) {
      toFirst += Math.abs((values[first] as number) - value);
      between[first + 1] = (between[first + 1] as number) + toFirst;
    }
    // The first part that ends here has no values after it yet.
    between[last + 1] = 0;
    within[last + 1] = (within[last] as number) + toFirst;
    const total = within[last + 1] as number;
    const end = last + 1;
    for (let size = minSegment; size <= end - minSegment; size++) {
      const rest = end - size;
      const cross = between[size] as number;
      const inFirst = within[size] as number;
      const q = (2 * (cross - (rest * inFirst) / (size - 1) - (size * (total - inFirst - cross)) / (rest - 1))) / end;
      if (q > bestQ) {
        bestQ = q;
        best = { index: size, end, q };
      }
    }
  }
  return best;
}

function bestSplit(segments: readonly (readonly number[])[], minSegment: number): Split | null {
  let best: Split | null = null;
  let start = 0;
  for (const segment of segments) {
    const split = largestEnergySplit(segment, minSegment);
    if (split !== null && split.q > (best?.q ?? 0)) best = { index: start + split.index, q: split.q };
    start += segment.length;
  }
  return best;
}

/** Removes the smallest change, which joins its segments, until no change is below minMagnitude. */
function largeChanges(
  values: readonly number[],
  splits: readonly (Split & { readonly p: number })[],
  minMagnitude: number,
): ChangePoint[] {
  const medians = segmentsBetween(values, splits).map((segment) => (segment.length > 0 ? median(segment) : Number.NaN));
  const changes = splits.map(({ index, q, p }, place): ChangePoint => {
    return { index, q, p, medianBefore: medians[place] as number, medianAfter: medians[place + 1] as number };
  });
  const magnitudes = changes.map(({ medianBefore, medianAfter }) => {
    return medianAfter === medianBefore ? 0 : Math.abs((medianAfter - medianBefore) / medianBefore);
  });
  const smallest = Math.min(...magnitudes);
  if (!(smallest < minMagnitude)) return changes;
  const place = magnitudes.indexOf(smallest);
  return largeChanges(values, splits.toSpliced(place, 1), minMagnitude);
}
