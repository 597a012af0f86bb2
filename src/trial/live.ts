import { monotonicNs } from '../engine/core/clock.js';
import { CELL, type Counters, HISTOGRAM_BASE } from '../engine/core/counters.js';
import { createHistogram, quantileNs } from '../histogram/histogram.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import type { Job } from '../workload/workload.js';
import { addCells } from './assemble.js';
import type { LiveNfs, NfsWatch } from './live-nfs.js';

/** How closely a trial under way is looked at: what a look costs, the client has not for its workers. */
export interface Looks {
  readonly everyMs: number;
  /** Also what takes a sum over all workers, or asks the NFS client. */
  readonly closely: boolean;
}

/** For eyes that watch. */
export const CLOSE_LOOKS: Looks = { everyMs: 250, closely: true };

/** After so long without the end of any operation a target is taken for one that does not answer, ns. */
export const SILENCE_NS = 10e9;

/** What can be seen of a trial while its workers run. */
export interface LiveView {
  readonly elapsedNs: number;
  readonly fraction: number | null;
  readonly bytesPerSecond: number;
  readonly opsPerSecond: number;
  readonly p99Ns: number | null;
  /** Since an operation ended, or since the start, to the precision of the looks. */
  readonly quietNs: number;
  readonly nfs: LiveNfs | null;
}

/** A trial that is looked at. */
export interface Watch {
  /** The longest time without the end of any operation, ns. */
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
    ops += (cells[CELL.readOps] as number) + (cells[CELL.writeOps] as number);
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

/** How far a trial has come, by its time or its bytes, whichever is further. */
function fractionDone(job: Job, expectedBytes: number, elapsedNs: number, bytes: number): number | null {
  const { rampNs, runtimeNs, repeats } = jobPlanOf(job).bounds;
  const byTime = runtimeNs === null ? 0 : elapsedNs / (rampNs + runtimeNs);
  const bounded = !repeats && expectedBytes > 0;
  const byBytes = bounded ? bytes / expectedBytes : 0;
  return runtimeNs === null && !bounded ? null : Math.min(1, Math.max(byTime, byBytes));
}

/**
 * Looks at the counters until it is stopped. Before the workers' common start, while they load and rehearse, there is
 * nothing to be seen.
 */
export function watch(
  counters: Counters,
  { job, expectedBytes, nfs, looks }: { job: Job; expectedBytes: number; nfs: NfsWatch; looks: Looks },
  show: (view: LiveView) => void,
): Watch {
  let last: CounterReading | null = null;
  let quietSinceNs = 0;
  let longestQuietNs = 0;
  const timer = setInterval(() => {
    const { beganNs } = counters;
    const now = read(counters);
    if (beganNs === null || now.atNs <= beganNs) return;
    const before = last ?? { atNs: beganNs, bytes: 0, ops: 0 };
    if (last === null || now.ops > before.ops || now.bytes > before.bytes) quietSinceNs = now.atNs;
    const quietNs = now.atNs - quietSinceNs;
    longestQuietNs = Math.max(longestQuietNs, quietNs);
    const seconds = Math.max(1e-3, (now.atNs - before.atNs) / 1e9);
    const elapsedNs = now.atNs - beganNs;
    show({
      elapsedNs,
      fraction: fractionDone(job, expectedBytes, elapsedNs, now.bytes),
      bytesPerSecond: (now.bytes - before.bytes) / seconds,
      opsPerSecond: (now.ops - before.ops) / seconds,
      p99Ns: looks.closely ? liveP99(counters) : null,
      quietNs,
      nfs: looks.closely ? nfs.look(now.atNs) : null,
    });
    last = now;
  }, looks.everyMs);
  return { longestQuietNs: () => longestQuietNs, stop: () => clearInterval(timer) };
}
