/** Merges what the machines of a group measured of a training. */
import type { StepSums } from '../training/checkpoints/checkpoint-log.js';
import type { CommonCheckpoints } from '../training/checkpoints/common-checkpoints.js';
import { type CommonSteps, commonSteps } from '../training/common-steps.js';
import { type EpochFigures, firstSteadyStep, type SteadyPart } from '../training/step-log.js';
import type { EpochRecord, TrainingCheckpoints, TrainingRecord } from './training-record.js';

/**
 * Merges what the machines of a group measured, each with its own accelerators. Samples and bytes are added up. Times are means
 * over all accelerators, as within one machine. Where the times of all steps are known, epochs are as long as with a barrier over
 * all machines after each step. Epochs that some machine has not ended are left out, and so is the queue.
 * @param common the checkpoints, if the barrier of all machines around each of them is known
 */
export function mergeTraining(
  parts: readonly (TrainingRecord | undefined)[],
  common?: CommonCheckpoints,
): TrainingRecord | undefined {
  const known = parts.filter((part) => part !== undefined);
  const [first] = known;
  if (first === undefined || known.length < parts.length) return undefined;
  const weights = known.map(({ accelerators }) => accelerators);
  const epochs = first.epochs.flatMap((epoch, at) => {
    const same = known.map((part) => part.epochs[at]).filter((each) => each !== undefined);
    return same.length < known.length ? [] : [Object.assign({ epoch: epoch.epoch }, mergeEpochs(same, weights))];
  });
  const dealt = known.some(({ epochs: own }) => own.some(({ stepTimes }) => stepTimes !== undefined));
  const barriered = dealt ? withBarrier(epochs, known) : null;
  const checkpoints = mergeSavings(
    known.flatMap((part) => part.checkpoints ?? []),
    common,
  );
  const accelerators = sumOf(weights);
  return {
    ...first,
    accelerators,
    epochs: barriered ?? epochs,
    ready: [],
    ...(checkpoints !== undefined && { checkpoints }),
    ...(dealt && { commonBarrier: barriered === null ? 'none' : 'computed' }),
  };
}

/** Returns the epochs with a barrier after each step; null if the times of some steps are not known. */
function withBarrier(epochs: readonly EpochRecord[], parts: readonly TrainingRecord[]): EpochRecord[] | null {
  const barriered: EpochRecord[] = [];
  let endNs: number | null = null;
  for (const [at, epoch] of epochs.entries()) {
    const same = parts.map((part) => part.epochs[at] as EpochRecord);
    const times = same.flatMap(({ stepTimes }) => stepTimes ?? []);
    const isWhole = times.every(({ durationsNs }) => durationsNs.length === epoch.steps);
    if (times.length < parts.length || !isWhole) return null;
    const { readThreads, prefetchFactor } = parts[0] as TrainingRecord;
    const common = commonSteps(times, readThreads * prefetchFactor);
    // All machines begin an epoch when the last one has ended the one before, and what comes between.
    const pausesNs = parts.map(({ epochs: own }) => (own[at]?.startNs ?? 0) - (own[at - 1]?.endNs ?? 0));
    const startNs: number = (endNs ?? 0) + Math.max(...pausesNs);
    endNs = startNs + common.wallNs;
    barriered.push(barrieredEpoch(epoch, { startNs, endNs }, common, parts, same));
  }
  return barriered;
}

function barrieredEpoch(
  epoch: EpochRecord,
  span: Pick<EpochRecord, 'startNs' | 'endNs'>,
  { durationsNs, pausesNs, waitShares }: CommonSteps,
  parts: readonly TrainingRecord[],
  same: readonly EpochRecord[],
): EpochRecord {
  const waitNs = meanOf(
    same.map((own, at) => own.waitNs * (waitShares[at] as number)),
    parts.map(({ accelerators }) => accelerators),
  );
  const { readThreads, prefetchFactor } = parts[0] as TrainingRecord;
  const from = firstSteadyStep(readThreads, prefetchFactor);
  const steady = epoch.steady && {
    ...epoch.steady,
    wallNs: sumOf(durationsNs.slice(from, from + epoch.steady.steps)),
  };
  return {
    ...epoch,
    ...span,
    waitNs,
    barrierNs: sumOf(durationsNs) - epoch.computeNs - waitNs,
    ...(epoch.checkpointNs !== undefined && { checkpointNs: pausesNs }),
    steady,
  };
}

/** The slowest machine decides each checkpoint. If the times of each are not known, the one that is slowest in all does. */
function mergeSavings(
  parts: readonly TrainingCheckpoints[],
  common: CommonCheckpoints | undefined,
): TrainingCheckpoints | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  const most = (pick: (part: TrainingCheckpoints) => number): number => Math.max(...parts.map(pick));
  const steps = (pick: (part: TrainingCheckpoints) => StepSums): StepSums => ({
    steps: parts.reduce((sum, part) => sum + pick(part).steps, 0),
    wallNs: parts.reduce((sum, part) => sum + pick(part).wallNs, 0),
  });
  return {
    ...first,
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    ...(common === undefined
      ? {
          blockedNs: most(({ blockedNs }) => blockedNs),
          writtenNs: most(({ writtenNs }) => writtenNs),
          longestNs: most(({ longestNs }) => longestNs),
        }
      : {
          checkpoints: common.tookNs.length,
          blockedNs: sumOf(common.blockedNs),
          writtenNs: sumOf(common.tookNs),
          longestNs: Math.max(0, ...common.tookNs),
        }),
    during: steps(({ during }) => during),
    apart: steps(({ apart }) => apart),
  };
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
    ...(epochs.some(({ checkpointNs }) => checkpointNs !== undefined) && {
      checkpointNs: mean(({ checkpointNs = 0 }) => checkpointNs),
    }),
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
  return values.reduce((sum, value, at) => sum + value * (weights[at] as number), 0) / sumOf(weights);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
