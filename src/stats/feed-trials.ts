/** Takes from the trials of a `feed` run what its prediction and its search need. */

import { BINS, binMidpoint, type Histogram, quantileNs } from '../histogram/histogram.js';
import { decodeHistogram } from '../histogram/sparse-counts.js';
import type { RampStep } from '../record/feed-record.js';
import { recordsOf } from '../record/merge-ranks.js';
import type { EpochRecord } from '../record/training-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { mergedLatency } from '../record/trial-values.js';
import { byteRate, type RampPoint, type RampRound, sampleRate } from '../training/predict/ramp.js';
import { meanUtilisation, steadyUtilisation } from '../training/utilisation.js';
import { isCounted } from './summary.js';

/** Returns the complete trials of a job, in the order of measurement. */
function trialsOf(trials: readonly TrialRecord[], job: string): TrialRecord[] {
  return trials.filter((trial) => trial.job === job && isCounted(trial) && epochsOf(trial).length > 0);
}

function epochsOf(trial: TrialRecord): readonly EpochRecord[] {
  return trial.training?.epochs ?? [];
}

/** Returns what a job of the ramp measured, on each rank of a group; null if it has no complete trial. */
export function rampPointOf(trials: readonly TrialRecord[], job: string, readers: number): RampPoint | null {
  const rounds = trialsOf(trials, job)
    .map((trial) => rampRoundOf(trial))
    .filter((round) => round.samples > 0 && round.durationNs > 0);
  return rounds.length === 0 ? null : { readers, rounds };
}

/**
 * Readers make batches without a pause, and have more to make when the last step ends. So all of them are busy from the start of
 * the epoch to its end. Readers that are served one after another have then made all that was counted; others have begun half a
 * batch each on average, so their rate comes out too low by half a batch per reader. Ranks of a group count with their mean, each
 * with its own time: the merged one has a barrier after each step, and readers have none.
 */
function rampRoundOf(trial: TrialRecord): RampRound {
  const ranks = recordsOf(trial);
  const epochs = ranks.flatMap(epochsOf);
  const mean = (value: (epoch: EpochRecord) => number) =>
    epochs.reduce((total, epoch) => total + value(epoch), 0) / ranks.length;
  const { workerCpuNs } = trial.client;
  return {
    samples: mean(({ samples }) => samples),
    durationNs: mean(({ startNs, endNs }) => endNs - startNs),
    bytes: mean(({ sampleBytes }) => sampleBytes),
    latencies: sampleTimes(trial),
    // On a virtual clock, the time of the processors and that of the trial are not comparable.
    cpuNs: trial.machine === undefined || workerCpuNs === null ? null : workerCpuNs / ranks.length,
    serverNs: serverNs(trial),
  };
}

function sampleTimes(trial: TrialRecord): Histogram | readonly number[][] {
  const { batch } = trial.latency;
  const batchSize = trial.training?.batchSize ?? 1;
  if (batch === undefined) return [[]];
  const times = decodeHistogram(batch);
  if (batchSize === 1) return times;
  const means: number[] = [];
  for (let bin = 0; bin < BINS; bin++)
    for (let count = times.counts[bin] as number; count > 0; count--) means.push(binMidpoint(bin) / batchSize);
  return [means];
}

/** Returns the mean time of a READ on the wire and in the server; null elsewhere than on NFS. */
function serverNs({ nfs }: TrialRecord): number | null {
  const reads = [nfs?.calls['READ'], nfs?.calls['READ_PLUS']].filter((calls) => calls !== undefined);
  const calls = reads.reduce((sum, each) => sum + each.calls, 0);
  return calls === 0 ? null : reads.reduce((sum, each) => sum + each.roundTripNs, 0) / calls;
}

/** Returns a step of the ramp as it is reported. */
export function rampStepOf(trials: readonly TrialRecord[], job: string, point: RampPoint): RampStep {
  const measured = trialsOf(trials, job);
  const latency = mergedLatency(measured, 'batch');
  const batchSize = measured[0]?.training?.batchSize ?? 1;
  const quantile = (q: number) => (latency === null ? Number.NaN : quantileNs(latency, q) / batchSize);
  return {
    readers: point.readers,
    samplesPerSecond: sampleRate(point),
    bytesPerSecond: byteRate(point),
    medianNs: quantile(0.5),
    p99Ns: quantile(0.99),
  };
}

/** An emulation as the search sees it. */
export interface EmulatedTrials {
  /** The AU of each trial: steady, or by the reference's formula if the trial is too short for a steady part. */
  readonly au: readonly number[];
  /** Steps that count for them, of all trials together. */
  readonly steps: number;
  /** Whether a trial had no steady part. */
  readonly isShort: boolean;
}

/** Returns the trials of an emulation. */
export function emulatedTrialsOf(trials: readonly TrialRecord[], job: string): EmulatedTrials {
  const each = trialsOf(trials, job).map((trial) => {
    const epochs = epochsOf(trial);
    const steady = steadyUtilisation(epochs);
    const isShort = Number.isNaN(steady);
    const steps = epochs.reduce((sum, epoch) => sum + (isShort ? epoch.steps - 1 : (epoch.steady?.steps ?? 0)), 0);
    return { au: isShort ? meanUtilisation(epochs) : steady, steps, isShort };
  });
  const known = each.filter(({ au }) => !Number.isNaN(au));
  return {
    au: known.map(({ au }) => au),
    steps: known.reduce((sum, { steps }) => sum + steps, 0),
    isShort: known.some(({ isShort }) => isShort),
  };
}
