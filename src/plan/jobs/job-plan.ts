import type { MapAdvice } from '../../workload/workload.js';
import type { ExpectedTime, TargetRates } from '../assumed-rate.js';
import type { Files, JobFiles } from '../file-list.js';
import type { ArmFiles, Extent } from '../plan.js';
import type { SharedFiles } from '../planned-dataset.js';
import type { SampleSearch } from '../sample-table.js';
import type { Shares } from '../shares.js';

/** A property of an arm that direct I/O would refuse. */
export interface Misfit {
  /** Such as `blocks of 512 bytes`. */
  readonly what: string;
  /** The word of the workload file to change. */
  readonly word: string;
}

/** How long a worker runs. */
export interface TimeBounds {
  /** Time before the measured part, ns. */
  readonly rampNs: number;
  /** Longest measured time, ns; null = until all bytes are moved. */
  readonly runtimeNs: number | null;
  /** Whether the worker starts over until `runtimeNs` has passed. */
  readonly repeats: boolean;
}

/** The pace that a job sets for each of its workers. */
export interface Rate {
  /** One of the two may be null, but not both. */
  readonly operationsPerSecond: number | null;
  readonly bytesPerSecond: number | null;
  /** Whether operations arrive at random, at this rate on average. */
  readonly random: boolean;
}

/** The queue of operations that a job keeps in flight. */
export interface QueueUse {
  /** Operations in flight per worker, for engines that hold a queue. */
  readonly depth: number;
  /** Whether blocking threads may replace the queue. False when threads could not pause as the job requires. */
  readonly byThreads: boolean;
}

/** The threads of a job that needs others than one for each of `numjobs`. */
export interface JobThreads {
  /** Of each of `numjobs`. */
  readonly each: number;
  /** Of all of them together, after the others. */
  readonly besides: number;
  /** Memory that all threads of a trial share, besides their counters. */
  readonly sharedBytes: number;
}

/** Properties of a job that other parts of feedrate need besides its operations. */
export interface JobPlan {
  /** See `ArmFiles`. */
  readonly place: Exclude<ArmFiles['place'], 'existing'>;
  /** Whether the job reads the workload's dataset, and not files of its own. */
  readonly readsDataset: boolean;
  readonly laidOut: boolean;
  /** Whether each worker has all its files open while it runs. If not, it has one open at a time. */
  readonly holdsAllFiles: boolean;
  /** Whether the job creates the directories of its files. */
  readonly makesDirectories: boolean;
  /** Whether the measured part reads, so that the cache state matters. */
  readonly reads: boolean;
  /** Whether the measured part only reads, each file from its start to its end. */
  readonly readsInOrder: boolean;
  /** Whether the machines of a group that share the files deal out their samples, so that each is read once; absent: no. */
  readonly dealsOut?: true;
  /** Whether the workers are ranks of one training job, which a group spreads over its machines; absent: no. */
  readonly spreadsRanks?: true;
  /** Whether several workers read the same file, which comes from the storage once; absent: no. */
  readonly sharesFiles?: boolean;
  /** Whether the job compares blocks with their expected content. */
  readonly checksContent: boolean;
  /** Whether the job runs without pauses, so that its throughput should stay level. */
  readonly isSteady: boolean;
  readonly bounds: TimeBounds;
  readonly queue: QueueUse;
  /** Absent: those that the engine chooses. */
  readonly threads?: JobThreads;
  /** What it looks for in the files of a user. Absent: nothing, it reads bytes. */
  readonly samples?: SampleSearch;
  readonly rate: Rate | null;
  /** For engines that map files. */
  readonly madvise: MapAdvice;
  /**
   * Returns the files and each worker's part of them. `armId` is for messages. Throws `FeedrateError('workload')` when
   * files, blocks and workers do not fit together.
   */
  readonly shares: (armId: string, dataset: SharedFiles | null) => Shares;
  /** Returns the most scratch files and directories of a trial that exist at once, if its list has `files` files. */
  readonly scratchFiles: (files: number) => number;
  /** Returns the most space that a trial's scratch files of `fileBytes` need at once. */
  readonly scratchBytes: (fileBytes: number) => number;
  /**
   * Returns the bytes that a trial with scratch files writes, layout included. A job that repeats is counted as one
   * pass.
   */
  readonly writtenBytes: (fileBytes: number) => number;
  /** Returns the bytes that a trial moves unless it ends early, if one pass over the extents moves `passBytes`. */
  readonly movedBytes: (passBytes: number) => number;
  /** Operations on directory entries that a trial measures unless it ends early. Null: its progress is that of its bytes. */
  readonly entryOperations: number | null;
  /** Returns the expected time of a trial without its layout and the preparation of its caches. */
  readonly expectedTime: (fileBytes: number, rates: TargetRates, files: Files) => ExpectedTime;
  /** Returns the bytes of the extents that the job never moves, because they are no whole block. */
  readonly restBytes: (extents: Iterable<Extent>) => number;
  /** Returns a property of the files that direct I/O would refuse, apart from blocks and starts of extents; or null. */
  readonly directMisfit: (files: JobFiles, misfits: (bytes: number) => boolean) => Misfit | null;
}

/** For jobs that end when all bytes are moved. */
export const UNBOUNDED: TimeBounds = { rampNs: 0, runtimeNs: null, repeats: false };

/** For jobs that do one operation at a time, as programs that move whole files do. */
export const NO_QUEUE: QueueUse = { depth: 1, byThreads: false };
