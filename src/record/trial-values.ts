/** Computes throughput and latencies from the counts and times of a trial. Not measured is NaN or null, never 0. */

import { LATENCY_KINDS, type LatencyKind, type LatencyKindRow, type OperationKind } from '../base/latency-kinds.js';
import type { NumberKey } from '../base/metrics.js';
import { createHistogram, type Histogram } from '../histogram/histogram.js';
import {
  addCounts,
  countOf,
  encodeHistogram,
  meanOfCounts,
  quantilesOfCounts,
  type SparseCounts,
} from '../histogram/sparse-counts.js';
import { meanUtilisation, samplesPerSecond, steadyUtilisation } from '../training/utilisation.js';
import { phaseRate } from './phases.js';
import type { EpochRecord } from './training-record.js';
import type { RankPart } from './trial-record.js';

type NumberOf = (...records: readonly RankPart[]) => number;

const COUNTED: Readonly<Record<NumberKey, NumberOf>> = {
  throughput: throughputBytesPerSecond,
  iops,
  cpu: cpuNsPerOp,
  files: filesPerSecond,
  au: (...records) => meanUtilisation(epochsOf(records)),
  steady_au: (...records) => steadyUtilisation(epochsOf(records)),
  samples_rate: (...records) => samplesPerSecond(epochsOf(records)),
  create_rate: (...records) => phaseRate(records, 'create'),
  stat_rate: (...records) => phaseRate(records, 'stat'),
  readdir_rate: (...records) => phaseRate(records, 'readdir'),
  entry_rate: (...records) => phaseRate(records, 'readdir', 'entries'),
  rename_rate: (...records) => phaseRate(records, 'rename'),
  unlink_rate: (...records) => phaseRate(records, 'unlink'),
};

/**
 * Computes each metric that is one number, from one trial or several together, in its base unit. NaN if it was not
 * measured. Of trials whose numbers are only stated, it is the mean.
 */
export function numberOf(key: NumberKey, ...records: readonly RankPart[]): number {
  return records.some(({ stated }) => stated !== undefined) ? meanStated(key, records) : COUNTED[key](...records);
}

function meanStated(key: NumberKey, records: readonly RankPart[]): number {
  return records.reduce((sum, { stated }) => sum + (stated?.[key] ?? Number.NaN), 0) / records.length;
}

function epochsOf(records: readonly RankPart[]): readonly EpochRecord[] {
  return records.flatMap(({ training }) => training?.epochs ?? []);
}

/** Returns the length of the window in which all workers were busy, in ns. */
export function windowNs(record: Pick<RankPart, 'window'>): number {
  return record.window.endNs - record.window.startNs;
}

/**
 * Returns whether a trial ended well without measuring anything, because its job was over before its ramp. A trial in
 * which the storage did not answer is different: its throughput is measured, and is 0 or close to it.
 */
export function measuredNothing(record: Pick<RankPart, 'status' | 'window'>): boolean {
  return record.status === 'ok' && windowNs(record) <= 0;
}

/** Returns the number of operations within the window. One that is only partly in it counts by its part. */
export function windowOps(record: Pick<RankPart, 'window'>): number {
  const { readOps, writeOps, entryOps = 0 } = record.window;
  return readOps + writeOps + entryOps;
}

/** Returns the bytes that were moved within the window, counted like its operations. */
export function windowBytes(record: Pick<RankPart, 'window'>): number {
  return record.window.readBytes + record.window.writeBytes;
}

/**
 * Returns bytes per second within the window. For several trials it is Σbytes / Σtime, which weights each by its time.
 * NaN if nothing was measured, and for jobs with phases, which have a rate for each of them instead.
 */
export function throughputBytesPerSecond(...records: readonly RankPart[]): number {
  return records.some(({ stated }) => stated !== undefined)
    ? meanStated('throughput', records)
    : perSecond(records, windowBytes);
}

/**
 * Returns operations per second within the window; for several trials Σoperations / Σtime. NaN if nothing was measured,
 * and for jobs with phases.
 */
export function iops(...records: readonly RankPart[]): number {
  return perSecond(records, windowOps);
}

/**
 * Returns the files that were read whole per second of the window; for several trials Σfiles / Σtime. NaN if nothing was
 * measured, or if a trial did not read whole files. The files that were done after the window are left out in
 * proportion to the reads.
 */
function filesPerSecond(...records: readonly RankPart[]): number {
  return perSecond(records, (record) => {
    const { read = [], write = [], file } = record.latency;
    if (file === undefined) return Number.NaN;
    const [moved, files] = [countOf(read) + countOf(write), countOf(file)];
    // Empty files have no reads. Then the window is that of a single worker, or of workers that end together.
    return moved > 0 ? (files * windowOps(record)) / moved : files;
  });
}

function perSecond(records: readonly RankPart[], amountOf: (record: RankPart) => number): number {
  let amount = 0;
  let timeNs = 0;
  for (const record of records) {
    if (record.phases !== undefined || record.stated !== undefined) return Number.NaN;
    amount += amountOf(record);
    timeNs += windowNs(record);
  }
  return timeNs > 0 ? amount / (timeNs / 1e9) : Number.NaN;
}

