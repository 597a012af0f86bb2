/** Merges the workers' reports into the fields of a trial record. Merging is exact; nothing is averaged. */

import { OPERATION_KINDS, type OperationKind } from '../base/latency-kinds.js';
import { type Counters, HISTOGRAM_BASE } from '../engine/core/counters.js';
import { TICK_NS, type Totals, type WorkerSecond } from '../engine/core/meter.js';
import type { WorkerOutcome, WorkerPhase, WorkerReport } from '../engine/core/protocol.js';
import { BINS, createHistogram, type Histogram, mergeInto, quantileNs, totalCount } from '../histogram/histogram.js';
import { decodeHistogram, encodeHistogram, type SparseCounts } from '../histogram/sparse-counts.js';
import type { TcpCount } from '../record/nfs-traffic.js';
import { sumOfPhases } from '../record/phases.js';
import type { ClientUse, Phase, RingUse, SeriesPoint, Window } from '../record/trial-record.js';
import type { EntryOperation } from '../workload/entry-operations.js';

const SECOND_NS = 1_000_000_000;
const NOTHING: Totals = { atNs: 0, readOps: 0, writeOps: 0, entryOps: 0, readBytes: 0, writeBytes: 0 };

const AMOUNTS = ['readOps', 'writeOps', 'readBytes', 'writeBytes'] as const;
type Amounts = Record<(typeof AMOUNTS)[number], number>;

function sumOf(parts: readonly Amounts[]): Amounts {
  const sum: Amounts = { readOps: 0, writeOps: 0, readBytes: 0, writeBytes: 0 };
  for (const part of parts) for (const amount of AMOUNTS) sum[amount] += part[amount];
  return sum;
}

function difference(from: Amounts, to: Amounts): Amounts {
  const result = sumOf([to]);
  for (const amount of AMOUNTS) result[amount] = Math.max(0, to[amount] - from[amount]);
  return result;
}

/** Returns a worker's totals at a moment before its end, interpolated linearly from the end of its ramp. */
function proportionAt(report: WorkerReport, atNs: number): Totals {
  const from = report.rampEnd ?? NOTHING;
  const span = report.total.atNs - from.atNs;
  const part = span <= 0 ? 1 : Math.min(1, (atNs - from.atNs) / span);
  const at = (amount: (typeof AMOUNTS)[number]) => from[amount] + (report.total[amount] - from[amount]) * part;
  return {
    atNs,
    readOps: at('readOps'),
    writeOps: at('writeOps'),
    entryOps: 0,
    readBytes: at('readBytes'),
    writeBytes: at('writeBytes'),
  };
}

/** Returns when a worker's measured part was over: at its deadline, or when it was done before. */
function endOf({ deadlineEnd, total }: WorkerReport): number {
  return deadlineEnd?.atNs ?? total.atNs;
}

/** Returns a worker's totals when all workers' measured parts were still under way for the last time. */
function totalsAtEnd(report: WorkerReport, endNs: number): Totals {
  const { deadlineEnd } = report;
  if (deadlineEnd !== null && endNs >= deadlineEnd.atNs) return deadlineEnd;
  return report.allBusyEnd ?? proportionAt(report, endNs);
}

/**
 * Returns the measured time in which all workers were busy, and the operations and bytes that they moved in it. Its
 * length is 0 when a worker was done before its ramp was over: nothing was measured then.
 */
