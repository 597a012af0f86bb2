/** The messages between the coordinating thread and worker threads. Plain data. */
import type { SystemFault } from '../../base/errors.js';
import type { Opening } from '../../base/opening.js';
import type { ThreadUsage } from '../../host/system/thread-usage.js';
import type { FoundPart } from '../../plan/file-index.js';
import type { FileRule } from '../../plan/file-list.js';
import type { DataFile, Extent } from '../../plan/plan.js';
import type { CheckpointSpan } from '../../record/checkpoint-timeline.js';
import type { TcpCount } from '../../record/nfs-traffic.js';
import type { Injection } from '../../record/run-record.js';
import type { TrainingRecord } from '../../record/training-record.js';
import type { EngineUse } from '../../record/trial-record.js';
import type { MachineCheckpoints } from '../../training/checkpoints/common-checkpoints.js';
import type { CallSum } from '../../training/trace/trace-file.js';
import type { Engine } from '../../workload/engines.js';
import type { EntryOperation } from '../../workload/entry-operations.js';
import type { Job } from '../../workload/workload.js';
import type { Totals, WorkerSecond } from './meter.js';
import type { MissedByWorker } from './missed-by-worker.js';

/** By how much to slow down a trial; see `Injection`. */
export type Slowdown = Pick<Injection, 'part' | 'delayNs'>;

export interface WorkerTask {
  /** The trial's `Counters`. */
  readonly memory: SharedArrayBuffer;
  /** The counters of the start that this job shares with one that runs beside it. Absent: it starts on its own. */
  readonly start?: { readonly memory: SharedArrayBuffer; readonly workers: number };
  /** What a job's threads share besides; see `JobThreads`. */
  readonly shared?: SharedArrayBuffer;
  readonly worker: number;
  readonly workers: number;
  /** This worker is thread `thread` of the `threads` threads of its job. It does every `threads`-th operation. */
  readonly thread: number;
  readonly threads: number;
  readonly backend: Engine;
  readonly job: Job;
  /** This worker's files, with absolute paths: as a list, or as the rule from which the worker generates them. */
  readonly files: readonly DataFile[] | FileRule | FoundPart;
  /** `Extent.file` is an index into the files. Null: every file whole, one after the other. */
  readonly extents: readonly Extent[] | null;
  /** Whether the files already have their content. If not, the job creates them. */
  readonly laidOut: boolean;
  /** How to open the files if they are not feedrate's; null or absent: they are. */
  readonly opening?: Opening | null;
  /** An existing directory for files that the job names itself (checkpoints). */
  readonly scratchDirectory: string;
  /** The target's directory as the session holds it open; null or absent: nothing is held, as for `nfs://`. */
  readonly held?: { readonly path: string; readonly fd: number } | null;
  readonly seed: number;
  /**
   * For jobs that deal out the samples of shared files over the machines of a group: this machine's place, and the seed of
   * the order that they have in common. Absent: all samples are this machine's.
   */
  readonly partition?: { readonly rank: number; readonly size: number; readonly seed: number };
  /** The trace of a replay, and the memory in which its threads wait for each other. Absent: the job replays nothing. */
  readonly recording?: { readonly image: SharedArrayBuffer; readonly order: SharedArrayBuffer };
  /** Null: no slowdown, the backend runs unchanged. A slowdown of zero still uses the loop of slowed backends. */
  readonly slowdown: Slowdown | null;
  /** Whether the thread ends after this task, so that it need not collect garbage for another. Absent: it does not. */
  readonly isLast?: boolean;
}

/** What one worker of a replay did. */
export interface WorkerReplay {
  readonly sums: readonly CallSum[];
  /** Time of gaps, and of waits for other threads, ns. */
  readonly gapNs: number;
  readonly waitNs: number;
  readonly calls: number;
}

/** One worker's part of a phase. Times are ns since the common start. */
export interface WorkerPhase {
  readonly operation: EntryOperation;
  readonly startNs: number;
  readonly endNs: number;
  readonly operations: number;
  /** Names that listings returned; `readdir` only. */
  readonly entries?: number;
}

export interface WorkerReport {
  readonly total: Totals;
  /** Totals at the end of the ramp; null when the worker ended before it. */
  readonly rampEnd: Totals | null;
  /** Totals at the job's deadline; null when the worker ended before it. */
  readonly deadlineEnd: Totals | null;
  /** Totals when the first worker was done before the deadline; null when none was, or unknown (virtual time). */
  readonly allBusyEnd: Totals | null;
  /** Time from the common start to the first operation, ns. */
  readonly startDelayNs: number;
  /** For jobs with pauses of their own: the time without the pauses, ns; null = all of it. */
  readonly busyNs: number | null;
  /** Of jobs with phases, in the order in which they were done. */
  readonly phases?: readonly WorkerPhase[];
  /** Of replays. */
  readonly replay?: WorkerReplay;
  /** Of jobs that save or load checkpoints: when this worker did what, and how many spans were not kept. */
  readonly spans?: { readonly kept: readonly CheckpointSpan[]; readonly dropped: number };
  /** Of jobs whose checkpoints several machines save or load together, from the thread that times them for all. */
  readonly checkpoints?: MachineCheckpoints;
  /** Of a training job, from the thread that plays its accelerators. */
  readonly training?: TrainingRecord;
  readonly seconds: readonly WorkerSecond[];
  /** CPU use in the measured part. */
  readonly usage: ThreadUsage | null;
  readonly gcNs: number;
  readonly gcCount: number;
  readonly ring: EngineUse['ring'];
  readonly shortTransfers: number;
  /** The files of the user's that it could not read as they were found, and how many more there were. */
  readonly missed?: MissedByWorker['report'];
  /** libnfs only: the bytes that this worker's connection carried in the measured part; null when unknown. */
  readonly wire?: TcpCount | null;
}

/** The result of a worker. Faults are returned rather than thrown, because errors lose their code between threads. */
export interface WorkerOutcome {
  readonly worker: number;
  /** Null when the worker failed, or was stopped, before the start. */
  readonly report: WorkerReport | null;
  readonly fault: SystemFault | null;
}
