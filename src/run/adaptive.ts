/** Adds sessions until a gate can decide. All looks share alpha. */
import { FeedrateError } from '../base/errors.js';
import { type Decision, isDecided } from '../gate/decide.js';
import type { ReadableRun } from '../record/stored-run.js';
import type { TrialRecord } from '../record/trial-record.js';
import { extend } from './extend.js';
import type { RunListener } from './listener.js';
import type { StopHandle } from './stop-handle.js';

/** The limits of adaptive measuring. */
export interface AdaptiveLimits {
  /** Planned looks, from 2. */
  readonly looks: number;
  /** Wall time from the call on. May be infinite. */
  readonly budgetNs: number;
  readonly stop?: StopHandle;
}

/** A listener that is also called between measurements. */
export interface AdaptiveListener extends RunListener {
  /** Called when `sessions` do not suffice to decide. Another look follows after `total` sessions. */
  undecided?(next: { readonly sessions: number; readonly total: number; readonly look: number }): void;
  /** Called when another session would exceed the budget. */
  budgetSpent?(sessions: number): void;
}

/** A decision and its run. */
export interface Decided {
  readonly run: ReadableRun;
  readonly decision: Decision;
}

/**
 * Decides about the candidate. While undecided, it doubles the candidate's sessions and decides again, within the limits.
 * Each look gets an equal part of alpha (Bonferroni), so alpha holds although the data influence when it stops.
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
      throw new FeedrateError('measurement', `${directory}: a session failed, so the gate could not decide`);
    if (extended.status === 'aborted') throw new FeedrateError('interrupted', 'stopped before the gate could decide');
    run = extended.run;
    decision = decide(run, look);
  }
  return { run, decision };
}

/** Returns the mean time of a session's trials, including their preparation. Starting a session takes little time. */
function nsOfSession(trials: readonly TrialRecord[], sessions: number): number {
  return trials.reduce((sum, { wallNs }) => sum + wallNs, 0) / Math.max(1, sessions);
}
