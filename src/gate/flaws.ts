/** Is a stored run a whole measurement, or did something end it or fail in it? */
import type { StoredRun } from '../record/stored-run.js';
import type { TrialRecord } from '../record/trial-record.js';

type FlawedRun = Pick<StoredRun, 'run' | 'status' | 'trials' | 'problems'>;

/**
 * Why a run decides nothing, a line each: it did not end well, trials of it failed or were stopped, or parts of it
 * cannot be read. Empty for a run that is complete.
 */
export function flawsOf(stored: FlawedRun): string[] {
  return [...wholeFlaws(stored), ...trialFlaws(stored.trials)];
}

/** Flaws of the run as a whole: how it ended, and what of it cannot be read. */
export function wholeFlaws({ run, status, trials, problems }: FlawedRun): string[] {
  const planned = run === null ? '' : `: ${trials.length} of ${run.plan.trials.length} trials are recorded`;
  return [...(status === 'complete' ? [] : [`the run is ${status}${planned}`]), ...problems];
}

/** A flaw for each trial that did not end well. */
export function trialFlaws(trials: readonly TrialRecord[]): string[] {
  return trials.flatMap(({ id, arm, status, fault }) => {
    if (status === 'ok') return [];
    const place = fault === null || fault.path === null ? '' : ` ${fault.path}`;
    const reason = fault === null ? '' : `: ${fault.code} in ${fault.syscall}${place}`;
    return [`trial ${id} of ${arm} ${status === 'failed' ? 'failed' : 'was stopped'}${reason}`];
  });
}
