/** Accelerator utilisation (AU), and the rate of samples. */
import type { EpochFigures } from './step-log.js';

type AuWindow = Pick<
  EpochFigures,
  'startNs' | 'endNs' | 'computeNs' | 'firstStepNs' | 'firstComputeNs' | 'checkpointNs'
>;

/** Names the part of an epoch that `utilisation` and `samplesPerSecond` are about. */
export const AU_WINDOW = 'each epoch without the loading and computing of its first step';

/** Returns the length of that window: also without checkpoints, and the first step after each. */
function windowNs({ startNs, endNs, firstStepNs, checkpointNs = 0 }: AuWindow): number {
  return endNs - startNs - firstStepNs - checkpointNs;
}

/** With fewer steps in an epoch, the reference's AU is too high by several per cent: the first step fills the stock. */
export const STEADY_STEPS = 50;

/**
 * Returns the AU of an epoch as DLIO and MLPerf Storage compute it (`statscounter.py`, `metric_exclude_start_steps: 1`):
 * Σ compute / wall, both without the first step. The wall begins before the first batch is asked for, and barriers are part
 * of it. NaN with a single step.
 */
export function utilisation(epoch: AuWindow): number {
  const wallNs = windowNs(epoch);
  const computeNs = epoch.computeNs - epoch.firstComputeNs;
  return computeNs > 0 && wallNs > 0 ? computeNs / wallNs : Number.NaN;
}

/** Returns the mean AU of epochs, as the reference reports it. NaN if there are none with more than one step. */
export function meanUtilisation(epochs: readonly AuWindow[]): number {
  const known = epochs.map(utilisation).filter((au) => !Number.isNaN(au));
  return known.reduce((sum, au) => sum + au, 0) / known.length;
}

/**
 * Returns the AU of the steady parts of epochs, Σ compute / Σ wall. In a short epoch, the reference's AU counts batches that
 * were loaded in its first step. NaN if no epoch has a steady part.
 */
export function steadyUtilisation(epochs: readonly Pick<EpochFigures, 'steady'>[]): number {
  let [computeNs, wallNs] = [0, 0];
  for (const { steady } of epochs) {
    computeNs += steady?.computeNs ?? 0;
    wallNs += steady?.wallNs ?? 0;
  }
  return wallNs > 0 ? computeNs / wallNs : Number.NaN;
}

/** Returns the samples of all ranks per second, in the window of the AU: Σ samples / Σ time. NaN without a second step. */
export function samplesPerSecond(
  epochs: readonly (AuWindow & Pick<EpochFigures, 'samples' | 'firstSamples'>)[],
): number {
  let [samples, wallNs] = [0, 0];
  for (const epoch of epochs) {
    samples += epoch.samples - epoch.firstSamples;
    wallNs += windowNs(epoch);
  }
  return samples > 0 && wallNs > 0 ? samples / (wallNs / 1e9) : Number.NaN;
}
