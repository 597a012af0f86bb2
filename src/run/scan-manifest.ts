/** Reads the list of a dataset's files. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { codeOf } from '../host/system/libc.js';
import type { ByteName } from './found-listing.js';

/** The longest list: ten million long paths. Node reads no more into one buffer. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Returns the paths of a list, in the order of their bytes and each once: relative to `root`, or null in the place of one
 * that is not below it. Names end with NUL characters if there are any, otherwise with the line, where a carriage return
 * before it belongs to it.
 */
export function manifestPaths(
  manifest: string,
  target: { readonly name: string; readonly path: string },
  root: string,
): ByteName[] {
  const path = resolve(target.path, manifest);
  let text: string;
  try {
    const bytes = readFileSync(path);
    if (bytes.length > MOST_BYTES) throw new Error('it is longer than 2 GiB');
    text = bytes.toString('latin1');
  } catch (thrown) {
    const why = codeOf(thrown) ?? (thrown as Error).message;
    throw new FeedrateError('target', `target ${target.name}: cannot read dataset.manifest ${path}: ${why}`);
  }
  const lines = text.includes('\0') ? text.split('\0') : text.split(/\r?\n/);
  const inRoot = Buffer.from(root === '/' ? '/' : `${root}/`).toString('latin1');
  const named = lines
    .filter((line) => line !== '')
    .map((line) => normal(line.startsWith(inRoot) ? line.slice(inRoot.length) : line));
  return [...new Set(named)].sort();
}

/** Returns a path without `.` and empty parts. One that leads elsewhere keeps its first slash or `..`. */
function normal(path: ByteName): ByteName {
  const start = path.startsWith('/') ? '/' : '';
  return (
    start +
    path
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .join('/')
  );
}

/** Returns whether a path of a list leads out of the place that it is relative to. */
export function leadsOut(path: ByteName): boolean {
  return path.startsWith('/') || path.split('/').includes('..');
}
