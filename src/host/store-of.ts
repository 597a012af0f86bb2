import { join } from 'node:path';
import type { FileStore } from './file-store.js';
import { localStore } from './local-store.js';

/** What holds the files below a path. */
export function storeOf(_path: string): FileStore {
  return localStore;
}

/** A path to what lies below another one. */
export function below(path: string, ...names: string[]): string {
  return join(path, ...names);
}
