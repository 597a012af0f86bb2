import { monotonicNs } from '../engine/core/clock.js';
import { CELL, type Counters, HISTOGRAM_BASE } from '../engine/core/counters.js';
import { createHistogram, quantileNs } from '../histogram/histogram.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import type { Job } from '../workload/workload.js';
import { addCells } from './assemble.js';
import type { LiveNfs, NfsWatch } from './live-nfs.js';

/** How closely a running trial is observed. Each look takes CPU time from the workers. */
export interface Looks {
  readonly everyMs: number;
  /** Whether to include p99 (a sum over all workers) and the NFS client's counters. */
  readonly closely: boolean;
}

/** For a person who watches the progress. */
export const CLOSE_LOOKS: Looks = { everyMs: 250, closely: true };

/** The state of a trial while its workers run. */
export interface LiveView {
  readonly elapsedNs: number;
  readonly fraction: number | null;
  readonly bytesPerSecond: number;
  readonly opsPerSecond: number;
  /** What the job's progress is counted in. */
  readonly unit: 'bytes' | 'operations';
  readonly p99Ns: number | null;
  /** Time since an operation last completed, or since the start. As precise as the interval between looks. */
  readonly quietNs: number;
  readonly nfs: LiveNfs | null;
}

/** The observation of a running trial. */
export interface Watch {
  /** Returns the longest time without a completed operation, ns. */
  longestQuietNs(): number;
  stop(): void;
}

interface CounterReading {
  readonly atNs: number;
  readonly bytes: number;
  readonly ops: number;
}

function read(counters: Counters): CounterReading {
  let bytes = 0;
  let ops = 0;
  for (let worker = 0; worker < counters.workers; worker++) {
    const cells = counters.cellsOf(worker);
    bytes += (cells[CELL.readBytes] as number) + (cells[CELL.writeBytes] as number);
    ops += (cells[CELL.readOps] as number) + (cells[CELL.writeOps] as number) + (cells[CELL.entryOps] as number);
  }
  return { atNs: monotonicNs(), bytes, ops };
}

function liveP99(counters: Counters): number | null {
  const sum = createHistogram();
  for (let worker = 0; worker < counters.workers; worker++) {
    const cells = counters.histogramsOf(worker);
    addCells(sum, cells, HISTOGRAM_BASE.read);
    addCells(sum, cells, HISTOGRAM_BASE.write);
  }
  const p99 = quantileNs(sum, 0.99);
  return Number.isNaN(p99) ? null : p99;
}

/**
 * Returns the completed part of a trial (0 to 1), by time, or by bytes or operations, whichever is larger; null when
 * unknown.
 */
function fractionDone(
  job: Job,
  expectedBytes: number,
  elapsedNs: number,
  { bytes, ops }: CounterReading,
): number | null {
  const { bounds, entryOperations } = jobPlanOf(job);
  const { rampNs, runtimeNs, repeats } = bounds;
  if (entryOperations !== null) return Math.min(1, ops / entryOperations);
  const byTime = runtimeNs === null ? 0 : elapsedNs / (rampNs + runtimeNs);
  const bounded = !repeats && expectedBytes > 0;
  const byBytes = bounded ? bytes / expectedBytes : 0;
  return runtimeNs === null && !bounded ? null : Math.min(1, Math.max(byTime, byBytes));
}

/**
 * Calls `show` at regular intervals until it is stopped. There are no calls before the workers' common start, while
 * they load and rehearse. `starting` is called instead while some of their threads have not started, and once when all
 * have.
 */
export function watch(
  counters: Counters,
  { job, expectedBytes, nfs, looks }: { job: Job; expectedBytes: number; nfs: NfsWatch; looks: Looks },
  show: (view: LiveView) => void,
  starting: () => void,
): Watch {
  let last: CounterReading | null = null;
  let wasStarting = false;
  let preparedOps = 0;
  let quietSinceNs = 0;
  let longestQuietNs = 0;
  const timer = setInterval(() => {
    const { beganNs } = counters;
    const now = read(counters);
    const isStarting = counters.present < counters.workers;
    // Workers that make files before the common start show that the target responds.
    if (isStarting || wasStarting || (beganNs === null && now.ops > preparedOps)) starting();
    wasStarting = isStarting;
    preparedOps = now.ops;
    if (beganNs === null || now.atNs <= beganNs) return;
    const before = last ?? { atNs: beganNs, bytes: 0, ops: 0 };
    if (last === null || now.ops > before.ops || now.bytes > before.bytes) quietSinceNs = now.atNs;
    const quietNs = now.atNs - quietSinceNs;
    longestQuietNs = Math.max(longestQuietNs, quietNs);
    const seconds = Math.max(1e-3, (now.atNs - before.atNs) / 1e9);
    const elapsedNs = now.atNs - beganNs;
    show({
      elapsedNs,
      fraction: fractionDone(job, expectedBytes, elapsedNs, now),
      bytesPerSecond: (now.bytes - before.bytes) / seconds,
      opsPerSecond: (now.ops - before.ops) / seconds,
      unit: jobPlanOf(job).entryOperations === null ? 'bytes' : 'operations',
      p99Ns: looks.closely ? liveP99(counters) : null,
      quietNs,
      nfs: looks.closely ? nfs.look(now.atNs) : null,
    });
    last = now;
  }, looks.everyMs);
  return { longestQuietNs: () => longestQuietNs, stop: () => clearInterval(timer) };
}
