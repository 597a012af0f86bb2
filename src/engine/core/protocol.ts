/** What crosses the border between the coordinating thread and a worker thread: plain data. */
import type { SystemFault } from '../../base/errors.js';
import type { ThreadUsage } from '../../host/system/thread-usage.js';
import type { DataFile, Extent } from '../../plan/plan.js';
import type { TcpCount } from '../../record/nfs-traffic.js';
import type { Injection } from '../../record/run-record.js';
import type { EngineUse } from '../../record/trial-record.js';
import type { Engine } from '../../workload/engines.js';
import type { Job } from '../../workload/workload.js';
import type { Totals, WorkerSecond } from './meter.js';

/** How much slower than by itself a trial is to be: see `Injection`. */
export type Slowdown = Pick<Injection, 'part' | 'delayNs'>;

export interface WorkerTask {
  /** The trial's `Counters`. */
  readonly memory: SharedArrayBuffer;
  readonly worker: number;
  readonly workers: number;
  /** This worker is thread `thread` of `threads` of its job: it does every `threads`-th operation of the job. */
  readonly thread: number;
  readonly threads: number;
  readonly backend: Engine;
  readonly job: Job;
  /** This worker's files, with absolute paths; the extents' `file` counts in this list. */
  readonly files: readonly DataFile[];
  readonly extents: readonly Extent[];
  /** The files hold their content already; false: the job creates them. */
  readonly laidOut: boolean;
  /** An existing directory for what the job itself names (checkpoints). */
  readonly scratchDirectory: string;
  readonly seed: number;
  /** Null: none, and the backend runs as it is. One of nothing goes through the same loop as any other. */
  readonly slowdown: Slowdown | null;
}

export interface WorkerReport {
  readonly total: Totals;
  /** At the end of the ramp; null when the worker ended before it. */
  readonly rampEnd: Totals | null;
  /** When the first of all workers was done; null when that cannot be told (virtual time). */
  readonly allBusyEnd: Totals | null;
  /** First operation after the common start, ns. */
  readonly startDelayNs: number;
  /** For jobs that pause by themselves: the time in which they did not; null = all of it. */
  readonly busyNs: number | null;
  readonly seconds: readonly WorkerSecond[];
  /** Of the measured part. */
  readonly usage: ThreadUsage | null;
  readonly gcNs: number;
  readonly gcCount: number;
  readonly ring: EngineUse['ring'];
  readonly shortTransfers: number;
  /** Of libnfs alone: what this worker's connection carried in the measured part; null where that cannot be told. */
  readonly wire?: TcpCount | null;
}

/** A worker never throws across the border, where errors lose their code: it returns the fault. */
export interface WorkerOutcome {
  readonly worker: number;
  /** Null when the worker failed, or was stopped, before the start. */
  readonly report: WorkerReport | null;
  readonly fault: SystemFault | null;
}
