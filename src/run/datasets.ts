/** Datasets that are kept for later days, as a run uses them. */
import { FeedrateError } from '../base/errors.js';
import { formatBytes, formatWhole } from '../base/units.js';
import { ownDirectoryPath, refuseForeignDirectory } from '../host/files/own-directory.js';
import { datasetDirectoryName } from '../host/files/own-names.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { dataFilesOf } from '../plan/filesets.js';
import type { Plan, Target } from '../plan/plan.js';
import type { PlannedDataset } from '../plan/planned-dataset.js';
import type { DatasetRecord } from '../record/dataset-manifest.js';
import { dataDirectory, isKept } from '../trial/data-directory.js';
import { unchangedDataset } from '../trial/kept-dataset.js';

/**
 * Puts the data files of every target into the directory of a kept dataset. Throws `FeedrateError('usage')` for a name that
 * cannot be one, and for targets and workloads that cannot have one.
 */
export function withDataset(plan: Plan, dataset: PlannedDataset | null, id: string): Plan {
  const dataDirectory = datasetDirectoryName(id);
  if (dataDirectory === null) {
    const expected = 'expected letters, digits, ., _ and -, such as imagenet-2026-11';
    throw new FeedrateError('usage', `--dataset-id ${id}: ${expected}`);
  }
  const targets = plan.targets.map((target): Target => {
    if (dataFilesOf(plan, dataset, target).isEmpty) return target;
    if (isNfsUrl(target.path))
      throw new FeedrateError('usage', `--dataset-id ${id}: target ${target.name} needs a mount for it`);
    refuseForeignDirectory(ownDirectoryPath({ path: target.path, dataDirectory }, 'none', 'data'));
    return { ...target, dataDirectory };
  });
  const isUsed = targets.some((target) => target.dataDirectory !== undefined);
  if (!isUsed) throw new FeedrateError('usage', `--dataset-id ${id}: this workload reads no data files`);
  return { ...plan, targets };
}

/**
 * Returns the kept datasets of a plan after the proof that they are unchanged, by the targets' names. Reads only the status
 * of their files. Throws `FeedrateError('target')` when one is incomplete or has changed.
 */
export function provenDatasets(plan: Plan, dataset: PlannedDataset | null): ReadonlyMap<string, DatasetRecord> {
  const kept = plan.targets.filter(isKept);
  return new Map(
    kept.map((target) => {
      const files = dataFilesOf(plan, dataset, target);
      return [target.name, unchangedDataset(target, dataDirectory(target, 'none'), files)];
    }),
  );
}

/** Throws `FeedrateError('measurement')` when a kept dataset changed while a run read it. */
export function refuseChangedDatasets(plan: Plan, dataset: PlannedDataset | null, run: string): void {
  try {
    provenDatasets(plan, dataset);
  } catch (cause) {
    if (!(cause instanceof FeedrateError)) throw cause;
    throw new FeedrateError('measurement', `run ${run} is not valid: ${cause.message}`, { cause });
  }
}

/** Returns the sentence that says which dataset a target has, and what is proven. */
export function datasetNote(target: string, { id, preparedAt, files, bytes }: DatasetRecord): string {
  const size = `${formatWhole(files)} ${files === 1 ? 'file' : 'files'}, ${formatBytes(bytes)}`;
  const proof = 'size, inode and times of every file are those of its preparation';
  return `target ${target}: dataset ${id} of ${preparedAt.slice(0, 10)} (${size}) is unchanged: ${proof}`;
}
