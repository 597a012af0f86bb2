/** The record of one trial: a line of `trials.jsonl`, in base units (bytes, ns). */
import type { SystemFault } from '../base/errors.js';
import type { OperationKind } from '../base/latency-kinds.js';
import type { NumberKey } from '../base/metrics.js';
import type { SparseCounts } from '../histogram/sparse-counts.js';
import type { Factor } from '../plan/plan.js';
import type { MachineCheckpoints } from '../training/checkpoints/common-checkpoints.js';
import type { Engine, EngineChoice } from '../workload/engines.js';
import type { EntryOperation } from '../workload/entry-operations.js';
import type { CacheClaim } from '../workload/workload.js';
import type { CheckpointTimeline } from './checkpoint-timeline.js';
import type { MachineUse } from './machine-use.js';
import type { MissedFiles } from './missed-files.js';
import type { NfsTraffic } from './nfs-traffic.js';
import type { ReplayRecord } from './replay-record.js';
import type { TrainingRecord } from './training-record.js';
import type { Warning } from './warning.js';

export const RECORD_VERSION = 1;

/** What one machine measured in a trial. */
export interface RankPart {
  /** The machine's place in its group; 0 alone. */
  readonly rank: number;
  /** The host name of the machine. Absent outside of groups, and before 2026-12. */
  readonly host?: string;
  /** `failed`: `fault` says why. `aborted`: stopped before its end; what was measured is here. */
  readonly status: 'ok' | 'failed' | 'aborted';
  readonly fault: (SystemFault & { readonly worker: number }) | null;
  readonly startedAt: string;
  /**
   * The common start of its workers, ns since 1970: by this machine's clock or, in a group whose clocks were compared, by
   * that of rank 0. Absent with a virtual clock, if the workers did not start, and before 2026-12.
   */
  readonly beganNs?: number;
  /** Wall time of the whole trial, preparation included. */
  readonly wallNs: number;
  readonly engine: EngineUse;
  readonly window: Window;
  /**
   * Latency of each kind of operation, merged over the workers; kinds that did not occur are absent.
   * `read` and `write` are fio's `lat` (from the intended start when a rate is set); `slat` and
   * `clat` are present where they differ from it (paced or queued operations).
   */
  readonly latency: Partial<Record<OperationKind, SparseCounts>>;
  /** The phases of a job that has them, in their order; absent for other jobs, and before 2026-11-29. */
  readonly phases?: readonly Phase[];
  /** Of a replay; absent for other jobs, and before 2026-11-30. */
  readonly replay?: ReplayRecord;
  /** Of a training job; absent for other jobs, and before 2026-11-29. */
  readonly training?: TrainingRecord;
  /** Of jobs that save or load checkpoints, on one machine; absent for other jobs, for a group, and before 2026-12. */
  readonly timeline?: CheckpointTimeline;
  /**
   * Of a machine that saves or loads checkpoints together with others; absent for other jobs, if there are too many, and
   * before 2026-12.
   */
  readonly checkpoints?: MachineCheckpoints;
  /** Metrics as another program states them, without the counts behind them; absent where they are counted. */
  readonly stated?: Partial<Record<NumberKey, number>>;
  /** The job that ran at the same time; absent if the trial's ran alone, and before 2026-11-30. */
  readonly beside?: BesideRecord;
  readonly series: readonly SeriesPoint[];
  readonly cache: CacheEvidence;
  /**
   * On an NFS mount: from before the first operation to after the last; absent elsewhere, and where it cannot be known.
   */
  readonly nfs?: NfsTraffic;
  readonly client: ClientUse;
  /** Absent with a virtual clock, if the trial was abandoned, and before 2026-11-29. */
  readonly machine?: MachineUse;
  /** The user's files that were not read as they had been found. Absent if there are none, and for generated files. */
  readonly missedFiles?: MissedFiles;
  readonly warnings: readonly Warning[];
}

