import { join } from 'node:path';
import { nfsStoreOf } from '../libnfs/nfs-store.js';
import { isNfsUrl } from '../libnfs/nfs-url.js';
import type { FileStore, HeldDirectory } from '../system/file-store.js';
import { localStore } from './local-store.js';

/**
 * Returns the store for the files below a path: mounted file systems, or libnfs for `nfs://` targets.
 * @throws FeedrateError `target` when libnfs is needed and cannot be used
 */
export function storeOf(path: string): FileStore {
  return isNfsUrl(path) ? nfsStoreOf(path) : localStore;
}

/** Returns the path of an entry below another path. */
export function below(path: string, ...names: string[]): string {
  return isNfsUrl(path) ? [path, ...names].join('/') : join(path, ...names);
}

/**
 * Holds directories while `use` works below them, and returns its result. They may be the last component of a link.
 * Throws an error of Node's shape when one of them is no directory, and what `use` throws.
 */
export function whileHeld<T>(directories: readonly string[], use: () => T): T {
  const held: HeldDirectory[] = [];
  try {
    for (const path of directories) held.push(storeOf(path).hold(`${path}/.`));
    return use();
  } finally {
    for (const one of held) one.close();
  }
}
