/** The files of a run directory that are copied elsewhere. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { passingOf } from '../host/files/own-names.js';
import { RUN_FILES, SUMS_FILE } from './run-files.js';

/** Returns the sorted paths of the regular files below a run directory, without what passes, links and lists of sums. */
export function filesOfRun(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && passingOf(entry.name) === null)
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((name) => name !== SUMS_FILE && name !== RUN_FILES.live && !/[\n\r\\]/.test(name))
    .sort();
}
