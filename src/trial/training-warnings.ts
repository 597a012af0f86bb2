import { formatDurationNs } from '../base/units.js';
import type { EngineUse, TrialRecord } from '../record/trial-record.js';
import { type Warning, warning } from '../record/warning.js';
import { STEADY_STEPS } from '../training/utilisation.js';
import { ENGINES } from '../workload/engines.js';

/** A thread sleeps and wakes up to a tenth of a millisecond late, which is too much of a shorter step. */
const SHORT_STEP_NS = 2e6;
/** Below this AU without any reading, the client takes too much of a step. */
const LEAST_NULL_AU = 0.95;

interface Trained {
  readonly engine: EngineUse;
  readonly training?: TrialRecord['training'];
}

/** Warns of steps that threads cannot emulate exactly, or that this client cannot keep up with. */
export function shortSteps({ engine, training }: Trained): Warning | null {
  if (training === undefined || ENGINES[engine.used].virtualClock) return null;
  const { computeNs, nullAu = null } = training;
  if (computeNs < SHORT_STEP_NS)
    return warning('short-steps', `steps of ${formatDurationNs(computeNs)} are too short to be emulated`);
  if (nullAu === null || nullAu >= LEAST_NULL_AU) return null;
  const shown = `${(nullAu * 100).toFixed(1)} %`;
  return warning('short-steps', `without any reading, this client reaches an AU of only ${shown} with these steps`);
}

/** Warns of epochs in which the AU by the reference's formula is too high. */
export function shortEpochs({ training }: Trained): Warning | null {
  if (training === undefined || training.epochs.length === 0 || training.readThreads === 0) return null;
  const steps = Math.max(...training.epochs.map((epoch) => epoch.steps));
  if (steps >= STEADY_STEPS) return null;
  return warning(
    'short-epochs',
    `an epoch has ${steps} steps, in which the AU is too high by what the first step loaded ahead`,
  );
}
