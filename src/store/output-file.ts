/** Writes files that a user requests by path, outside of run directories. */
import { accessSync, constants, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { makeDirectories } from '../host/system/make-directories.js';
import { cannotWrite, replaceFile } from './durable-files.js';

const REMEDY = 'name another file';

/**
 * Writes a file completely or not at all, and creates missing directories. A link stays and its target is replaced.
 * Anything that is not a regular file (a pipe, /dev/stdout) is written to directly.
 * @throws FeedrateError `store` when the file cannot be written
 */
export function writeOutputFile(path: string, text: string | Uint8Array): void {
  orRefuse(path, () => {
    const { place, special } = placeOf(path);
    if (special) writeFileSync(place, text);
    else replaceFile(place, text, REMEDY);
  });
}

/**
 * Checks beforehand that a file can probably be written, for commands that work for a long time before they write.
 * @throws FeedrateError `store` when it cannot be written
 */
export function requireWritable(path: string): void {
  orRefuse(path, () => {
    const { place, special } = placeOf(path);
    if (special) accessSync(place, constants.W_OK);
    else accessSync(dirname(place), constants.W_OK | constants.X_OK);
  });
}

/** Returns the path after following all links, and whether it is something other than a regular file. */
function placeOf(path: string): { place: string; special: boolean } {
  const absolute = resolve(path);
  makeDirectories(dirname(absolute));
  const found = statSync(absolute, { throwIfNoEntry: false });
  if (found === undefined) return { place: absolute, special: false };
  if (found.isDirectory()) throw new Error('it is a directory');
  return found.isFile() ? { place: realpathSync(absolute), special: false } : { place: absolute, special: true };
}

function orRefuse(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw error instanceof FeedrateError ? error : cannotWrite(path, error, REMEDY);
  }
}
