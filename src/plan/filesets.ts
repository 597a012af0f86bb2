/**
 * Sets of data files. The placement of a file on the storage, its tier and its cached parts can make it permanently
 * fast or slow. Sessions and targets therefore take equal sets in turn, so that no target's result depends on file
 * placement.
 */
import { filesOf, readsDataFiles } from './arm-files.js';
import type { FileList } from './file-list.js';
import { FileUnion } from './file-union.js';
import { type Plan, partiesOf, type Target } from './plan.js';
import type { PlannedDataset } from './planned-dataset.js';

/**
 * Returns the set that a target reads in a session. Each session uses the next set, and each target another one.
 * @param session 1-based
 * @param target 0-based place among the plan's targets
 */
export function filesetOf(session: number, target: number, filesets: number): number {
  return (session - 1 + target) % filesets;
}

/** Returns the sets that each arm reads, in the order of `plan.arms`. Arms without data files have none. */
export function filesetsByArm(plan: Plan): readonly ReadonlySet<number>[] {
  const sets = plan.arms.map(() => new Set<number>());
  const places = new Map(plan.arms.map(({ id }, place) => [id, place]));
  const readers = plan.arms.map((arm) =>
    partiesOf(plan, arm).flatMap((each) => (readsDataFiles(each) ? [places.get(each.id) as number] : [])),
  );
  for (const { arm, fileset } of plan.trials)
    if (fileset !== undefined) for (const reader of readers[arm] ?? []) sets[reader]?.add(fileset);
  return sets;
}

/**
 * Returns the distinct data files of feedrate that a plan reads on a target. Throws `FeedrateError('workload')` as `filesOf` does.
 * @param before targets of the same directory whose files do not count. Default: none
 */
export function dataFilesOf(
  plan: Plan,
  dataset: PlannedDataset | null,
  target: Target,
  before: readonly Target[] = [],
): FileUnion {
  return new FileUnion(
    listsOf(plan, dataset, target),
    before.flatMap((other) => listsOf(plan, dataset, other)),
  );
}

function listsOf(plan: Plan, dataset: PlannedDataset | null, target: Target): FileList[] {
  return filesetsByArm(plan).flatMap((sets, index) => {
    const arm = plan.arms[index];
    if (arm?.target !== target.name) return [];
    return [...sets].flatMap((fileset) => {
      const found = filesOf(arm, dataset, fileset);
      return found.place === 'existing' ? [] : [found.files];
    });
  });
}
