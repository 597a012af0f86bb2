/** Adds sessions until a gate can decide. All looks share alpha. */
import { FeedrateError } from '../base/errors.js';
import type { OntapConnection } from '../fsx/ontap-connection.js';
import { type Decision, isDecided, type Look } from '../gate/decide.js';
import { lookAt, lookAtRun, withLook } from '../gate/looks.js';
import type { ReadableRun } from '../record/stored-run.js';
import type { TrialRecord } from '../record/trial-record.js';
import { recordLooks } from '../store/run-store.js';
import { extend } from './extend.js';
import type { RunListener } from './listener.js';
import type { StopHandle } from './stop-handle.js';

/** The limits of adaptive measuring. */
export interface AdaptiveLimits {
  /** Planned looks at the run, from 2. Looks of earlier gates count. */
  readonly looks: number;
  /** Wall time from the call on. May be infinite. */
  readonly budgetNs: number;
  readonly stop?: StopHandle;
  /** Ask AWS again about the volumes of the run. Default: true. */
  readonly aws?: boolean;
  /** Asked for the counters of the run's volumes while sessions are added. Default: nothing is asked. */
  readonly ontap?: OntapConnection | undefined;
}

/** A listener that is also called between measurements. */
export interface AdaptiveListener extends RunListener {
  /** Called when `sessions` do not suffice to decide. Another look follows after `total` sessions. */
  undecided?(next: { readonly sessions: number; readonly total: number; readonly look: number }): void;
  /** Called when another session would exceed the budget. */
  budgetSpent?(sessions: number): void;
}

/** How a run grows, and how its looks are remembered. */
export interface Growth {
  readonly extend: typeof extend;
  readonly recordLooks: typeof recordLooks;
}

/** A decision and its run. */
export interface Decided {
  readonly run: ReadableRun;
  readonly decision: Decision;
}

/**
 * Decides about the candidate. While undecided, it doubles the candidate's sessions and decides again, within the limits.
 * Each look gets an equal part of alpha (Bonferroni), so alpha holds although the data influence when it stops. Looks are
 * recorded in the run before their sessions are measured, so a later gate goes on with the rest of alpha.
 * @param growth Default: sessions are measured, and looks are stored in `run.json`
 * @throws FeedrateError `store` when the run cannot be added to, `measurement` when a session failed, `interrupted` after
 * a stop
 */
export async function measureUntilDecided(
  candidate: ReadableRun,
  limits: AdaptiveLimits,
  decide: (run: ReadableRun, look: Look) => Decision,
  listener: AdaptiveListener = {},
  growth: Growth = { extend, recordLooks },
): Promise<Decided> {
  const endMs = performance.now() + limits.budgetNs / 1e6;
  let run = candidate;
  let looks = run.run.looks ?? [];
  const remember = (sessions: number, look: Required<Look>) => {
    looks = withLook(looks, sessions, look);
    growth.recordLooks(run.directory, looks);
  };
  const first = lookAtRun(run.run, limits.looks);
  if (run.status === 'complete') remember(run.run.plan.sessions, first);
  let decision = decide(run, first);
  while (!isDecided(decision)) {
    const { sessions } = run.run.plan;
    const leftNs = (endMs - performance.now()) * 1e6;
    const wanted = Math.max(2 * sessions, decision.result.sessionsNeeded ?? 0);
    const affordable = sessions + Math.floor(leftNs / nsOfSession(run.trials, sessions));
    if (affordable <= sessions) {
      listener.budgetSpent?.(sessions);
      break;
    }
    const total = Math.min(wanted, affordable);
    const next = lookAt(looks, total, limits.looks);
    if (next === null) break;
    listener.undecided?.({ sessions, total, look: next.number });
    remember(total, next);
    const extended = await growth.extend(run, total, listener, limits.stop, limits.aws, limits.ontap);
    const { directory } = extended.run;
    if (extended.status === 'failed')
      throw new FeedrateError('measurement', `${directory}: a session failed, so the gate could not decide`);
    if (extended.status === 'aborted') throw new FeedrateError('interrupted', 'stopped before the gate could decide');
    run = extended.run;
    decision = decide(run, next);
  }
  return { run, decision };
}

/** Returns the mean time of a session's trials, including their preparation. Starting a session takes little time. */
function nsOfSession(trials: readonly TrialRecord[], sessions: number): number {
  return trials.reduce((sum, { wallNs }) => sum + wallNs, 0) / Math.max(1, sessions);
}