/** One trial. For a group of machines, the values are merged over all of them: see `merge-ranks.ts`. */
export interface TrialRecord extends RankPart {
  readonly recordVersion: number;
  readonly id: string;
  readonly session: number;
  readonly round: number;
  readonly place: number;
  readonly warmup: boolean;
  readonly arm: string;
  readonly job: string;
  readonly target: string;
  readonly factors: readonly Factor[];
  /** The set of data files that it read, 0-based; absent when it read none, and before there were sets (2026-11-27). */
  readonly fileset?: number;
  /** Present if the barrier of all machines around each checkpoint is computed from the times of all of them. */
  readonly commonCheckpoints?: CheckpointCounts;
  /** What each machine measured, by rank; absent with a single machine. */
  readonly ranks?: readonly RankPart[];
}

/** How many checkpoints all machines completed, and how many more only some of them did, which are left out. */
export interface CheckpointCounts {
  readonly completed: number;
  readonly partial: number;
}

/** What a job did that ran beside a trial's own: from the common start, until that one was done. */
export interface BesideRecord extends Pick<RankPart, 'engine' | 'window' | 'latency' | 'phases' | 'training'> {
  /** The arm that it is when it runs alone. */
  readonly arm: string;
  /**
   * How often it began. It starts over if it ends too early: its windows are added up, and phases and training are those of
   * the first time.
   */
  readonly passes: number;
}

/** The time in which all workers did one kind of operation, and nothing else. A barrier separates the phases. */
export interface Phase {
  readonly operation: EntryOperation;
  /** From the first worker's start to the last worker's end, ns; the sum if the phase was repeated. */
  readonly durationNs: number;
  readonly operations: number;
  /** Names that the listings returned; `readdir` only. */
  readonly entries?: number;
}

export interface EngineUse {
  readonly asked: EngineChoice;
  /** `nfs` is libnfs: the engine of `nfs://` targets. A workload cannot choose it. */
  readonly used: Engine;
  /** How system calls are made: through koffi or Node's `fs`, or by another program; null where there are none. */
  readonly calls: 'koffi' | 'fs' | 'foreign' | null;
  readonly numjobs: number;
  /**
   * Threads of each job: more than 1 where the operations in flight of a queue are kept up by as many blocking
   * threads. They share their job's operations.
   */
  readonly threadsPerJob: number;
  /** Operations in flight per job, as really used: of one queue, or of all its threads. */
  readonly iodepth: number;
  readonly direct: boolean;
  /** Why `auto` did not use a queue although `iodepth` asks for one; null otherwise. */
  readonly reason: string | null;
  /** What the kernel granted to `io_uring`; null for other engines, and if no worker got that far. */
  readonly ring: RingUse | null;
}

export interface RingUse {
  /** Buffers and files are known to the kernel beforehand, so that no operation looks them up. */
  readonly registeredBuffers: boolean;
  readonly registeredFiles: boolean;
  /** Set-up flags beyond the plain ones: `SINGLE_ISSUER`, `DEFER_TASKRUN`. */
  readonly flags: readonly string[];
  /** Calls of io_uring_enter(2), of all workers together. */
  readonly enters: number;
}

/**
 * The measured time in which all workers were busy, and the stragglers after it: from the end of the ramp to the
 * deadline, or to the first worker's end if that is earlier. Its length is 0 when nothing was measured. Operations that
 * lie partly in it count in proportion. Until 2026-11-29, it ended with the operation that was in flight at the
 * deadline, and began with the end of the one that was in flight at the end of the ramp. Times are ns since the common
 * start.
 */
export interface Window {
  /**
   * The work is whole only when the slowest worker has done its part (a checkpoint): the window is that worker's time
   * from 0, and all that was moved is in it. Absent: false.
   */
  readonly slowestDecides?: true;
  readonly startNs: number;
  readonly endNs: number;
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly readOps: number;
  readonly writeOps: number;
  /** When the first and the last worker were done. */
  readonly firstDoneNs: number;
  readonly lastDoneNs: number;
  /** All that was moved, ramp and tail included. */
  readonly totalReadBytes: number;
  readonly totalWriteBytes: number;
  readonly totalReadOps: number;
  readonly totalWriteOps: number;
  /** Operations on directory entries: within the phases, and with those between them. Absent without phases. */
  readonly entryOps?: number;
  readonly totalEntryOps?: number;
  /** Between the first and the last worker's first operation. */
  readonly barrierSkewNs: number;
}

