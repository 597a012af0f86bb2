/** Tells changes of a series from the slow waves of an autocorrelated one. */
import { median } from 'simple-statistics';
import { autocorrelationWithin } from './autocorrelation.js';

/** Values resemble their neighbours at most this much. Above, hardly any change could be told. */
const MOST_RESEMBLANCE = 0.95;

/** A spike is a value further than this many scales from the median of its neighbourhood. */
const SPIKE_SCALES = 3;
/** Neighbours on each side: a change that lasts for more runs than this is no spike. */
const NEIGHBOURS = 3;
/** The median size of a standard normal value. */
const NORMAL_MEDIAN_SIZE = 0.6745;

/** Returns the parts of a series between splits. */
export function segmentsBetween(values: readonly number[], splits: readonly { readonly index: number }[]): number[][] {
  const bounds = [0, ...splits.map(({ index }) => index), values.length];
  return bounds.slice(1).map((end, place) => values.slice(bounds[place], end));
}

/**
 * Removes splits, the weakest first, until the evidence for each of the others reaches that of `leastEvidence`. Also
 * returns the one that was removed last, which is the strongest of them.
 */
export function clearlyChanged<Split extends { readonly index: number }>(
  values: readonly number[],
  splits: readonly Split[],
): { readonly kept: readonly Split[]; readonly lastRemoved: Split | null } {
  const least = leastEvidence(values.length);
  const tamed = withoutSpikes(values);
  let kept = splits;
  let lastRemoved: Split | null = null;
  while (kept.length > 0) {
    const evidence = evidenceOf(segmentsBetween(tamed, kept));
    const weakest = Math.min(...evidence);
    if (weakest >= least) break;
    const place = evidence.indexOf(weakest);
    lastRemoved = kept[place] as Split;
    kept = kept.toSpliced(place, 1);
  }
  return { kept, lastRemoved };
}

/**
 * Returns the values with spikes cut to `SPIKE_SCALES`: one spike and what autocorrelation leaves of it would be evidence of
 * a short change. The scale comes from differences between neighbours, which steps and slow waves hardly affect.
 */
function withoutSpikes(values: readonly number[]): number[] {
  if (values.length < 2) return [...values];
  const differences = values.slice(1).map((value, t) => Math.abs(value - (values[t] as number)));
  const scale = median(differences) / NORMAL_MEDIAN_SIZE / Math.SQRT2;
  return values.map((value, t) => {
    const middle = median(values.slice(Math.max(0, t - NEIGHBOURS), t + NEIGHBOURS + 1));
    return Math.min(middle + SPIKE_SCALES * scale, Math.max(middle - SPIKE_SCALES * scale, value));
  });
}

/**
 * Returns the evidence for each change between neighbouring segments: t² of the difference of their means, with the
 * residual variance of all segments, divided by (1+φ)/(1−φ), by which the variance of a mean grows when values resemble
 * their neighbours. φ is estimated, and a negative one counts as 0.
 */
function evidenceOf(segments: readonly (readonly number[])[]): number[] {
  const means = segments.map((segment) => segment.reduce((sum, value) => sum + value, 0) / segment.length);
  let [squares, n] = [0, 0];
  for (const [place, segment] of segments.entries()) {
    for (const value of segment) squares += (value - (means[place] as number)) ** 2;
    n += segment.length;
  }
  const variance = squares / (n - segments.length);
  if (variance === 0) return means.slice(1).map(() => Number.POSITIVE_INFINITY);
  const found = Math.min(MOST_RESEMBLANCE, Math.max(0, autocorrelationWithin(segments)));
  const inflation = (1 + found) / (1 - found);
  return means.slice(1).map((mean, place) => {
    const [first, second] = [segments[place]?.length as number, segments[place + 1]?.length as number];
    return ((mean - (means[place] as number)) ** 2 * first * second) / (first + second) / variance / inflation;
  });
}

/**
 * The evidence that at most 4 % of series of n values exceed, for any autocorrelation φ ≤ 0.7. It has been found by
 * simulation (`npm run bench:history`), because the evidence is the largest of many and φ is estimated with an error.
 */
function leastEvidence(n: number): number {
  return Math.min(30, 15 + 600 / n);
}
