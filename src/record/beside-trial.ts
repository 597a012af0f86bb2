import type { TrialRecord } from './trial-record.js';

/**
 * Returns what the job beside the trial's own measured, as a trial of the arm that it is alone; undefined if the trial's job
 * ran alone. It has no counters of its own, so what is counted for the whole process is left out.
 */
export function besideTrial(trial: TrialRecord): TrialRecord | undefined {
  const {
    beside,
    phases,
    training,
    replay,
    timeline,
    checkpoints,
    commonCheckpoints,
    nfs,
    ranks,
    missedFiles,
    ...rest
  } = trial;
  if (beside === undefined) return undefined;
  const { arm, passes, ...measured } = beside;
  return { ...rest, ...measured, arm, series: [], client: { ...trial.client, workerCpuNs: null }, warnings: [] };
}
