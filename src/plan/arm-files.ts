import { capabilitiesOf } from '../workload/engines.js';
import type { Dataset } from '../workload/workload.js';
import { jobPlanOf } from './jobs/registry.js';
import type { Arm, ArmFiles } from './plan.js';
import { inSet } from './shares.js';

/**
 * The files that an arm works on, and who works on which part.
 *
 * Jobs that only read work on data files, which are named by their content and so serve every arm
 * and run that wants the same ones. Jobs that write get files of their own for each trial: filled
 * beforehand for random and mixed writes, which overwrite real data, and new for sequential writes
 * and checkpoints, which create theirs.
 *
 * @param fileset which of the equal sets of data files, 0-based; scratch files have no sets
 * Throws `FeedrateError('workload')` when files, blocks and workers cannot be matched.
 */
export function filesOf(arm: Arm, dataset: Dataset | null, fileset = 0): ArmFiles {
  const { place, laidOut, shares } = jobPlanOf(arm.spec);
  const { files, extents } = shares(arm.id, dataset);
  const isFirst = fileset === 0 || place === 'scratch';
  return { place, laidOut, files: isFirst ? files : files.map((file) => inSet(file, fileset)), extents };
}

/** Engines without I/O need no files. */
export function touchesFiles({ spec }: Pick<Arm, 'spec'>): boolean {
  return capabilitiesOf(spec.ioengine).touchesFiles;
}

/** Whether the arm reads files of the data directory, of which there are sets. */
export function readsDataFiles(arm: Arm): boolean {
  return touchesFiles(arm) && jobPlanOf(arm.spec).place === 'data';
}
