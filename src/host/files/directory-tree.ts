/** Walks of a directory that feedrate created. Each directory is held open during the work on it. */
import type { HeldDirectory } from '../system/file-store.js';
import { codeOf } from '../system/libc.js';
import { below, storeOf } from './store-of.js';

/** Runs a removal and ignores the error when the entry no longer exists. */
export function ifPresent(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/**
 * Removes everything in a held directory except the entry `keep`. Links are removed, never followed. Mounts inside
 * the directory are not touched. `path` is the directory's name in messages. Returns the mount points that remain.
 * Throws an error of Node's shape when an entry cannot be removed.
 * @param removed called after each entry
 */
export function removeContents(
  held: HeldDirectory,
  path: string,
  keep: string | null,
  removed: () => void = () => {},
): string[] {
  const store = storeOf(path);
  const { place } = held;
  const left: string[] = [];
  for (const name of store.names(held.at())) {
    if (name === keep) continue;
    const child = held.at(name);
    const kind = store.status(child)?.kind;
    if (kind === 'directory') left.push(...removeDirectory(child, below(path, name), place, removed));
    else if (kind !== undefined) ifPresent(() => store.unlink(child));
    removed();
  }
  return left;
}

function removeDirectory(path: string, shownPath: string, place: string, removed: () => void): string[] {
  const store = storeOf(path);
  const held = store.hold(path);
  let left: string[];
  try {
    left = held.place === place ? removeContents(held, shownPath, null, removed) : [shownPath];
  } finally {
    held.close();
  }
  if (left.length === 0) ifPresent(() => store.removeDirectory(path));
  return left;
}

/** What a directory holds. */
export interface TreeSize {
  readonly allocatedBytes: number;
  /** Files and directories in it. */
  readonly entries: number;
}

/**
 * Returns what a directory and its contents occupy on its device. Follows no links and enters no mounts. What this user may
 * not read counts as nothing.
 */
export function treeSize(path: string): TreeSize {
  const store = storeOf(path);
  const device = store.status(path)?.device;
  const size = { allocatedBytes: 0, entries: -1 };
  const measure = (entryPath: string): void => {
    const status = store.status(entryPath);
    if (status === null || status.device !== device) return;
    size.allocatedBytes += status.allocatedBytes;
    size.entries++;
    if (status.kind === 'directory' && store.may(entryPath, 'read'))
      for (const name of store.names(entryPath)) measure(below(entryPath, name));
  };
  measure(path);
  return { allocatedBytes: size.allocatedBytes, entries: Math.max(0, size.entries) };
}
