import { below, storeOf } from './store-of.js';

/**
 * Makes a file with this content in a directory, durable, and removes it when it was used. Nothing tells more surely what
 * a file system lets this user do. Throws errors of Node's shape.
 */
export function withProbeFile<T>(directory: string, content: Uint8Array, use: (path: string) => T): T {
  const suffix = Math.random().toString(36).slice(2, 8);
  const path = below(directory, `.feedrate-probe-${process.pid}-${suffix}`);
  const store = storeOf(directory);
  store.writeNew(path, content, 0o600);
  try {
    return use(path);
  } finally {
    store.unlink(path);
  }
}
