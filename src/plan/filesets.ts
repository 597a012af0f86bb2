/**
 * Sets of data files. Where a file lies on the storage, and what its tier and caches hold of it, makes it fast or slow
 * for good; so sessions and targets take equal sets in turn, and no target owes its result to the place of its files.
 */
import type { Dataset } from '../workload/workload.js';
import { filesOf } from './arm-files.js';
import type { DataFile, Plan, Target } from './plan.js';

/**
 * The set that a target reads in a session: the next one in each session, and with each target another one.
 * @param session 1-based
 * @param target 0-based place among the plan's targets
 */
export function filesetOf(session: number, target: number, filesets: number): number {
  return (session - 1 + target) % filesets;
}

/** The sets that each arm reads in the course of the plan, in the order of `plan.arms`; none for arms without data files. */
export function filesetsByArm(plan: Plan): readonly ReadonlySet<number>[] {
  const sets = plan.arms.map(() => new Set<number>());
  for (const { arm, fileset } of plan.trials) if (fileset !== undefined) sets[arm]?.add(fileset);
  return sets;
}

/** The distinct data files of all sets that a plan reads on a target. Throws `FeedrateError('workload')` as `filesOf` does. */
export function dataFilesOf(plan: Plan, dataset: Dataset | null, target: Target): DataFile[] {
  const files = new Map<string, DataFile>();
  filesetsByArm(plan).forEach((sets, index) => {
    const arm = plan.arms[index];
    if (arm?.target !== target.name) return;
    for (const fileset of sets) for (const file of filesOf(arm, dataset, fileset).files) files.set(file.path, file);
  });
  return [...files.values()];
}
