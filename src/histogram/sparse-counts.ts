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
  checkSparseCounts(sparse);
  const histogram = createHistogram();
  for (let i = 0; i < sparse.length; i += 2) histogram.counts[sparse[i] as number] = sparse[i + 1] as number;
  return histogram;
}

/** Throws as `decodeHistogram` does, without making the histogram, which is most of the time that reading a run takes. */
export function checkSparseCounts(sparse: SparseCounts | Uint32Array): void {
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
