/** Ranks of a group that read the same bytes measure the server's memory. */

import { readsDataFiles } from '../plan/arm-files.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import type { Arm } from '../plan/plan.js';
import { hasOwnFiles } from '../plan/rank-files.js';
import { type Warning, warning } from '../record/warning.js';
import type { GroupPlace } from './common-start.js';

/** Returns how many ranks read the same bytes in this arm: 1 if each has its own. The samples of a training are dealt out. */
export function readersOfSame(arm: Arm, place: GroupPlace | null): number {
  if (place === null || !readsDataFiles(arm) || !place.sharedTargets.includes(arm.target)) return 1;
  return hasOwnFiles(arm, place.files) || jobPlanOf(arm.spec).dealsOut === true ? 1 : place.size;
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
