/** Which data files a rank of a group lays out. */

import type { FileUnion } from '../plan/file-union.js';
import { dataFilesOf } from '../plan/filesets.js';
import type { Plan, Target } from '../plan/plan.js';
import type { PlannedDataset } from '../plan/planned-dataset.js';
import { planOfFiles } from '../plan/rank-files.js';
import type { GroupPlace } from './common-start.js';
import { isKept } from './data-directory.js';
import type { LayoutShare } from './missing-files.js';

/** Files that are to be on a target, and the part of them that this machine looks after. Default: all of them. */
export interface RankLayout {
  readonly files: FileUnion;
  readonly share?: LayoutShare;
}

/** What matters of a rank's place. */
export type LayoutPlace = Pick<GroupPlace, 'rank' | 'size' | 'files' | 'sharedTargets'>;

/**
 * Returns the files of a target. Of those that all ranks of a group share, each lays out its part; those of its own it lays
 * out alone.
 * @param place null: this machine is alone
 */
export function rankLayouts(
  plan: Plan,
  dataset: PlannedDataset | null,
  target: Target,
  place: LayoutPlace | null,
): readonly RankLayout[] {
  if (place === null || !place.sharedTargets.includes(target.name))
    return [{ files: dataFilesOf(plan, dataset, target) }];
  const share = { rank: place.rank, size: place.size };
  // A dataset that is kept for later days belongs to all.
  if (isKept(target)) return [{ files: dataFilesOf(plan, dataset, target), share }];
  const [own, shared] = [true, false].map((isOwn) => planOfFiles(plan, place.files, isOwn)) as [Plan, Plan];
  return [{ files: dataFilesOf(own, dataset, target) }, { files: dataFilesOf(shared, dataset, target), share }];
}
