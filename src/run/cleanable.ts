/** Everything that feedrate can leave behind, by the places where it makes things. */
import { lstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { FeedrateError } from '../base/errors.js';
import { findLeftovers, type Leftover, removeLeftover } from '../host/files/leftovers.js';
import type { ProcessState } from '../host/files/marker.js';
import { findOwnDirectories, type OwnDirectory, removeOwnDirectory } from '../host/files/own-directory.js';
import { OWN_PREFIX } from '../host/files/own-names.js';
import { below, storeOf } from '../host/files/store-of.js';
import { findUnfinished } from '../store/unfinished.js';
import { takeDown } from './made-mounts.js';

export interface Cleanable {
  readonly path: string;
  /** `foreign`: something with a name like feedrate's that feedrate did not make, as far as it can tell. */
  readonly kind: OwnDirectory['kind'] | Leftover['kind'] | 'foreign';
  readonly state: ProcessState;
  readonly allocatedBytes: number;
  /** The run that made it; null when its name alone shows that it is feedrate's. */
  readonly owner: Pick<OwnDirectory, 'runId' | 'createdAt' | 'hostname'> | null;
}

/** Returns what feedrate made directly in a target, of any run. Throws an error of Node's shape when it cannot be read. */
export function cleanableInTarget(path: string): Cleanable[] {
  const own = findOwnDirectories({ path }).map((directory): Cleanable => ({ ...directory, owner: directory }));
  const left = findLeftovers(path, ['probe', 'new', 'exported']).map(withoutOwner);
  const known = new Set([...own, ...left].map((found) => found.path));
  const foreign = storeOf(path)
    .names(path)
    .filter((name) => name.startsWith(OWN_PREFIX) && !known.has(below(path, name)))
    .map((name): Cleanable => {
      return { path: below(path, name), kind: 'foreign', state: 'unknown', allocatedBytes: 0, owner: null };
    });
  return [...own, ...left, ...foreign].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Returns the targets and mount points that runs made for themselves in the system's temporary directory. */
export function cleanableInTemporary(): Cleanable[] {
  try {
    return findLeftovers(tmpdir(), ['target', 'mounts'])
      .filter(({ path }) => isOfThisUser(path))
      .map(withoutOwner);
  } catch {
    // Without a readable temporary directory there is nothing of feedrate in it.
    return [];
  }
}

/** Returns what feedrate made in a results directory for a short time. Throws `FeedrateError('store')`. */
export function cleanableInResults(directory: string): Cleanable[] {
  try {
    return findUnfinished(directory).map(withoutOwner);
  } catch (cause) {
    throw new FeedrateError('store', `${directory}: cannot read (${(cause as Error).message})`, { cause });
  }
}

function withoutOwner(left: Leftover): Cleanable {
  return { ...left, owner: null };
}

/** Other users make their own directories in the temporary directory. Root may remove them all. */
function isOfThisUser(path: string): boolean {
  const user = process.getuid?.();
  return user === 0 || lstatSync(path, { throwIfNoEntry: false })?.uid === user;
}

/** Removes what was found. Throws `FeedrateError('target')` when it is in use, is not feedrate's, or cannot be removed. */
export function removeCleanable({ path, kind }: Cleanable): void {
  if (kind === 'scratch' || kind === 'data') removeOwnDirectory(path);
  else if (kind !== 'mounts') removeLeftover(path);
  else {
    const [problem] = takeDown(path, ({ state }) => state === 'dead');
    if (problem !== undefined) throw new FeedrateError('target', `cannot remove ${path}: ${problem}`);
  }
}
