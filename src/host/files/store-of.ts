import { join } from 'node:path';
import { nfsStoreOf } from '../libnfs/nfs-store.js';
import { isNfsUrl } from '../libnfs/nfs-url.js';
import type { FileStore } from '../system/file-store.js';
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
