import { BINS, createHistogram, type Histogram } from './histogram.js';

/** A histogram as JSON: `[bin, count, bin, count, …]` for the bins that are not empty, ascending. */
export type SparseCounts = readonly number[];

export function encodeHistogram(histogram: Histogram): SparseCounts {
  const sparse: number[] = [];
  for (let bin = 0; bin < BINS; bin++) {
    const count = histogram.counts[bin] as number;
    if (count !== 0) sparse.push(bin, count);
  }
  return sparse;
}

/** Throws a `RangeError` on bins or counts that no histogram has, and on bins out of order or twice. */
export function decodeHistogram(sparse: SparseCounts | Uint32Array): Histogram {
  const histogram = createHistogram();
  if (sparse.length % 2 !== 0) throw new RangeError('histogram: odd number of entries');
  let lastBin = -1;
  for (let i = 0; i < sparse.length; i += 2) {
    const bin = sparse[i] as number;
    const count = sparse[i + 1] as number;
    if (!Number.isInteger(bin) || bin < 0 || bin >= BINS) throw new RangeError(`histogram: no bin ${bin}`);
    if (bin <= lastBin) throw new RangeError(`histogram: bin ${bin} after bin ${lastBin}`);
    if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`histogram: count ${count} in bin ${bin}`);
    histogram.counts[bin] = count;
    lastBin = bin;
  }
  return histogram;
}
