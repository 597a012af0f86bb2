import { capabilitiesOf } from '../workload/engines.js';
import type { Dataset, Job } from '../workload/workload.js';
import { jobPlanOf } from './jobs/registry.js';
import type { Arm, ArmFiles } from './plan.js';
import type { Shares } from './shares.js';

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
  const { place, laidOut } = jobPlanOf(arm.spec);
  const { files, extents } = sharesOf(arm, dataset);
  if (fileset === 0 || place === 'scratch') return { place, laidOut, files, extents };
  return { place, laidOut, files: files.placed({ fileset }), extents };
}

const kept = new WeakMap<Job, { readonly dataset: Dataset | null; readonly shares: Shares }>();

/** Returns the shares of an arm, which a plan asks for several times. */
function sharesOf({ id, spec }: Arm, dataset: Dataset | null): Shares {
  const known = kept.get(spec);
  if (known?.dataset === dataset) return known.shares;
  const shares = jobPlanOf(spec).shares(id, dataset);
  kept.set(spec, { dataset, shares });
  return shares;
}

/** Returns whether the arm uses files. Engines without I/O do not. */
export function touchesFiles({ spec }: Pick<Arm, 'spec'>): boolean {
  return capabilitiesOf(spec.ioengine).touchesFiles;
}

/** Returns whether the arm reads data files, which come in sets. */
export function readsDataFiles(arm: Arm): boolean {
  return touchesFiles(arm) && jobPlanOf(arm.spec).place === 'data';
}

/** Returns whether the arm reads the workload's dataset, and not files of its own. */
export function readsDataset(arm: Arm): boolean {
  return touchesFiles(arm) && jobPlanOf(arm.spec).readsDataset;
}
