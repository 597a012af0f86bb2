import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Creates a directory and its missing parents. Throws Node's error, `EEXIST` when the path is something else. */
// One by one: Node's recursive mkdir reports ENOENT for a read-only file system, and never returns below /proc.
export function makeDirectories(path: string): void {
  if (isDirectory(path)) return;
  if (dirname(path) !== path) makeDirectories(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have created it in the meantime.
    if (!isDirectory(path)) throw error;
  }
}