/**
 * Returns the workers' CPU time per operation in ns: Σtime / Σoperations, both including ramp and tail. NaN if a
 * trial's CPU time is unknown or there were no operations.
 */
export function cpuNsPerOp(...records: readonly RankPart[]): number {
  let cpuNs = 0;
  let ops = 0;
  for (const { client, window } of records) {
    cpuNs += client.workerCpuNs ?? Number.NaN;
    ops += window.totalReadOps + window.totalWriteOps + (window.totalEntryOps ?? 0);
  }
  return ops > 0 ? cpuNs / ops : Number.NaN;
}

/** Returns how long the last worker continued after the first one was done, in ns. */
export function tailNs(record: Pick<RankPart, 'window'>): number {
  return record.window.lastDoneNs - record.window.firstDoneNs;
}

/** Returns the latencies of this kind, or null if the trial has none. */
export function latencyHistogram(record: Pick<RankPart, 'latency'>, kind: LatencyKind): Histogram | null {
  return mergedLatency([record], kind);
}

const ROWS = new Map(LATENCY_KINDS.map((row) => [row.kind, row]));

function operationsOf(kind: LatencyKind): readonly OperationKind[] {
  return (ROWS.get(kind) as LatencyKindRow).operations;
}

/**
 * Returns the latencies of this kind over all these trials, merged exactly. If there are none, those of the kind with
 * the same values (`sameAs`). Empty if there are none of those either.
 */
export function latencyOrSame(records: readonly RankPart[], kind: LatencyKind): SparseCounts {
  const found = countsOf(records, kind);
  const sameAs = ROWS.get(kind)?.sameAs;
  return mergedCounts(found.length > 0 || sameAs === undefined ? found : countsOf(records, sameAs));
}

/** Returns the latencies of this kind over all these trials, merged exactly; null if there are none. */
export function mergedLatency(records: readonly Pick<RankPart, 'latency'>[], kind: LatencyKind): Histogram | null {
  const counts = countsOf(records, kind);
  return counts.length === 0 ? null : sumOf(counts);
}

/** Returns the latencies of this kind of each trial and operation that has some. */
function countsOf(records: readonly Pick<RankPart, 'latency'>[], kind: LatencyKind): readonly SparseCounts[] {
  const operations = operationsOf(kind);
  const found: SparseCounts[] = [];
  for (const { latency } of records) {
    for (const operation of operations) {
      const counts = latency[operation];
      if (counts !== undefined && counts.length > 0) found.push(counts);
    }
  }
  return found;
}

/** A single distribution stays as it is: a large run has one for each of tens of thousands of trials. */
function mergedCounts(counts: readonly SparseCounts[]): SparseCounts {
  return counts.length > 1 ? encodeHistogram(sumOf(counts)) : (counts[0] ?? []);
}

function sumOf(counts: readonly SparseCounts[]): Histogram {
  const sum = createHistogram();
  for (const each of counts) addCounts(sum, each);
  return sum;
}

/** The statistics of a distribution of latencies. */
export interface LatencySummary {
  readonly count: number;
  readonly meanNs: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly maxNs: number;
}

type FiveTimes = [number, number, number, number, number];

export function summarizeLatency(histogram: Histogram): LatencySummary {
  return summarizeCounts(encodeHistogram(histogram));
}

function summarizeCounts(counts: SparseCounts): LatencySummary {
  const count = countOf(counts);
  const quantiles = quantilesOfCounts(counts, [0.5, 0.9, 0.99, 0.999, 1], count) as FiveTimes;
  const [p50Ns, p90Ns, p99Ns, p999Ns, maxNs] = quantiles;
  return { count, meanNs: meanOfCounts(counts), p50Ns, p90Ns, p99Ns, p999Ns, maxNs };
}

/** Returns a summary of each kind of latency that these trials have, merged over all of them. */
export function summarizeLatencies(records: readonly RankPart[]): ReadonlyMap<LatencyKind, LatencySummary> {
  const ofOperation = mergedOperations(records);
  const summaries = new Map<LatencyKind, LatencySummary>();
  for (const { kind, operations } of LATENCY_KINDS) {
    const found = operations.map((operation) => ofOperation.get(operation)).filter((counts) => counts !== undefined);
    if (found.length > 0) summaries.set(kind, summarizeCounts(mergedCounts(found)));
  }
  return summaries;
}

/** Returns the latencies of each operation that these trials have, merged over all of them. */
function mergedOperations(records: readonly RankPart[]): ReadonlyMap<OperationKind, SparseCounts> {
  const found = new Map<OperationKind, SparseCounts[]>();
  for (const { latency } of records) {
    for (const operation of Object.keys(latency) as OperationKind[]) {
      const counts = latency[operation];
      if (counts === undefined || counts.length === 0) continue;
      const known = found.get(operation);
      if (known === undefined) found.set(operation, [counts]);
      else known.push(counts);
    }
  }
  return new Map([...found].map(([operation, counts]) => [operation, mergedCounts(counts)]));
}
