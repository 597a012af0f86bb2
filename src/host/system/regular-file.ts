import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';
import { formatBytes } from '../../base/units.js';

/** Reading a text takes about three times its size, and JSON in it as much again. */
const MOST_BYTES = 128 * 2 ** 20;

/**
 * Opens a regular file for reading, hands its descriptor to `use`, and closes it, whatever happens. Never waits: a pipe or
 * a device in place of the file is refused before it is opened. Throws Node's error, or one that names what is there
 * instead, and what `use` throws.
 */
export function withRegularFile<T>(path: string, use: (fd: number, sizeBytes: number) => T): T {
  requireFile(statSync(path));
  // In case that it was replaced since, an open of a pipe does not wait for its other end.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const status = fstatSync(fd);
    requireFile(status);
    return use(fd, status.size);
  } finally {
    closeSync(fd);
  }
}

/** Returns the text of a regular file. Throws as `withRegularFile` does, and for a file that no memory holds. */
export function readTextFile(path: string, mostBytes = MOST_BYTES): string {
  return withRegularFile(path, (fd, sizeBytes) => {
    if (sizeBytes > mostBytes) {
      throw new Error(`it is ${formatBytes(sizeBytes)} long, expected at most ${formatBytes(mostBytes)}`);
    }
    return readFileSync(fd, 'utf8');
  });
}

function requireFile(status: Stats): void {
  if (status.isFile()) return;
  const kinds: readonly (readonly [boolean, string])[] = [
    [status.isDirectory(), 'a directory'],
    [status.isFIFO(), 'a pipe'],
    [status.isSocket(), 'a socket'],
  ];
  const found = kinds.find(([is]) => is)?.[1] ?? 'a device';
  throw new Error(`it is ${found}, expected a regular file`);
}
