/** What processes left under the names of `own-names.ts`. */
import { basename } from 'node:path';
import { FeedrateError, systemFaultOf } from '../../base/errors.js';
import type { EntryStatus, HeldDirectory } from '../system/file-store.js';
import { codeOf } from '../system/libc.js';
import { adviceOn } from './denied-access.js';
import { ifPresent, treeSize } from './directory-tree.js';
import { findOwnDirectories } from './found-directories.js';
import type { ProcessState } from './marker.js';
import { removeOwnDirectory } from './own-directory.js';
import { OWN_PREFIX, type PassingKind, passingOf } from './own-names.js';
import { below, storeOf } from './store-of.js';

export interface Leftover {
  readonly path: string;
  readonly kind: PassingKind;
  /** Whether the process that made it, or one that uses it, still runs. */
  readonly state: ProcessState;
  /** The space that it occupies. */
  readonly allocatedBytes: number;
}

const SHAPES: Readonly<Record<PassingKind, EntryStatus['kind']>> = {
  probe: 'file',
  new: 'directory',
  exported: 'directory',
  target: 'directory',
  mounts: 'directory',
  recording: 'directory',
  replacement: 'file',
  baseline: 'directory',
};

/**
 * Returns what has a name of these kinds directly in a directory, sorted by path. Entries of another shape, such as
 * links, are left out. Throws an error of Node's shape when the directory cannot be read.
 */
export function findLeftovers(directory: string, kinds: readonly PassingKind[]): Leftover[] {
  const store = storeOf(directory);
  return store
    .names(directory)
    .sort()
    .flatMap((name): Leftover[] => {
      const passing = passingOf(name);
      if (passing === null || !kinds.includes(passing.kind)) return [];
      const path = below(directory, name);
      if (store.status(path)?.kind !== SHAPES[passing.kind]) return [];
      const state = passing.state === 'dead' && isUsed(path, passing.kind) ? 'alive' : passing.state;
      return [{ path, kind: passing.kind, state, allocatedBytes: bytesOf(path, passing.kind) }];
    });
}

/** Returns whether a process uses a directory whose maker has ended. A session outlives its coordinating process. */
function isUsed(path: string, kind: PassingKind): boolean {
  if (kind !== 'target' && kind !== 'exported') return false;
  try {
    return findOwnDirectories({ path }).some(({ state }) => state === 'alive');
  } catch {
    return false;
  }
}

/** Returns the occupied space, or 0 for what this user cannot read. Does not measure what is mounted on mount points. */
function bytesOf(path: string, kind: PassingKind): number {
  if (kind === 'mounts') return 0;
  try {
    return treeSize(path).allocatedBytes;
  } catch {
    return 0;
  }
}

/**
 * Removes a leftover, and nothing that feedrate did not make: a file, a directory with the files in it, or a target with
 * feedrate's own directories in it. Does nothing when it no longer exists. Throws a FeedrateError with code `target` when
 * something else is in it, when it is in use, or when it cannot be removed.
 */
export function removeLeftover(path: string): void {
  const kind = passingOf(basename(path))?.kind;
  const store = storeOf(path);
  try {
    if (kind !== undefined && SHAPES[kind] === 'file') {
      store.unlink(path);
      return;
    }
    if (kind === 'target' || kind === 'exported') removeOwnThings(path);
    else removeFiles(path);
    // A run that ends removes its temporary target as a tree. Killed in the middle, it leaves directories without markers.
    if (kind === 'target') for (const name of ownNames(path)) store.removeTree(below(path, name));
    store.removeDirectory(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return;
    if (cause instanceof FeedrateError) throw cause;
    throw new FeedrateError('target', `cannot remove ${path}: ${reasonOf(cause, path)}`, { cause });
  }
}

function removeOwnThings(path: string): void {
  for (const own of findOwnDirectories({ path })) removeOwnDirectory(own.path);
  for (const left of findLeftovers(path, ['probe', 'new'])) removeLeftover(left.path);
}

function ownNames(path: string): string[] {
  return storeOf(path)
    .names(path)
    .filter((name) => name.startsWith(OWN_PREFIX));
}

function removeFiles(path: string): void {
  const store = storeOf(path);
  const held: HeldDirectory = store.hold(path);
  try {
    for (const name of store.names(held.at())) {
      if (store.status(held.at(name))?.kind === 'file') ifPresent(() => store.unlink(held.at(name)));
    }
  } finally {
    held.close();
  }
}

function reasonOf(cause: unknown, path: string): string {
  const message = systemFaultOf(cause).message;
  if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(cause) ?? '')) return `${message}${adviceOn(cause, path, 'remove')}`;
  const [first] = storeOf(path).names(path);
  return `${first ?? 'something'} in it was not made by feedrate; move it away`;
}
