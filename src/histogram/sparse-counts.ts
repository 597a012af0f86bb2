import { BINS, binMidpoint, createHistogram, type Histogram, rankAt } from './histogram.js';

/**
 * A histogram as `[bin, count, bin, count, …]` for the bins that are not empty, in ascending order. In JSON it is a list of
 * numbers. `CountsScanner` makes packed ones, which take half of the memory.
 */
export type SparseCounts = readonly number[] | Uint32Array;

/** Returns the histogram's non-empty bins and their counts. */
export function encodeHistogram(histogram: Histogram): readonly number[] {
  const sparse: number[] = [];
  for (let bin = 0; bin < BINS; bin++) {
    const count = histogram.counts[bin] as number;
    if (count !== 0) sparse.push(bin, count);
  }
  return sparse;
}

/** Returns how many values were counted. */
export function countOf(sparse: SparseCounts): number {
  let count = 0;
  for (let i = 1; i < sparse.length; i += 2) count += sparse[i] as number;
  return count;
}

/** Returns the mean (ns) as `meanNs` does, without a histogram. NaN when empty. */
export function meanOfCounts(sparse: SparseCounts): number {
  let total = 0;
  let sum = 0;
  for (let i = 0; i < sparse.length; i += 2) {
    const count = sparse[i + 1] as number;
    total += count;
    sum += count * binMidpoint(sparse[i] as number);
  }
  return total === 0 ? Number.NaN : sum / total;
}

/**
 * Returns the latencies (ns) at quantiles, which must ascend, as `quantilesNs` does, without a histogram.
 * @param total what `countOf` returns, if the caller knows it
 */
export function quantilesOfCounts(
  sparse: SparseCounts,
  quantiles: readonly number[],
  total: number = countOf(sparse),
): number[] {
  if (total === 0) return quantiles.map(() => Number.NaN);
  let next = 0;
  let seen = 0;
  return quantiles.map((q) => {
    for (const rank = rankAt(q, total); seen < rank && next < sparse.length; next += 2)
      seen += sparse[next + 1] as number;
    return binMidpoint(sparse[next - 2] as number);
  });
}

/** Returns the decoded histogram. Throws a `RangeError` on an invalid bin or count and on bins that do not ascend. */
export function decodeHistogram(sparse: SparseCounts): Histogram {
  checkSparseCounts(sparse);
  const histogram = createHistogram();
  addCounts(histogram, sparse);
  return histogram;
}

/** Adds the counts to a histogram. They are not checked, because those of a record were checked when it was read. */
export function addCounts({ counts }: Histogram, sparse: SparseCounts): void {
  for (let i = 0; i < sparse.length; i += 2) {
    const bin = sparse[i] as number;
    counts[bin] = (counts[bin] as number) + (sparse[i + 1] as number);
  }
}

/** Throws a `RangeError` where `decodeHistogram` would. */
// It creates no histogram, because that takes most of the time of reading a run.
export function checkSparseCounts(sparse: SparseCounts): void {
  if (sparse.length % 2 !== 0) throw new RangeError('histogram: odd number of entries');
  let lastBin = -1;
  for (let i = 0; i < sparse.length; i += 2) {
    const bin = sparse[i] as number;
    const count = sparse[i + 1] as number;
    if (!Number.isInteger(bin) || bin < 0 || bin >= BINS) throw new RangeError(`histogram: no bin ${bin}`);
    if (bin <= lastBin) throw new RangeError(`histogram: bin ${bin} after bin ${lastBin}`);
    if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`histogram: count ${count} in bin ${bin}`);
    lastBin = bin;
  }
}
