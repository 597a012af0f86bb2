/** Ranks of a group that read the same bytes measure the server's memory. */

import { readsDataFiles } from '../plan/arm-files.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import type { Arm } from '../plan/plan.js';
import { hasOwnFiles } from '../plan/rank-files.js';
import { type Warning, warning } from '../record/warning.js';
import type { GroupPlace } from './common-start.js';

/**
 * Returns how many ranks read the same bytes in this arm: 1 if each has its own, or its part of a training. The replicas of a
 * model do read the same, but so they do when a training restarts.
 */
export function readersOfSame(arm: Arm, place: GroupPlace | null): number {
  if (place === null || !readsDataFiles(arm) || !place.sharedTargets.includes(arm.target)) return 1;
  const { dealsOut, spreadsRanks } = jobPlanOf(arm.spec);
  return hasOwnFiles(arm, place.files) || dealsOut === true || spreadsRanks === true ? 1 : place.size;
}

/** Returns the warning about files that ranks share; null: they share none. */
export function sharedFiles({ readers = 1 }: { readonly readers?: number }): Warning | null {
  if (readers === 1) return null;
  const who = `all ${readers} ranks read the same files`;
  return warning(
    'shared-files',
    `${who}: the server, and ranks on one machine, may have them in memory after the first read`,
  );
}
