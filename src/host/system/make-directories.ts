import { mkdirSync, opendirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Creates a directory and its missing parents. Throws Node's error, `ENOTDIR` when one of them is something else. */
// One by one: Node's recursive mkdir reports ENOENT for a read-only file system, and never returns below /proc.
export function makeDirectories(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  // Opening what is no directory fails with the error that the caller's user needs.
  if (found?.isDirectory() === false) opendirSync(path).closeSync();
  if (found !== undefined) return;
  if (dirname(path) !== path) makeDirectories(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have created it in the meantime.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
