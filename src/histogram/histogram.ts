/**
 * Log-linear latency counts, as HdrHistogram and fio keep them: 128 bins per power of two.
 *
 * Values below 128 ns have a bin each; above, a bin is 1/128 of its power of two wide, so its
 * midpoint is within 1/256 of every value in it. The last bin begins at 2^42 ns (73 minutes).
 * Counts are Float64: exact up to 2^53 operations.
 */
const SUB_BITS = 7;
const SUB_BINS = 1 << SUB_BITS;
const MAX_EXPONENT = 42;

/** Bins of one histogram. */
export const BINS = SUB_BINS + (MAX_EXPONENT - SUB_BITS) * SUB_BINS + 1;

/** The bin of a latency in integer nanoseconds ≥ 0. Small, so that V8 inlines it into the hot loop. */
export function binOf(latencyNs: number): number {
  if (latencyNs < 2147483648) {
    const value = latencyNs | 0;
    if (value < SUB_BINS) return Math.max(value, 0);
    const shift = 31 - SUB_BITS - Math.clz32(value);
    return (shift << SUB_BITS) + (value >>> shift);
  }
  return binOfSlow(latencyNs);
}

function binOfSlow(latencyNs: number): number {
  if (latencyNs >= 2 ** MAX_EXPONENT) return BINS - 1;
  const exponent = 62 - Math.clz32(Math.floor(latencyNs / 2147483648));
  const shift = exponent - SUB_BITS;
  return (shift << SUB_BITS) + Math.floor(latencyNs / 2 ** shift);
}

/** The smallest latency (ns) that falls into the bin. */
export function binFloor(bin: number): number {
  if (bin < SUB_BINS) return bin;
  const shift = (bin >>> SUB_BITS) - 1;
  return (SUB_BINS + (bin & (SUB_BINS - 1))) * 2 ** shift;
}

/** The latency (ns) that stands for the bin: its midpoint, exact below 256 ns. */
export function binMidpoint(bin: number): number {
  if (bin < 2 * SUB_BINS || bin === BINS - 1) return binFloor(bin);
  return (binFloor(bin) + binFloor(bin + 1)) / 2;
}

/** Counts per bin. `counts.length` is `BINS`. */
export interface Histogram {
  readonly counts: Float64Array;
}

export function createHistogram(): Histogram {
  return { counts: new Float64Array(BINS) };
}

export function record(histogram: Histogram, latencyNs: number): void {
  const bin = binOf(latencyNs);
  histogram.counts[bin] = (histogram.counts[bin] as number) + 1;
}

/** Adds the counts of `source` to `target`. Exact: merging loses nothing. */
export function mergeInto(target: Histogram, source: Histogram): void {
  for (let bin = 0; bin < BINS; bin++)
    target.counts[bin] = (target.counts[bin] as number) + (source.counts[bin] as number);
}

export function merged(histograms: readonly Histogram[]): Histogram {
  const sum = createHistogram();
  for (const histogram of histograms) mergeInto(sum, histogram);
  return sum;
}

export function totalCount(histogram: Histogram): number {
  let total = 0;
  for (const count of histogram.counts) total += count;
  return total;
}

/**
 * The latency (ns) at quantile 0 ≤ q ≤ 1: the midpoint of the bin that holds the ⌈q·n⌉-th smallest
 * value, as fio and HdrHistogram define it. NaN for an empty histogram.
 */
export function quantileNs(histogram: Histogram, q: number): number {
  const total = totalCount(histogram);
  if (total === 0) return Number.NaN;
  // 0.07 · 100 is a little more than 7 in floating point: without the correction its ceiling would be 8.
  const rank = Math.max(1, Math.ceil(q * total * (1 - 4 * Number.EPSILON)));
  let seen = 0;
  for (let bin = 0; bin < BINS; bin++) {
    seen += histogram.counts[bin] as number;
    if (seen >= rank) return binMidpoint(bin);
  }
  return binMidpoint(BINS - 1);
}

/** Mean latency (ns) from bin midpoints: within 1/256 of the exact mean. NaN when empty. */
export function meanNs(histogram: Histogram): number {
  let total = 0;
  let sum = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const count = histogram.counts[bin] as number;
    total += count;
    sum += count * binMidpoint(bin);
  }
  return total === 0 ? Number.NaN : sum / total;
}

/** The largest latency (ns), to the precision of its bin. NaN when empty. */
export function maxNs(histogram: Histogram): number {
  return quantileNs(histogram, 1);
}
