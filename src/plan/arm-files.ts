import { capabilitiesOf } from '../workload/engines.js';
import type { Dataset, Job } from '../workload/workload.js';
import { jobPlanOf } from './jobs/registry.js';
import type { Arm, ArmFiles } from './plan.js';
import { inSet, type Shares } from './shares.js';

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
  const shares = sharesOf(arm, dataset);
  const isFirst = fileset === 0 || place === 'scratch';
  return {
    place,
    laidOut,
    files: isFirst ? shares.files : shares.files.map((file) => inSet(file, fileset)),
    get extents() {
      return shares.extents;
    },
  };
}

/** The most files that are kept for the next question about their arm. */
const KEPT_FILES_MOST = 2_000_000;
const kept = new Map<Job, { readonly dataset: Dataset | null; readonly shares: Shares }>();
let keptFiles = 0;

/** Returns the shares of an arm. A plan asks for them several times, and a million files take a second to name. */
function sharesOf({ id, spec }: Arm, dataset: Dataset | null): Shares {
  const known = kept.get(spec);
  if (known?.dataset === dataset) return known.shares;
  const shares = jobPlanOf(spec).shares(id, dataset);
  keptFiles += shares.files.length;
  if (keptFiles > KEPT_FILES_MOST) {
    kept.clear();
    keptFiles = shares.files.length;
  }
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