/** The totals of one second. The last one may be shorter. */
export interface SeriesPoint {
  /** Start, ns since the common start. */
  readonly startNs: number;
  readonly durationNs: number;
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly ops: number;
  /** Of reads and writes together; null when none ended, and where machines that each have their own are added up. */
  readonly p50Ns: number | null;
  readonly p99Ns: number | null;
}

/** The trial's claim about the page cache, and the evidence. */
export interface CacheEvidence {
  readonly claim: CacheClaim;
  /** `unproven`: there is no evidence, and `detail` says why. `none`: `as-is` claims nothing. */
  readonly verdict: 'proven' | 'contradicted' | 'unproven' | 'none';
  /** One sentence for people. */
  readonly detail: string;
  /**
   * Where the bytes came from, whatever was claimed: the storage, the page cache, or both; null when nothing was read
   * or it cannot be told. Absent before 2026-11-27.
   */
  readonly observed?: 'cold' | 'warm' | 'mixed' | null;
  /**
   * Of a cold or direct claim that is proven for this client, on a server: whether the server may have answered from its
   * own memory (`unknown`), or the data was too large for it and new to it (`exceeded`). Absent elsewhere, and before
   * 2026-11-29.
   */
  readonly serverCache?: 'unknown' | 'exceeded';
  /**
   * Bytes that other programs read from the same server or device during the trial; null when they cannot be told from
   * the job's. Absent before 2026-11-29.
   */
  readonly othersReadBytes?: number | null;
  /** Of the trial's files, just before it; null when it could not be asked, or was not (after a remount). */
  readonly residentBytesBefore: number | null;
  readonly fileBytes: number;
  readonly residencySource: 'cachestat' | 'mincore' | null;
  /** How the files were evicted (`fadvise`, `dd`, `drop_caches`, `remount`, or some with a `+`), or null. */
  readonly evictedBy: string | null;
  readonly applicationReadBytes: number;
  readonly applicationWriteBytes: number;
  /** `/proc/self/io`: what this process made the block layer read and write; null when unreadable. */
  readonly processDeviceReadBytes: number | null;
  readonly processDeviceWriteBytes: number | null;
  /** Sectors of the target's block device (all processes); null when it has none. */
  readonly blockDevice: string | null;
  readonly blockReadBytes: number | null;
  readonly blockWriteBytes: number | null;
  /**
   * Of libnfs alone: what its connections carried during the trial, headers included; null where the kernel does not
   * tell.
   */
  readonly wireReceivedBytes?: number | null;
  readonly wireSentBytes?: number | null;
}

/**
 * Bytes counted so far, or (from `delta`) between two moments; null = cannot be known here. `processDevice…` is what
 * this process, all its threads, made the block layer move: 0 on network file systems. `block…` is what all
 * processes moved on the target's device.
 */
export type IoCounters = Pick<
  CacheEvidence,
  'processDeviceReadBytes' | 'processDeviceWriteBytes' | 'blockDevice' | 'blockReadBytes' | 'blockWriteBytes'
>;

/** Resources that the measurement itself used. If they are high, the client was the bottleneck. */
export interface ClientUse {
  /**
   * CPU time of the workers in their measured loops, ns; user and system split in 10 ms steps where only ticks are
   * known.
   */
  readonly workerCpuNs: number | null;
  readonly workerUserNs: number | null;
  readonly workerSystemNs: number | null;
  /** Page faults of the workers in their measured loops: without and with I/O; null when they cannot be counted. */
  readonly minorFaults: number | null;
  readonly majorFaults: number | null;
  /**
   * How often other tasks took the CPU from the workers in their measured loops; null where it is not counted. Absent
   * before 2026-11-29.
   */
  readonly involuntarySwitches?: number | null;
  /** Garbage collection inside the workers' loops. */
  readonly gcNs: number;
  readonly gcCount: number;
  /** Of the coordinating thread while the workers ran. */
  readonly eventLoopDelayMaxNs: number;
  readonly eventLoopDelayP99Ns: number;
}
