import type { EpochFigures, SteadyPart } from '../training/step-log.js';
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
}

export interface ReadyPoint {
  readonly atNs: number;
  readonly batches: number;
}

export interface EpochRecord extends EpochFigures {
  /** From 1. */
  readonly epoch: number;
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
    if (epoch.at('steady').value === null) continue;
    for (const key of ['steps', 'wallNs', 'computeNs']) epoch.at('steady').at(key).number();
  }
  for (const point of training.at('ready').list()) for (const key of ['atNs', 'batches']) point.at(key).number();
}

/**
 * Merges what the machines of a group measured, each with its own accelerators. Samples and bytes are added up. Times are means
 * over all accelerators, as within one machine. Epochs that some machine has not ended are left out, and so is the queue.
 */
export function mergeTraining(parts: readonly (TrainingRecord | undefined)[]): TrainingRecord | undefined {
  const known = parts.filter((part) => part !== undefined);
  const [first] = known;
  if (first === undefined || known.length < parts.length) return undefined;
  const weights = known.map(({ accelerators }) => accelerators);
  const epochs = first.epochs.flatMap((epoch, at) => {
    const same = known.map((part) => part.epochs[at]).filter((each) => each !== undefined);
    return same.length < known.length ? [] : [Object.assign({ epoch: epoch.epoch }, mergeEpochs(same, weights))];
  });
  return { ...first, accelerators: weights.reduce((sum, each) => sum + each, 0), epochs, ready: [] };
}

function mergeEpochs(epochs: readonly EpochRecord[], weights: readonly number[]): EpochFigures {
  const mean = (pick: (epoch: EpochRecord) => number): number => meanOf(epochs.map(pick), weights);
  const sum = (pick: (epoch: EpochRecord) => number): number => epochs.reduce((total, epoch) => total + pick(epoch), 0);
  const longest = epochs.reduce((a, b) => (b.longestStallNs > a.longestStallNs ? b : a));
  return {
    steps: Math.max(...epochs.map(({ steps }) => steps)),
    samples: sum(({ samples }) => samples),
    sampleBytes: sum(({ sampleBytes }) => sampleBytes),
    readBytes: sum(({ readBytes }) => readBytes),
    startNs: mean(({ startNs }) => startNs),
    endNs: mean(({ endNs }) => endNs),
    computeNs: mean(({ computeNs }) => computeNs),
    waitNs: mean(({ waitNs }) => waitNs),
    barrierNs: mean(({ barrierNs }) => barrierNs),
    firstStepNs: mean(({ firstStepNs }) => firstStepNs),
    firstComputeNs: mean(({ firstComputeNs }) => firstComputeNs),
    firstSamples: sum(({ firstSamples }) => firstSamples),
    steady: mergeSteady(
      epochs.map(({ steady }) => steady),
      weights,
    ),
    stalls: Math.max(...epochs.map(({ stalls }) => stalls)),
    longestStallNs: longest.longestStallNs,
    longestStallStep: longest.longestStallStep,
  };
}

function mergeSteady(parts: readonly (SteadyPart | null)[], weights: readonly number[]): SteadyPart | null {
  const known = parts.filter((part) => part !== null);
  if (known.length < parts.length) return null;
  return {
    steps: Math.min(...known.map(({ steps }) => steps)),
    wallNs: meanOf(
      known.map(({ wallNs }) => wallNs),
      weights,
    ),
    computeNs: meanOf(
      known.map(({ computeNs }) => computeNs),
      weights,
    ),
  };
}

function meanOf(values: readonly number[], weights: readonly number[]): number {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return values.reduce((sum, value, at) => sum + value * (weights[at] as number), 0) / all;
}
