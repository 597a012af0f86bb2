/** Where a target's data files are. */
import { ownDirectoryPath } from '../host/files/own-directory.js';
import { datasetIdOf } from '../host/files/own-names.js';
import type { Target } from '../plan/plan.js';

/** Returns the directory that holds a target's data files. */
export function dataDirectory(target: Target, runId: string): string {
  return ownDirectoryPath(target, runId, 'data');
}

/** Returns whether the target's data files are a dataset that is kept for later days. */
export function isKept({ dataDirectory: name }: Target): boolean {
  return name !== undefined && datasetIdOf(name) !== null;
}
