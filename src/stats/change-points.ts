import { median } from 'simple-statistics';
import { type Prng, shuffled } from '../base/prng.js';

export interface ChangePointOptions {
  /** A split is kept where the permutation test gives p ≤ alpha, 0 < alpha < 1. */
  readonly alpha?: number;
  /** How many permutations test each split; p is at least 1/(permutations + 1). */
  readonly permutations?: number;
  /** The fewest values between two changes, at least 2. */
  readonly minSegment?: number;
  /** The smallest change of the median that is told, relative to the median before: 0.01 is one per cent. */
  readonly minMagnitude?: number;
}

export interface ChangePoint {
  /** Where the first value after the change lies. */
  readonly index: number;
  /** The energy statistic of the split, in the unit of the values. */
  readonly q: number;
  /** (b+1)/(B+1), with b of B permutations splitting as well. Of the split alone, not of the series. */
  readonly p: number;
  /** Medians of the values up to the change before and up to the change after. */
  readonly medianBefore: number;
  readonly medianAfter: number;
}

interface Split {
  readonly index: number;
  readonly q: number;
}

/**
 * Where the distribution of a series changes: E-Divisive (Matteson and James 2014). The segment and place with the largest
 * Q is split again and again, until permuting the values within the segments gives as large a Q in more than alpha of all
 * cases; Q = (nm/(n+m))·(2E|X−Y| − E|X−X′| − E|Y−Y′|) of the n values from the segment's start and the m that follow, of
 * whatever length m. Changes below minMagnitude are then taken back, the smallest first. Time is O(n²) a permutation.
 *
 * A hint for people, not grounds for a verdict: permuting takes the values for exchangeable, and in a series whose values
 * hang together (autocorrelation, drift) far more than alpha of the changes told are none.
 *
 * Returns the changes by index. Throws RangeError for a value that is not finite or options that are out of range.
 */
export function findChangePoints(
  values: readonly number[],
  prng: Prng,
  { alpha = 0.01, permutations = 999, minSegment = 3, minMagnitude = 0 }: ChangePointOptions = {},
): ChangePoint[] {
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
  return largeChanges(values, splits, minMagnitude);
}

/**
 * The split of a series with the largest Q, where the first part has `index` values and the second ends before `end`; null
 * where the series has no two parts of minSegment or does not vary.
 */
export function largestEnergySplit(values: readonly number[], minSegment: number): (Split & { end: number }) | null {
  const n = values.length;
  // For each first part: the sums of distances within it, and between it and the values after it up to the current one.
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
    // As a first part the values up to here have nothing after them yet.
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

function segmentsBetween(values: readonly number[], splits: readonly Split[]): number[][] {
  const bounds = [0, ...splits.map(({ index }) => index), values.length];
  return bounds.slice(1).map((end, place) => values.slice(bounds[place], end));
}

/** Takes back the change of the smallest magnitude, which joins its segments, until none is too small. */
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
