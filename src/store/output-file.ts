/** Files that a user asks for by their path, outside of any run directory. */
import { accessSync, constants, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { cannotWrite, makeDirectories, replaceFile } from './durable-files.js';

const REMEDY = 'name another file';

/**
 * Writes the file whole or not at all, and makes the directories that it is in when they are missing. A link keeps being
 * one, and its target is replaced; what is no regular file (a pipe, /dev/stdout) is written to as it is.
 * @throws FeedrateError `store`
 */
export function writeOutputFile(path: string, text: string): void {
  orRefuse(path, () => {
    const { place, special } = placeOf(path);
    if (special) writeFileSync(place, text);
    else replaceFile(place, text, REMEDY);
  });
}

/**
 * Can the file be written, as far as one can tell beforehand? For commands that work for long before they write.
 * @throws FeedrateError `store`
 */
export function requireWritable(path: string): void {
  orRefuse(path, () => {
    const { place, special } = placeOf(path);
    if (special) accessSync(place, constants.W_OK);
    else accessSync(dirname(place), constants.W_OK | constants.X_OK);
  });
}

/** Where the bytes go, all links followed, and whether that is something other than a file. */
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
