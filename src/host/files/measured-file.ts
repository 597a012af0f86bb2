/** Opens the files that a trial reads, whosever they are, to look at their pages. */
import { closeSync } from 'node:fs';
import type { Opening } from '../../base/opening.js';
import { codeOf } from '../system/libc.js';
import { openOwnFile } from './own-file.js';
import { openUserFile, UNREADABLE_CODES } from './user-file.js';

/** Paths of files. */
export interface FilePaths extends Iterable<string> {
  /** How to open them if they are not feedrate's. */
  readonly opening?: Opening;
  /** Their bytes, if they are known without a look. */
  readonly totalBytes?: number;
}

/** Opens a file for reading. Returns null for one of the user's that has gone. Throws as `openOwnFile` does. */
export function openMeasured(path: string, opening: Opening | undefined, direct = false): number | null {
  if (opening === undefined) return openOwnFile(path, { direct });
  try {
    return openUserFile(path, opening, direct);
  } catch (thrown) {
    if (UNREADABLE_CODES.has(codeOf(thrown) ?? '')) return null;
    throw thrown;
  }
}

/** Opens a file, passes its descriptor to `use`, and closes it. Returns `gone` for a file of the user's that has gone. */
export function withMeasured<T>(path: string, opening: Opening | undefined, gone: T, use: (fd: number) => T): T {
  const fd = openMeasured(path, opening);
  if (fd === null) return gone;
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}
