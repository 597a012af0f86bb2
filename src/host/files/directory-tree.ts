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
 */
export function removeContents(held: HeldDirectory, path: string, keep: string | null): string[] {
  const store = storeOf(path);
  const { place } = held;
  const left: string[] = [];
  for (const name of store.names(held.at())) {
    if (name === keep) continue;
    const child = held.at(name);
    const kind = store.status(child)?.kind;
    if (kind === 'directory') left.push(...removeDirectory(child, below(path, name), place));
    else if (kind !== undefined) ifPresent(() => store.unlink(child));
  }
  return left;
}

function removeDirectory(path: string, shownPath: string, place: string): string[] {
  const store = storeOf(path);
  const held = store.hold(path);
  let left: string[];
  try {
    left = held.place === place ? removeContents(held, shownPath, null) : [shownPath];
  } finally {
    held.close();
  }
  if (left.length === 0) ifPresent(() => store.removeDirectory(path));
  return left;
}

/**
 * Returns the bytes that a directory and its contents occupy on its device. Follows no links and enters no mounts. What
 * this user may not read counts as 0.
 */
export function allocatedBytes(path: string): number {
  const store = storeOf(path);
  const device = store.status(path)?.device;
  const measure = (entryPath: string): number => {
    const status = store.status(entryPath);
    if (status === null || status.device !== device) return 0;
    const isEntered = status.kind === 'directory' && store.may(entryPath, 'read');
    const children = isEntered ? store.names(entryPath) : [];
    return children.reduce((sum, name) => sum + measure(below(entryPath, name)), status.allocatedBytes);
  };
  return measure(path);
}
