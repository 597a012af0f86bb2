/**
 * Log-linear latency histograms with 128 bins per power of two, as in HdrHistogram and fio.
 *
 * Each value below 128 ns has a bin of its own. Above that, the width of a bin is 1/128 of its
 * power of two, so the midpoint is within 1/256 (0.4 %) of every value in the bin. The last bin
 * begins at 2^42 ns (73 minutes). Counts are Float64, which is exact up to 2^53 operations.
 */
const SUB_BITS = 7;
const SUB_BINS = 1 << SUB_BITS;
const MAX_EXPONENT = 42;

/** The number of bins in a histogram. */
export const BINS = SUB_BINS + (MAX_EXPONENT - SUB_BITS) * SUB_BINS + 1;

/** Returns the bin of a latency in whole nanoseconds ≥ 0. */
// The function is small so that V8 inlines it into the hot loop.
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

/** Returns the smallest latency (ns) in the bin. */
export function binFloor(bin: number): number {
  if (bin < SUB_BINS) return bin;
  const shift = (bin >>> SUB_BITS) - 1;
  const mantissa = SUB_BINS + (bin & (SUB_BINS - 1));
  // Below 2^31, a shift is exact and several times faster than a power. A mean takes two for each bin.
  return shift + SUB_BITS < 30 ? mantissa << shift : mantissa * 2 ** shift;
}

/** Returns the latency (ns) that represents the bin: its midpoint, which is exact below 256 ns. */
export function binMidpoint(bin: number): number {
  if (bin < 2 * SUB_BINS || bin === BINS - 1) return binFloor(bin);
  return (binFloor(bin) + binFloor(bin + 1)) / 2;
}

/** Counts per bin. `counts.length` is `BINS`. */
export interface Histogram {
  readonly counts: Float64Array;
}

/** Returns an empty histogram. */
export function createHistogram(): Histogram {
  return { counts: new Float64Array(BINS) };
}

/** Counts one operation with this latency (whole ns ≥ 0). */
export function record(histogram: Histogram, latencyNs: number): void {
  const bin = binOf(latencyNs);
  histogram.counts[bin] = (histogram.counts[bin] as number) + 1;
}

/** Adds the counts of `source` to `target`. The merge is exact. */
export function mergeInto(target: Histogram, source: Histogram): void {
  for (let bin = 0; bin < BINS; bin++)
    target.counts[bin] = (target.counts[bin] as number) + (source.counts[bin] as number);
}

/** Returns a new histogram with the sum of the counts. */
export function merged(histograms: readonly Histogram[]): Histogram {
  const sum = createHistogram();
  for (const histogram of histograms) mergeInto(sum, histogram);
  return sum;
}

/** Returns the number of operations in the histogram. */
export function totalCount(histogram: Histogram): number {
  let total = 0;
  for (const count of histogram.counts) total += count;
  return total;
}

/**
 * Returns the latency (ns) at quantile q, with 0 ≤ q ≤ 1: the midpoint of the bin that holds the
 * ⌈q·n⌉-th smallest value, as fio and HdrHistogram define it. NaN when the histogram is empty.
 */
export function quantileNs(histogram: Histogram, q: number): number {
  return quantilesNs(histogram, [q])[0] as number;
}

/** Returns which of so many values in ascending order is at quantile q, from 1: the ⌈q·n⌉-th. */
export function rankAt(q: number, total: number): number {
  // In floating point 0.07 · 100 is a little more than 7. Without the correction its ceiling would be 8.
  return Math.max(1, Math.ceil(q * total * (1 - 4 * Number.EPSILON)));
}

/** Returns the latency (ns) at each of these quantiles, which must ascend, as `quantileNs` defines it. */
export function quantilesNs(histogram: Histogram, quantiles: readonly number[]): number[] {
  const total = totalCount(histogram);
  if (total === 0) return quantiles.map(() => Number.NaN);
  let bin = -1;
  let seen = 0;
  return quantiles.map((q) => {
    const rank = rankAt(q, total);
    while (seen < rank && bin < BINS - 1) seen += histogram.counts[++bin] as number;
    return binMidpoint(bin);
  });
}

/** Returns the mean latency (ns) from bin midpoints, within 1/256 of the exact mean. NaN when empty. */
export function meanNs(histogram: Histogram): number {
  let total = 0;
  let sum = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const count = histogram.counts[bin] as number;
    if (count === 0) continue;
    total += count;
    sum += count * binMidpoint(bin);
  }
  return total === 0 ? Number.NaN : sum / total;
}

/** Returns the largest latency (ns), to the precision of its bin. NaN when empty. */
export function maxNs(histogram: Histogram): number {
  return quantileNs(histogram, 1);
}
