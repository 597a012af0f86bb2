import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes a file with this content in a directory, durable, and removes it when it was used. Nothing tells more surely what
 * a file system lets this user do. Throws Node's errors.
 */
export function withProbeFile<T>(directory: string, content: Uint8Array, use: (path: string) => T): T {
  const suffix = Math.random().toString(36).slice(2, 8);
  const path = join(directory, `.feedrate-probe-${process.pid}-${suffix}`);
  const fd = openSync(path, 'wx', 0o600);
  try {
    try {
      for (let done = 0; done < content.length; ) done += writeSync(fd, content, done);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    return use(path);
  } finally {
    unlinkSync(path);
  }
}
