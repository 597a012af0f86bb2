/** Measuring until a gate can decide: more sessions, and the chance of a false alarm shared by all looks. */
import { FeedrateError } from '../base/errors.js';
import { type Decision, isDecided } from '../gate/decide.js';
import type { ReadableRun } from '../record/stored-run.js';
import type { TrialRecord } from '../record/trial-record.js';
import { extend } from './extend.js';
import type { RunListener } from './listener.js';
import type { StopHandle } from './stop-handle.js';

/** What the measuring may cost. */
export interface AdaptiveLimits {
  /** Planned looks, from 2. */
  readonly looks: number;
  /** Wall time, from now on. May be infinite. */
  readonly budgetNs: number;
  readonly stop?: StopHandle;
}

/** Also told what happens between the measurements. */
export interface AdaptiveListener extends RunListener {
  /** Nothing is decided with `sessions`: another look follows once there are `total`. */
  undecided?(next: { readonly sessions: number; readonly total: number; readonly look: number }): void;
  /** Another session would take longer than what is left of the budget. */
  budgetSpent?(sessions: number): void;
}

/** A decision, and the run that it is about. */
export interface Decided {
  readonly run: ReadableRun;
  readonly decision: Decision;
}

/**
 * Decides, and while nothing is decided doubles the candidate's sessions and decides again, within the limits. Each look
 * has its part of the false alarms (Bonferroni), so they hold however the data made it go on.
 * @throws FeedrateError `store` when the run cannot be added to, `measurement` when a session failed, `interrupted` after
 * a stop
 */
export async function measureUntilDecided(
  candidate: ReadableRun,
  limits: AdaptiveLimits,
  decide: (run: ReadableRun, look: number) => Decision,
  listener: AdaptiveListener = {},
): Promise<Decided> {
  const endMs = performance.now() + limits.budgetNs / 1e6;
  let run = candidate;
  let decision = decide(run, 1);
  for (let look = 2; look <= limits.looks && !isDecided(decision); look++) {
    const { sessions } = run.run.plan;
    const leftNs = (endMs - performance.now()) * 1e6;
    const wanted = Math.max(2 * sessions, decision.result.sessionsNeeded ?? 0);
    const affordable = sessions + Math.floor(leftNs / nsOfSession(run.trials, sessions));
    if (affordable <= sessions) {
      listener.budgetSpent?.(sessions);
      break;
    }
    const total = Math.min(wanted, affordable);
    listener.undecided?.({ sessions, total, look });
    const extended = await extend(run, total, listener, limits.stop);
    const { directory } = extended.run;
    if (extended.status === 'failed')
      throw new FeedrateError('measurement', `${directory}: a session failed; nothing is decided`);
    if (extended.status === 'aborted') throw new FeedrateError('interrupted', 'stopped before anything was decided');
    run = extended.run;
    decision = decide(run, look);
  }
  return { run, decision };
}

/** What its trials took, their preparation included; starting a session takes little beside it. */
function nsOfSession(trials: readonly TrialRecord[], sessions: number): number {
  return trials.reduce((sum, { wallNs }) => sum + wallNs, 0) / Math.max(1, sessions);
}
