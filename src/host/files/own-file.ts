/** feedrate's own files on a target, which are looked at before they are opened. */
import type { EntryStatus } from '../system/file-store.js';
import { foreignFile } from '../system/foreign-entry.js';
import { localStore } from './local-store.js';
import { storeOf } from './store-of.js';

/**
 * Returns the status of one of feedrate's files, or null when it does not exist. Throws a FeedrateError when something
 * that feedrate did not create has its place: a link, a FIFO, a device, a directory, or a file with a second name.
 */
export function ownFileStatus(path: string): EntryStatus | null {
  const status = storeOf(path).status(path);
  const foreign = status === null ? null : foreignFile(path, status);
  if (foreign !== null) throw foreign;
  return status;
}

/**
 * Opens one of feedrate's files on a mounted file system, passes its descriptor to `use`, and closes it. Throws as
 * `ownFileStatus` does, Node's error when the file cannot be opened, and what `use` throws.
 */
export function withOwnFile<T>(path: string, use: (fd: number) => T, { write = false, direct = false } = {}): T {
  const fd = openOwnFile(path, { write, direct });
  try {
    return use(fd);
  } finally {
    localStore.close(fd);
  }
}

/** As `withOwnFile`, for callers that close the file themselves. */
export function openOwnFile(path: string, { write = false, direct = false } = {}): number {
  ownFileStatus(path);
  return localStore.open(path, { write, create: false, direct });
}
