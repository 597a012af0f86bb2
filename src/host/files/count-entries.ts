import { closeSync, constants } from 'node:fs';
import type { Opening } from '../../base/opening.js';
import { withFile } from '../system/with-file.js';
import { type EntryCalls, entryCalls } from './entry-calls.js';
import { reachDirectory } from './held-directories.js';
import { openUserDirectory } from './user-file.js';

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

let calls: EntryCalls | null = null;

/**
 * Opens a directory on a mounted file system, reads it to its end, and returns how many entries it has. Throws an error of
 * Node's shape.
 * @param opening how to open it if it is not feedrate's; null: it is
 */
export function countEntries(path: string, opening: Opening | null): number {
  const listed = (fd: number) => {
    calls ??= entryCalls();
    const count = calls.rest(fd);
    if (count >= 0) return count;
    throw Object.assign(new Error(`getdents of ${path} failed`), { errno: count, syscall: 'getdents', path });
  };
  if (opening === null) return reachDirectory(path, (entry) => withFile(entry, DIRECTORY, listed));
  const fd = openUserDirectory(path, opening);
  try {
    return listed(fd);
  } finally {
    closeSync(fd);
  }
}
