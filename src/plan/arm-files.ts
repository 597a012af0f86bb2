import { capabilitiesOf } from '../workload/engines.js';
import type { Dataset } from '../workload/workload.js';
import { jobPlanOf } from './jobs/registry.js';
import type { Arm, ArmFiles } from './plan.js';
import { inSet } from './shares.js';

/**
 * Returns the files that an arm uses, and each worker's part of them. Throws `FeedrateError('workload')` when files,
 * blocks and workers do not fit together.
 *
 * Jobs that only read use data files. Data files are named by their content, so all arms and runs that need the same
 * files share them. Jobs that write get their own scratch files for each trial. Random and mixed writes overwrite data,
 * so their files are filled first. Sequential writes and checkpoints create their files.
 *
 * @param fileset index of the set of data files, 0-based; scratch files have no sets
 */
export function filesOf(arm: Arm, dataset: Dataset | null, fileset = 0): ArmFiles {
  const { place, laidOut, shares } = jobPlanOf(arm.spec);
  const { files, extents } = shares(arm.id, dataset);
  const isFirst = fileset === 0 || place === 'scratch';
  return { place, laidOut, files: isFirst ? files : files.map((file) => inSet(file, fileset)), extents };
}

/** Returns whether the arm uses files. Engines without I/O do not. */
export function touchesFiles({ spec }: Pick<Arm, 'spec'>): boolean {
  return capabilitiesOf(spec.ioengine).touchesFiles;
}

/** Returns whether the arm reads data files, which come in sets. */
export function readsDataFiles(arm: Arm): boolean {
  return touchesFiles(arm) && jobPlanOf(arm.spec).place === 'data';
}
