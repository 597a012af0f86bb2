import type { CheckpointSums } from '../training/checkpoints/checkpoint-log.js';
import type { StepTimes } from '../training/common-steps.js';
import type { EpochFigures } from '../training/step-log.js';
import type { JsonReader } from './json-reader.js';

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
  /**
   * The AU of a few of the same steps on an engine that reads nothing: what this machine and the emulation cost. Null when steps
   * are too long for a try; absent for engines without files.
   */
  readonly nullAu?: number | null;
  readonly epochs: readonly EpochRecord[];
  /** Batches that were ready and not handed over, mean over ranks, sampled at starts of steps, since the common start. */
  readonly ready: readonly ReadyPoint[];
  /** Absent without checkpoints. */
  readonly checkpoints?: TrainingCheckpoints;
  /**
   * Of several machines that deal out one dataset: `computed`: the barrier between their steps follows from their step times,
   * see `commonSteps`. `none`: those are not known, and times are means over machines that did not wait for one another.
   * Absent: one machine, or machines that train alone.
   */
  readonly commonBarrier?: 'computed' | 'none';
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
  /** Of a machine in a group that deals out one dataset, unless there are too many; absent otherwise. */
  readonly stepTimes?: StepTimes;
}

const EPOCH_NUMBERS = [
  'epoch',
  'steps',
  'samples',
  'sampleBytes',
  'readBytes',
  'startNs',
  'endNs',
  'computeNs',
  'waitNs',
  'barrierNs',
  'firstStepNs',
  'firstComputeNs',
  'firstSamples',
  'stalls',
  'longestStallNs',
] as const;

/** Throws `FeedrateError('store')` at the first field that is missing or has a wrong type. */
export function checkTraining(training: JsonReader): void {
  for (const key of ['format', 'reader']) training.at(key).text();
  for (const key of ['accelerators', 'readThreads', 'prefetchFactor', 'batchSize', 'computeNs'])
    training.at(key).number();
  if (training.at('nullAu').value !== undefined) training.at('nullAu').numberOrNull();
  for (const epoch of training.at('epochs').list()) {
    for (const key of EPOCH_NUMBERS) epoch.at(key).number();
    epoch.at('longestStallStep').numberOrNull();
    if (epoch.at('stepTimes').value !== undefined) checkStepTimes(epoch.at('stepTimes'));
    if (epoch.at('steady').value === null) continue;
    for (const key of ['steps', 'wallNs', 'computeNs']) epoch.at('steady').at(key).number();
  }
  for (const point of training.at('ready').list()) for (const key of ['atNs', 'batches']) point.at(key).number();
}

function checkStepTimes(times: JsonReader): void {
  const lists = (['startsNs', 'durationsNs', 'waitsNs'] as const).map((key) => {
    const items = times.at(key).items();
    return items.every((item) => typeof item === 'number') ? items : times.at(key).fail('a list of numbers');
  });
  if (new Set(lists.map(({ length }) => length)).size > 1) times.fail('lists of the same length');
}
