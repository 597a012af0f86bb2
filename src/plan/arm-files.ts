import { capabilitiesOf } from '../workload/engines.js';
import type { Job } from '../workload/workload.js';
import { FoundFiles } from './found-files.js';
import { jobPlanOf } from './jobs/registry.js';
import type { Arm, ArmFiles } from './plan.js';
import { foundFilesOf, type PlannedDataset, type SharedFiles, scannedIn } from './planned-dataset.js';
import type { Shares } from './shares.js';
import { tracedFilesOf } from './traced-files.js';

/**
 * Returns the files that an arm uses, and each worker's part of them. Throws `FeedrateError('workload')` when files,
 * blocks and workers do not fit together.
 *
 * Jobs that only read use data files. Data files are named by their content, so all arms and runs that need the same
 * files share them. Jobs that write get their own scratch files for each trial. Random and mixed writes overwrite data,
 * so their files are filled first. Sequential writes and checkpoints create their files. Files that exist in the target
 * are read where they are.
 *
 * @param fileset index of the set of data files, 0-based; scratch files have no sets
 */
export function filesOf(arm: Arm, dataset: PlannedDataset | null, fileset = 0): ArmFiles {
  const { place, laidOut } = jobPlanOf(arm.spec);
  const { files, extents, written } = sharesOf(arm, dataset, fileset);
  const more = { laidOut, extents, ...(written && { written }) };
  if (files instanceof FoundFiles) return { place: 'existing', files, ...more };
  if (fileset === 0 || place === 'scratch') return { place, files, ...more };
  return { place, files: files.placed({ fileset }), ...more };
}

const kept = new WeakMap<Job, { readonly dataset: PlannedDataset | null; readonly shares: Map<string, Shares> }>();

/** Returns the shares of an arm, which a plan asks for several times. Targets share them, unless the files exist already. */
function sharesOf({ id, spec, target }: Arm, dataset: PlannedDataset | null, fileset: number): Shares {
  const last = kept.get(spec);
  const known = last?.dataset === dataset ? last.shares : new Map<string, Shares>();
  if (known !== last?.shares) kept.set(spec, { dataset, shares: known });
  const isFound = scannedIn(dataset) !== null && jobPlanOf(spec).place === 'data';
  const key = isFound ? `${fileset} ${target}` : '';
  const shares =
    known.get(key) ?? jobPlanOf(spec).shares(id, sharedFilesOf(dataset, isFound ? { target, fileset } : null));
  known.set(key, shares);
  return shares;
}

/** @param part of the files that a scan found; null: the job does not read them */
function sharedFilesOf(
  dataset: PlannedDataset | null,
  part: { readonly target: string; readonly fileset: number } | null,
): SharedFiles | null {
  if (dataset === null || dataset.kind === 'generated') return dataset;
  const scanned = scannedIn(dataset);
  const found = scanned === null || part === null ? null : foundFilesOf(scanned, part.target, part.fileset);
  return dataset.kind === 'scanned' ? found : tracedFilesOf(dataset, found);
}

/** Returns whether trials of these files need a scratch directory. */
export function writesScratch({ place, written }: Pick<ArmFiles, 'place' | 'written'>): boolean {
  return place === 'scratch' || written !== undefined;
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
