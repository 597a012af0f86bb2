/** Finds the reasons why a stored run is not a complete measurement. */
import type { StoredRun } from '../record/stored-run.js';
import type { TrialRecord } from '../record/trial-record.js';
import { measuredNothing } from '../record/trial-values.js';

/** Returns whether a trial counts but measured nothing. The measurement of its run has then failed. */
export function countsForNothing(trial: Pick<TrialRecord, 'status' | 'warmup' | 'window'>): boolean {
  return !trial.warmup && measuredNothing(trial);
}

type FlawedRun = Pick<StoredRun, 'run' | 'status' | 'trials' | 'problems'>;

/**
 * Returns the reasons why a run is not a complete measurement, one line each: it was stopped, trials failed or measured
 * nothing, or parts of it are unreadable. Empty for a complete run.
 */
export function flawsOf(stored: FlawedRun): string[] {
  return [...wholeFlaws(stored), ...trialFlaws(stored.trials)];
}

/** Returns the flaws of the run as a whole: how it ended, and which parts are unreadable. */
export function wholeFlaws({ run, status, trials, problems }: FlawedRun): string[] {
  const planned = run === null ? '' : `: ${trials.length} of ${run.plan.trials.length} trials are recorded`;
  return [...(status === 'complete' ? [] : [`the run is ${status}${planned}`]), ...problems];
}

/** Returns one line for each trial that failed, was stopped, or counts but measured nothing. */
export function trialFlaws(trials: readonly TrialRecord[]): string[] {
  return trials.flatMap((trial) => {
    const { id, arm, status, fault } = trial;
    if (countsForNothing(trial)) return [`trial ${id} of ${arm} measured nothing`];
    if (status === 'ok') return [];
    const place = fault === null || fault.path === null ? '' : ` ${fault.path}`;
    const reason = fault === null ? '' : `: ${fault.code} in ${fault.syscall}${place}`;
    return [`trial ${id} of ${arm} ${status === 'failed' ? 'failed' : 'was stopped'}${reason}`];
  });
}
