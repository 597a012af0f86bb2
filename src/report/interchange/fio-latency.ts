/** Latencies as fio reports them. Source of the definitions: `stat.h` and `stat.c` of fio 3.33. */
import { BINS, binMidpoint, type Histogram, totalCount } from '../../histogram/histogram.js';

/** fio's `percentile_list`, unless a job sets another. */
const PERCENTILES = [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 99.5, 99.9, 99.95, 99.99];
/** fio has 64 bins per power of two, half as many as feedrate, so that two bins become one. */
const SUB_BITS = 6;
/** Longer latencies are counted in fio's last bin, which ends at 2^34 ns. */
const CLIPPED_FROM_NS = 2 ** 34;

export interface FioLatency {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly stddev: number;
  readonly N: number;
  readonly percentile?: Readonly<Record<string, number>>;
  readonly bins?: Readonly<Record<string, number>>;
}

/** What fio writes where nothing was measured. */
const NOTHING: FioLatency = { min: 0, max: 0, mean: 0, stddev: 0, N: 0 };

/** Returns a distribution. Each value is within 0.4 % of the measured ones; percentiles and bins are those of fio. */
export function fioLatency(histogram: Histogram | null): FioLatency {
  const count = histogram === null ? 0 : totalCount(histogram);
  if (histogram === null || count === 0) return NOTHING;
  const used: (readonly [number, number])[] = [];
  for (let bin = 0; bin < BINS; bin++) {
    const inBin = histogram.counts[bin] as number;
    if (inBin > 0) used.push([binMidpoint(bin), inBin]);
  }
  const mean = used.reduce((sum, [valueNs, times]) => sum + valueNs * times, 0) / count;
  const squares = used.reduce((sum, [valueNs, times]) => sum + (valueNs - mean) ** 2 * times, 0);
  const bins = fioBins(used);
  return {
    min: used[0]?.[0] ?? 0,
    max: used.at(-1)?.[0] ?? 0,
    mean,
    stddev: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
    N: count,
    percentile: percentilesOf(bins, count),
    bins: Object.fromEntries(bins),
  };
}

/** Returns the midpoint of fio's bin for a latency, by which fio names the bin. */
export function fioBin(latencyNs: number): number {
  const valueNs = Math.min(Math.floor(latencyNs), CLIPPED_FROM_NS - 1);
  if (valueNs < 2 ** (SUB_BITS + 1)) return valueNs;
  const width = 2 ** (Math.floor(Math.log2(valueNs)) - SUB_BITS);
  return Math.floor(valueNs / width) * width + width / 2;
}

function fioBins(used: readonly (readonly [number, number])[]): Map<number, number> {
  const bins = new Map<number, number>();
  for (const [valueNs, times] of used) {
    const bin = fioBin(valueNs);
    bins.set(bin, (bins.get(bin) ?? 0) + times);
  }
  return bins;
}

/** fio's percentile is the first bin up to which at least that part of the operations is counted. */
function percentilesOf(bins: ReadonlyMap<number, number>, count: number): Record<string, number> {
  const found: Record<string, number> = {};
  let seen = 0;
  let next = 0;
  for (const [valueNs, times] of bins) {
    seen += times;
    while (
      next < PERCENTILES.length &&
      seen >= ((PERCENTILES[next] as number) / 100) * count * (1 - 4 * Number.EPSILON)
    )
      found[(PERCENTILES[next++] as number).toFixed(6)] = valueNs;
  }
  return found;
}

/** The upper ends of the ranges in `latency_ns`, `latency_us` and `latency_ms`. fio counts a range without its end. */
const RANGES = {
  latency_ns: { unitNs: 1, ends: [2, 4, 10, 20, 50, 100, 250, 500, 750, 1000] },
  latency_us: { unitNs: 1e3, ends: [2, 4, 10, 20, 50, 100, 250, 500, 750, 1000] },
  latency_ms: { unitNs: 1e6, ends: [2, 4, 10, 20, 50, 100, 250, 500, 750, 1000, 2000] },
} as const;

/** Returns the percentage of all operations in each of fio's ranges of latency. */
export function latencyRanges(histogram: Histogram | null): Record<keyof typeof RANGES, Record<string, number>> {
  const count = histogram === null ? 0 : totalCount(histogram);
  let fromNs = 0;
  const shareBelow = (endNs: number): number => {
    let inRange = 0;
    for (let bin = 0; histogram !== null && bin < BINS; bin++) {
      const valueNs = binMidpoint(bin);
      if (valueNs >= fromNs && valueNs < endNs) inRange += histogram.counts[bin] as number;
    }
    fromNs = endNs;
    return count === 0 ? 0 : (inRange / count) * 100;
  };
  const ranges = Object.entries(RANGES).map(([key, { unitNs, ends }]) => [
    key,
    Object.fromEntries(ends.map((end) => [String(end), shareBelow(end * unitNs)])),
  ]);
  const found = Object.fromEntries(ranges) as Record<keyof typeof RANGES, Record<string, number>>;
  found.latency_ms['>=2000'] = shareBelow(Number.POSITIVE_INFINITY);
  return found;
}
