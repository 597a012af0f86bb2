/** Takes from the trials of a `feed` run what the client itself costs, without its storage. */
import { meanNs, quantileNs } from '../histogram/histogram.js';
import { CLIENT_ACCELERATOR, CLIENT_READER } from '../plan/feed-workload.js';
import type { TrialRecord } from '../record/trial-record.js';
import { mergedLatency } from '../record/trial-values.js';
import type { ClientCost, RampPoint } from '../training/predict/ramp.js';
import { isCounted } from './summary.js';

/** The user's own times: of each sample after it was read, and of each batch when it is taken over, ns. */
export interface OwnTimes {
  readonly preprocessNs: number;
  readonly handOverNs: number;
}

/** Returns what the client takes per sample, batch and hand-over. */
export function clientCostOf(
  trials: readonly TrialRecord[],
  points: readonly RampPoint[],
  { preprocessNs, handOverNs }: OwnTimes,
  cores: number,
): ClientCost {
  const counted = trials.filter(isCounted);
  const of = (job: string) => counted.filter((trial) => trial.job === job);
  const batch = mergedLatency(of(CLIENT_READER), 'batch');
  const perReadNs = readCpuNs(points);
  const reading = { perSampleNs: preprocessNs, ...(perReadNs !== null && { perReadNs }), cores };
  const options = [...(preprocessNs > 0 ? ['--preprocess'] : []), ...(handOverNs > 0 ? ['--hand-over'] : [])];
  if (batch === null) {
    const source = options.length === 0 ? 'a virtual clock, on which a client takes no time' : options.join(' and ');
    return { ...reading, perBatchNs: 0, perHandOverNs: handOverNs, source };
  }
  const makingNs = meanNs(batch);
  const perBatchNs = Math.max(0, stepNs(of(CLIENT_READER)) - makingNs);
  const source = ['measured without storage', ...options].join(' and ');
  const perHandOverNs = measuredHandOverNs(of(CLIENT_ACCELERATOR), makingNs, perBatchNs) + handOverNs;
  return { ...reading, perBatchNs, perHandOverNs, source };
}

/** Returns the CPU time of one reader for a sample, ns; null if it is not known. */
function readCpuNs([one]: readonly RampPoint[]): number | null {
  const known = (one?.rounds ?? []).filter(({ cpuNs }) => cpuNs !== null);
  const samples = known.reduce((sum, round) => sum + round.samples, 0);
  return samples === 0 ? null : known.reduce((sum, { cpuNs }) => sum + (cpuNs ?? 0), 0) / samples;
}

function stepNs(trials: readonly TrialRecord[]): number {
  const epochs = trials.flatMap(({ training }) => training?.epochs ?? []);
  const sum = (of: (epoch: (typeof epochs)[number]) => number) => epochs.reduce((total, epoch) => total + of(epoch), 0);
  const steps = sum((epoch) => epoch.steps - 1);
  return steps > 0 ? sum(({ startNs, endNs, firstStepNs }) => endNs - startNs - firstStepNs) / steps : 0;
}

/**
 * Returns what a step takes besides computing when its batch is ready: the medians of the wait for the batch and of the late end.
 * Those of whole steps would be too coarse. Where workers are too slow even without a storage, the steps wait for them, which is
 * not part of it.
 */
function measuredHandOverNs(trials: readonly TrialRecord[], makingNs: number, perBatchNs: number): number {
  const [waits, ends] = [mergedLatency(trials, 'wait'), mergedLatency(trials, 'barrier')];
  const [first] = trials;
  if (waits === null || ends === null || first?.training === undefined) return 0;
  const { computeNs, readThreads } = first.training;
  const slowNs = Math.max(0, (makingNs + perBatchNs) / Math.max(1, readThreads) - computeNs);
  return Math.max(0, quantileNs(waits, 0.5) + quantileNs(ends, 0.5) - slowNs);
}
