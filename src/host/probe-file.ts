import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes a small file of zeros in a directory, durable, and removes it when it was used. Nothing tells more surely what
 * a file system lets this user do. Throws Node's errors.
 */
export function withProbeFile<T>(directory: string, bytes: number, use: (path: string) => T): T {
  const suffix = Math.random().toString(36).slice(2, 8);
  const path = join(directory, `.feedrate-probe-${process.pid}-${suffix}`);
  const fd = openSync(path, 'wx', 0o600);
  try {
    try {
      writeSync(fd, new Uint8Array(bytes));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    return use(path);
  } finally {
    unlinkSync(path);
  }
}