export function assembleWindow(reports: readonly WorkerReport[]): Window {
  const active = reports.filter(({ total }) => total.readOps + total.writeOps + total.entryOps > 0);
  const ends = active.map(({ total }) => total.atNs);
  const firstDoneNs = active.length === 0 ? 0 : Math.min(...ends);
  const lastDoneNs = Math.max(0, ...ends);
  const total = sumOf(active.map((report) => report.total));
  const delays = active.map(({ startDelayNs }) => startDelayNs);
  const rest = {
    firstDoneNs,
    lastDoneNs,
    totalReadBytes: total.readBytes,
    totalWriteBytes: total.writeBytes,
    totalReadOps: total.readOps,
    totalWriteOps: total.writeOps,
    barrierSkewNs: active.length === 0 ? 0 : Math.max(...delays) - Math.min(...delays),
  };
  const busy = active.map(({ busyNs }) => busyNs).filter((ns) => ns !== null);
  if (busy.length > 0) {
    const ops = entryOpsOf(active);
    return { startNs: 0, endNs: Math.max(...busy), ...total, ...rest, ...ops, slowestDecides: true };
  }
  const measured = active.filter(({ rampEnd }) => rampEnd !== null);
  const endNs = active.length === 0 ? 0 : Math.min(...active.map(endOf));
  const moved = sumOf(measured.map((report) => difference(report.rampEnd as Totals, totalsAtEnd(report, endNs))));
  const starts = measured.map(({ rampEnd }) => (rampEnd as Totals).atNs);
  const startNs = starts.length === 0 ? endNs : Math.max(...starts);
  return {
    startNs,
    endNs: Math.max(startNs, endNs),
    readOps: thousandths(moved.readOps),
    writeOps: thousandths(moved.writeOps),
    readBytes: Math.round(moved.readBytes),
    writeBytes: Math.round(moved.writeBytes),
    ...rest,
  };
}

/** Returns the operations of workers with phases: within their phases, and all of them. */
function entryOpsOf(reports: readonly WorkerReport[]): Pick<Window, 'entryOps' | 'totalEntryOps'> {
  const phases = reports.flatMap((report) => report.phases ?? []);
  if (phases.length === 0) return {};
  return {
    entryOps: phases.reduce((sum, { operations }) => sum + operations, 0),
    totalEntryOps: reports.reduce((sum, { total }) => sum + total.entryOps, 0),
  };
}

/**
 * Returns the phases of all workers together, those of the same operation added up. A phase lasts from its first
 * worker's start to its last worker's end. Undefined for jobs without phases.
 */
export function assemblePhases(reports: readonly WorkerReport[]): readonly Phase[] | undefined {
  const byOperation = new Map<EntryOperation, Phase[]>();
  const longest = Math.max(0, ...reports.map(({ phases = [] }) => phases.length));
  for (let place = 0; place < longest; place++) {
    const parts = reports.flatMap(({ phases = [] }) => phases[place] ?? []);
    const { operation } = parts[0] as WorkerPhase;
    const startNs = Math.min(...parts.map((part) => part.startNs));
    const durationNs = Math.max(...parts.map((part) => part.endNs)) - startNs;
    byOperation.set(operation, [...(byOperation.get(operation) ?? []), sumOfPhases(operation, durationNs, parts)]);
  }
  if (byOperation.size === 0) return undefined;
  return [...byOperation].map(([operation, times]) =>
    sumOfPhases(
      operation,
      times.reduce((sum, { durationNs }) => sum + durationNs, 0),
      times,
    ),
  );
}

/** Rounds a number of operations. The part of one in flight counts: it matters where a trial has few. */
function thousandths(operations: number): number {
  return Math.round(operations * 1000) / 1000;
}

/** Returns one latency histogram per operation kind, merged over all workers. Kinds without operations are absent. */
export function assembleLatency(counters: Counters): Partial<Record<OperationKind, SparseCounts>> {
  const latency: Partial<Record<OperationKind, SparseCounts>> = {};
  const workers = Array.from({ length: counters.workers }, (_, worker) => counters.histogramsOf(worker));
  for (const kind of OPERATION_KINDS) {
    const sum = createHistogram();
    for (const histograms of workers) addCells(sum, histograms, HISTOGRAM_BASE[kind]);
    const counts = encodeHistogram(sum);
    if (counts.length > 0) latency[kind] = counts;
  }
  return latency;
}

/** Adds a worker's counts of one operation kind to `sum`. `base` is the index of the kind's first bin in `cells`. */
export function addCells(sum: Histogram, cells: Float64Array, base: number): void {
  for (let bin = 0; bin < BINS; bin++) sum.counts[bin] = (sum.counts[bin] as number) + (cells[base + bin] as number);
}

