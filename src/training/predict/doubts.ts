import { STEADY_STEPS } from '../utilisation.js';
import type { FeedDemand, PredictionDoubt } from './prediction.js';
import { type Ramp, sampleRate } from './ramp.js';

/** Shorter steps and batches depend more on the client's hand-over than on reading, and predictions of them were bad. */
const LEAST_HAND_OVERS = 10;

/** Returns the reasons to trust a prediction less. `steps`: of the user's epoch; null if not known. */
export function predictionDoubts(
  ramp: Ramp,
  demand: FeedDemand,
  steps: number | null,
  isLowerBound: boolean,
): PredictionDoubt[] {
  const { perSampleNs, perBatchNs, perHandOverNs } = ramp.client;
  const handOverNs = perBatchNs + perHandOverNs;
  const doubts: PredictionDoubt[] = [];
  if (demand.computeNs < LEAST_HAND_OVERS * handOverNs) {
    const message = `a step computes for less than ${LEAST_HAND_OVERS} times what the hand-over of a batch takes`;
    doubts.push({ reason: 'short-steps', message });
  }
  const [one] = ramp.points;
  const sampleNs = one === undefined ? 0 : 1e9 / sampleRate(one) + perSampleNs;
  if (demand.batchSize * sampleNs < LEAST_HAND_OVERS * handOverNs) {
    const message = `a batch is read in less than ${LEAST_HAND_OVERS} times what its hand-over takes`;
    doubts.push({ reason: 'small-batches', message });
  }
  if (steps !== null && steps < STEADY_STEPS) {
    const message = `an epoch has ${steps} steps; below ${STEADY_STEPS}, the reference's AU is too high`;
    doubts.push({ reason: 'few-steps', message });
  }
  if (isLowerBound) {
    const message = 'the measurement did not saturate the storage, so it may feed more';
    doubts.push({ reason: 'not-saturated', message });
  }
  if (ramp.points.some(({ rounds }) => rounds.length < 2)) {
    doubts.push({
      reason: 'one-round',
      message: 'there is no interval, because each number of readers was measured once',
    });
  }
  return doubts;
}
