/** What checkpoints cost the training jobs that saved them. */
import type { EpochRecord, TrainingCheckpoints } from '../record/training-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import type { StepSums } from '../training/checkpoints/checkpoint-log.js';
import { meanUtilisation } from '../training/utilisation.js';
import { isCounted } from './summary.js';

export interface TrainingCheckpointFigures {
  readonly writer: string;
  readonly mode: TrainingCheckpoints['mode'];
  /** Bytes of one checkpoint, all accelerators together. */
  readonly bytes: number;
  /** In all counted trials together. */
  readonly checkpoints: number;
  readonly blockedNs: number;
  /** Until a checkpoint was complete. */
  readonly meanNs: number;
  readonly longestNs: number;
  /** The share of the training time, 0 to 1, in which training stood still for them. */
  readonly stalledShare: number;
  /** The AU, 0 to 1, in the reference's window, which has no checkpoints, and with the time that they blocked. */
  readonly auWithout: number;
  readonly auWith: number;
  /** How much longer steps took while a checkpoint was written in the background; null if there are none to compare. */
  readonly slowerShare: number | null;
}

/** Returns the figures of an arm's counted trials together; null if they saved no checkpoint. */
export function trainingCheckpoints(trials: readonly TrialRecord[]): TrainingCheckpointFigures | null {
  const trainings = trials.filter(isCounted).flatMap(({ training }) => training ?? []);
  const saved = trainings.flatMap(({ checkpoints }) => checkpoints ?? []).filter(({ checkpoints }) => checkpoints > 0);
  const [first] = saved;
  if (first === undefined) return null;
  const sum = (of: (each: TrainingCheckpoints) => number) => saved.reduce((total, each) => total + of(each), 0);
  const epochs = trainings.flatMap((training) => training.epochs);
  const checkpoints = sum((each) => each.checkpoints);
  const blockedNs = sum((each) => each.blockedNs);
  const trainedNs = epochs.reduce((total, epoch) => total + trainedNsOf(epoch), 0);
  const stalledShare = blockedNs / (trainedNs + blockedNs);
  const auWithout = meanUtilisation(epochs);
  return {
    writer: first.writer,
    mode: first.mode,
    bytes: first.bytes,
    checkpoints,
    blockedNs,
    meanNs: sum((each) => each.writtenNs) / checkpoints,
    longestNs: saved.reduce((longest, each) => Math.max(longest, each.longestNs), 0),
    stalledShare,
    auWithout,
    auWith: auWithout * (1 - stalledShare),
    slowerShare: slowerShare(addUp(saved.map(({ during }) => during)), addUp(saved.map(({ apart }) => apart))),
  };
}

/** Returns the time of an epoch without its checkpoints. */
function trainedNsOf({ startNs, endNs, checkpointNs = 0 }: EpochRecord): number {
  return endNs - startNs - checkpointNs;
}

function addUp(sums: readonly StepSums[]): StepSums {
  return sums.reduce((a, b) => ({ steps: a.steps + b.steps, wallNs: a.wallNs + b.wallNs }), { steps: 0, wallNs: 0 });
}

/** With fewer steps on either side, one slow step would decide. */
const COMPARED_LEAST = 5;

function slowerShare(during: StepSums, apart: StepSums): number | null {
  if (Math.min(during.steps, apart.steps) < COMPARED_LEAST) return null;
  return during.wallNs / during.steps / (apart.wallNs / apart.steps) - 1;
}