/** Returns the time series, one point per second. Seconds without operations are included. */
export function assembleSeries(reports: readonly WorkerReport[], lastDoneNs: number): SeriesPoint[] {
  const bySecond = new Map<number, WorkerSecond[]>();
  for (const part of reports.flatMap(({ seconds }) => seconds)) {
    const parts = bySecond.get(part.second);
    if (parts === undefined) bySecond.set(part.second, [part]);
    else parts.push(part);
  }
  const points: SeriesPoint[] = [];
  for (let second = 0; second * SECOND_NS < lastDoneNs; second++) {
    const parts = bySecond.get(second) ?? [];
    const durationNs = Math.min(SECOND_NS, lastDoneNs - second * SECOND_NS);
    // Workers notice the end up to one tick late. A last second shorter than a tick is not worth a point.
    if (parts.length === 0 && durationNs < TICK_NS) break;
    points.push(pointOf(parts, second * SECOND_NS, durationNs));
  }
  return points;
}

function pointOf(parts: readonly WorkerSecond[], startNs: number, durationNs: number): SeriesPoint {
  const latency = createHistogram();
  for (const part of parts) mergeInto(latency, decodeHistogram(part.latency));
  const any = totalCount(latency) > 0;
  const sum = (pick: (part: WorkerSecond) => number) => parts.reduce((total, part) => total + pick(part), 0);
  return {
    startNs,
    durationNs,
    readBytes: sum((part) => part.readBytes),
    writeBytes: sum((part) => part.writeBytes),
    ops: sum((part) => part.ops),
    p50Ns: any ? quantileNs(latency, 0.5) : null,
    p99Ns: any ? quantileNs(latency, 0.99) : null,
  };
}

/** Returns how the workers used their io_uring rings; null when they had none. */
export function assembleRing(reports: readonly WorkerReport[]): RingUse | null {
  const rings = reports.map(({ ring }) => ring).filter((ring) => ring !== null);
  const [first] = rings;
  if (first === undefined) return null;
  return {
    registeredBuffers: rings.every(({ registeredBuffers }) => registeredBuffers),
    registeredFiles: rings.every(({ registeredFiles }) => registeredFiles),
    flags: first.flags,
    enters: rings.reduce((sum, { enters }) => sum + enters, 0),
  };
}

/**
 * Returns the bytes that the libnfs connections carried: null when one of them could not be counted, undefined for
 * other engines.
 */
export function assembleWire(outcomes: readonly WorkerOutcome[]): TcpCount | null | undefined {
  const counts = outcomes.map(({ report }) => report?.wire);
  if (counts.every((count) => count === undefined)) return undefined;
  const sum = { receivedBytes: 0, sentBytes: 0 };
  for (const count of counts) {
    if (count === null || count === undefined) return null;
    sum.receivedBytes += count.receivedBytes;
    sum.sentBytes += count.sentBytes;
  }
  return sum;
}

/**
 * Returns the client's cost: the workers' CPU, page faults and garbage collection, and this thread's event-loop delay.
 */
export function assembleClient(
  reports: readonly WorkerReport[],
  eventLoopDelay: { readonly maxNs: number; readonly p99Ns: number },
): ClientUse {
  const usage = reports.map((report) => report.usage);
  const known = usage.filter((use) => use !== null);
  const sum = (pick: (use: NonNullable<WorkerReport['usage']>) => number) =>
    known.length === 0 || known.length < usage.length ? null : known.reduce((total, use) => total + pick(use), 0);
  return {
    workerCpuNs: sum((use) => use.totalNs),
    workerUserNs: sum((use) => use.userNs),
    workerSystemNs: sum((use) => use.systemNs),
    minorFaults: sum((use) => use.minorFaults),
    majorFaults: sum((use) => use.majorFaults),
    involuntarySwitches: known.some((use) => use.involuntarySwitches === null)
      ? null
      : sum((use) => use.involuntarySwitches ?? 0),
    gcNs: reports.reduce((total, { gcNs }) => total + gcNs, 0),
    gcCount: reports.reduce((total, { gcCount }) => total + gcCount, 0),
    eventLoopDelayMaxNs: eventLoopDelay.maxNs,
    eventLoopDelayP99Ns: eventLoopDelay.p99Ns,
  };
}
