/** Is a stored run a whole measurement, or did something end it or fail in it? */
import type { StoredRun } from '../record/stored-run.js';
import type { TrialRecord } from '../record/trial-record.js';

/**
 * Why a run decides nothing, a line each: it did not end well, trials of it failed or were stopped, or parts of it
 * cannot be read. Empty for a run that is complete.
 */
export function flawsOf({ run, status, trials, problems }: Pick<StoredRun, 'run' | 'status' | 'trials' | 'problems'>) {
  const planned = run === null ? '' : `: ${trials.length} of ${run.plan.trials.length} trials are recorded`;
  return [
    ...(status === 'complete' ? [] : [`the run is ${status}${planned}`]),
    ...trials.filter((trial) => trial.status !== 'ok').map(trialFlaw),
    ...problems,
  ];
}

function trialFlaw({ id, arm, status, fault }: TrialRecord): string {
  const reason =
    fault === null ? '' : `: ${fault.code} in ${fault.syscall}${fault.path === null ? '' : ` ${fault.path}`}`;
  return `trial ${id} of ${arm} ${status === 'failed' ? 'failed' : 'was stopped'}${reason}`;
}
