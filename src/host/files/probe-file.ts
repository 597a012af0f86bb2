import { passingName } from './own-names.js';
import { below, storeOf, whileHeld } from './store-of.js';

/**
 * Creates a durable file with this content in a directory, calls `use` and removes the file. This is the most reliable
 * test of what a file system permits this user. Returns the result of `use`. Throws errors of Node's shape.
 */
export function withProbeFile<T>(directory: string, content: Uint8Array, use: (path: string) => T): T {
  const path = below(directory, passingName('probe'));
  const store = storeOf(directory);
  return whileHeld([directory], () => {
    store.writeNew(path, content, 0o600);
    try {
      return use(path);
    } finally {
      store.unlink(path);
    }
  });
}
