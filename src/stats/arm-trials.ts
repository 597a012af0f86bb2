/** The trials of a run by their arm. */
import { grouped } from '../base/grouped.js';
import type { TrialRecord } from '../record/trial-record.js';

/** Many parts of a report need them. Looking through all trials once for each arm takes seconds in a large run. */
const known = new WeakMap<
  readonly TrialRecord[],
  { readonly trials: number; readonly byArm: ReadonlyMap<string, readonly TrialRecord[]> }
>();

/** Returns the trials of each arm that has some, by the arm's id. Arms and trials are in the order of `trials`. */
export function trialsByArm(trials: readonly TrialRecord[]): ReadonlyMap<string, readonly TrialRecord[]> {
  const last = known.get(trials);
  if (last?.trials === trials.length) return last.byArm;
  const byArm = grouped(trials, ({ arm }) => arm);
  known.set(trials, { trials: trials.length, byArm });
  return byArm;
}

/** Returns the trials of one arm, in the order of `trials`. */
export function trialsOfArm(trials: readonly TrialRecord[], arm: string): readonly TrialRecord[] {
  return trialsByArm(trials).get(arm) ?? [];
}
