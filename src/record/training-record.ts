import type { CheckpointSums } from '../training/checkpoints/checkpoint-log.js';
import type { EpochFigures } from '../training/step-log.js';

/** What a training job measured besides its operations. Times are ns, summed over a rank's steps, then the mean of ranks. */
export interface TrainingRecord {
  /** The format of the data, and how it was read: `format` (as that format's reader does) or `mlperf-3.0` (whole files). */
  readonly format: string;
  readonly reader: string;
  /** Emulated accelerators: ranks that wait for one another after every step. */
  readonly accelerators: number;
  /** Workers of each rank's loader; 0: the rank loads its batches itself. */
  readonly readThreads: number;
  readonly prefetchFactor: number;
  readonly batchSize: number;
  /** Mean time of the accelerator for a step, ns. */
  readonly computeNs: number;
  readonly epochs: readonly EpochRecord[];
  /** Batches that were ready and not handed over, mean over ranks, sampled at starts of steps, since the common start. */
  readonly ready: readonly ReadyPoint[];
  /** Absent without checkpoints. */
  readonly checkpoints?: TrainingCheckpoints;
}

/** The checkpoints of a training job. */
export interface TrainingCheckpoints extends CheckpointSums {
  readonly writer: string;
  readonly mode: 'sync' | 'async';
  /** Of one checkpoint, all accelerators together. */
  readonly bytes: number;
}

export interface ReadyPoint {
  readonly atNs: number;
  readonly batches: number;
}

export interface EpochRecord extends EpochFigures {
  /** From 1. */
  readonly epoch: number;
}
