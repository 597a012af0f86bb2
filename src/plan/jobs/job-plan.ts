import type { Dataset, MapAdvice } from '../../workload/workload.js';
import type { ExpectedTime } from '../assumed-rate.js';
import type { ArmFiles, DataFile } from '../plan.js';
import type { Shares } from '../shares.js';

/** What of an arm direct I/O would refuse. */
export interface Misfit {
  /** `blocks of 512 bytes`. */
  readonly what: string;
  /** The word of the workload that mends it. */
  readonly word: string;
}

/** How long a worker runs. */
export interface TimeBounds {
  /** Before the measured time, ns. */
  readonly rampNs: number;
  /** Longest measured time, ns; null = until the bytes are done. */
  readonly runtimeNs: number | null;
  /** It begins again until `runtimeNs` is over. */
  readonly repeats: boolean;
}

/** The pace that a job sets for each of its workers. */
export interface Rate {
  /** Either may be null, not both. */
  readonly operationsPerSecond: number | null;
  readonly bytesPerSecond: number | null;
  /** Operations come at random, at this rate on average. */
  readonly random: boolean;
}

/** The operations that a job keeps in flight. */
export interface QueueUse {
  /** Operations in flight per worker, where the engine holds a queue. */
  readonly depth: number;
  /** As many blocking threads may do them instead; false where threads could not keep the order of the job's pauses. */
  readonly byThreads: boolean;
}

/** What a job needs and does, for everybody who must know it before or beside its operations. */
export interface JobPlan {
  /** See `ArmFiles`. */
  readonly place: ArmFiles['place'];
  readonly laidOut: boolean;
  /** The job makes the directories of the files that it creates. */
  readonly makesDirectories: boolean;
  /** It reads bytes in its measured part, so that their cache state matters. */
  readonly reads: boolean;
  /** It compares blocks with the content that they must have. */
  readonly checksContent: boolean;
  /** It goes on without pauses of its own, so that its throughput has a level to hold. */
  readonly isSteady: boolean;
  readonly bounds: TimeBounds;
  readonly queue: QueueUse;
  readonly rate: Rate | null;
  /** For engines that map files. */
  readonly madvise: MapAdvice;
  /**
   * The files and each worker's part of them; `armId` is for messages.
   * Throws `FeedrateError('workload')` when files, blocks and workers cannot be matched.
   */
  readonly shares: (armId: string, dataset: Dataset | null) => Shares;
  /** Of jobs with scratch files, that take `fileBytes`: the most that a trial takes at once. */
  readonly scratchBytes: (fileBytes: number) => number;
  /** Of jobs with scratch files: all that a trial writes, layout included. A job that repeats counts with one pass. */
  readonly writtenBytes: (fileBytes: number) => number;
  /** What a trial moves when nothing ends it early, where one pass over the extents moves `passBytes`. */
  readonly movedBytes: (passBytes: number) => number;
  /** Of a trial, its own layout and warming apart. */
  readonly expectedTime: (fileBytes: number) => ExpectedTime;
  /** What of the files direct I/O would refuse, beyond blocks and starts of extents. */
  readonly directMisfit: (files: readonly DataFile[], misfits: (bytes: number) => boolean) => Misfit | null;
}

/** For jobs that end when their bytes are done. */
export const UNBOUNDED: TimeBounds = { rampNs: 0, runtimeNs: null, repeats: false };

/** For jobs that do one operation at a time, as programs do that move whole files. */
export const NO_QUEUE: QueueUse = { depth: 1, byThreads: false };
