import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { passingName } from '../host/files/own-names.js';
import { codeOf } from '../host/system/libc.js';

/** Makes a directory in the system's temporary one and returns its path. Throws `FeedrateError('target')` with the remedy. */
export function makeTemporary(kind: 'target' | 'mounts' | 'recording', remedy: string): string {
  const path = join(tmpdir(), passingName(kind));
  try {
    mkdirSync(path, { mode: 0o700 });
    return path;
  } catch (cause) {
    const why = `cannot create the temporary directory ${path} (${codeOf(cause)})`;
    throw new FeedrateError('target', `${why}; ${remedy}`, { cause });
  }
}
