import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemFaultOf } from '../../base/errors.js';

/** Creates a directory and its missing parents. Throws Node's error. */
// One by one: Node's recursive mkdir reports ENOENT for a read-only file system, and never returns below /proc.
export function makeDirectories(path: string): void {
  if (existsSync(path)) return;
  makeDirectories(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have created it in the meantime.
    if (systemFaultOf(error).code !== 'EEXIST') throw error;
  }
}
