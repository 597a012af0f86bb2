/** The sides of a comparison: arms of stored runs, with their attributes and counted trials. */
import type { TrialRecord } from '../record/trial-record.js';
import { isCounted } from '../stats/summary.js';
import { attributesOf } from './attributes.js';
import type { Measured } from './comparability.js';
import type { Attributed } from './grid.js';

/** A stored run to compare, with the name that reports use. */
export interface NamedRun {
  readonly name: string;
  readonly run: Measured['run'];
  readonly trials: readonly TrialRecord[];
}

/** One side of a cell: an arm of a run, with its attributes. */
export interface Side extends Measured, Attributed {
  /** The name of the run. */
  readonly name: string;
}

/** Returns the arms of the runs that have the attributes of `where`, with their counted trials. */
export function sidesOf(runs: readonly NamedRun[], where: ReadonlyMap<string, string>): Side[] {
  return runs.flatMap(({ name, run, trials }) => {
    const byArm = new Map<string, TrialRecord[]>(run.plan.arms.map(({ id }) => [id, []]));
    for (const trial of trials) if (isCounted(trial)) byArm.get(trial.arm)?.push(trial);
    return run.plan.arms
      .map((arm) => ({ name, run, arm, trials: byArm.get(arm.id) ?? [], attributes: attributesOf(run, name, arm) }))
      .filter(({ attributes }) => [...where].every(([key, value]) => attributes.get(key) === value));
  });
}
