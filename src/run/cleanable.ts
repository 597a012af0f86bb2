/** Everything that feedrate can leave behind, by the places where it makes things. */
import { existsSync, lstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { leftMeetings, removeMeeting } from '../group/left-meetings.js';
import { type TreeSize, treeSize } from '../host/files/directory-tree.js';
import { findOwnDirectories, isClosed, type OwnDirectory } from '../host/files/found-directories.js';
import { findLeftovers, type Leftover, removeLeftover } from '../host/files/leftovers.js';
import type { ProcessState } from '../host/files/marker.js';
import { removeOwnDirectory } from '../host/files/own-directory.js';
import { datasetIdOf, OWN_PREFIX } from '../host/files/own-names.js';
import { below, storeOf } from '../host/files/store-of.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { codeOf } from '../host/system/libc.js';
import { isOthers, userName } from '../host/system/user-name.js';
import { cannotRead } from '../store/cannot-read.js';
import { findUnfinished } from '../store/unfinished.js';
import { takeDown } from './made-mounts.js';

export interface Cleanable {
  readonly path: string;
  /**
   * `foreign`: something with a name like feedrate's that feedrate did not make. `closed`: a directory that this user may
   * not read, so that nobody can tell.
   */
  readonly kind: OwnDirectory['kind'] | Leftover['kind'] | 'meeting' | 'foreign' | 'closed';
  readonly state: ProcessState;
  readonly allocatedBytes: number;
  /** Files and directories in it; null when they are few. */
  readonly entries: number | null;
  /** The run that made it; null when its name alone shows that it is feedrate's. */
  readonly owner: Pick<OwnDirectory, 'runId' | 'createdAt' | 'hostname'> | null;
  /** The id of the kept dataset that it is; null: it is none. */
  readonly dataset: string | null;
  /** Another user who owns it and leaves this one no right to remove it, in words; null: nobody. */
  readonly otherUser: string | null;
}

/** Returns what feedrate made directly in a target, of any run. Throws an error of Node's shape when it cannot be read. */
export function cleanableInTarget(path: string): Cleanable[] {
  const own = findOwnDirectories({ path }).map((directory): Cleanable => {
    const { path: at, kind, state } = directory;
    let known: TreeSize | null = null;
    const size = () => (known ??= directory.size);
    return {
      path: at,
      kind,
      state,
      owner: directory,
      dataset: kind === 'data' ? datasetIdOf(basename(at)) : null,
      otherUser: otherUserOf(at),
      get allocatedBytes() {
        return size().allocatedBytes;
      },
      get entries() {
        return size().entries;
      },
    };
  });
  const left = [...findLeftovers(path, ['probe', 'new', 'exported']).map(withoutOwner), ...meetingsIn(path)];
  const known = new Set([...own, ...left].map((found) => found.path));
  const foreign = storeOf(path)
    .names(path)
    .filter((name) => name.startsWith(OWN_PREFIX) && !known.has(below(path, name)))
    .map((name): Cleanable => {
      const at = below(path, name);
      return unknownAt(at, isClosed(at) ? 'closed' : 'foreign');
    });
  return [...own, ...left, ...foreign].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Describes what feedrate cannot tell to be its own. */
function unknownAt(path: string, kind: 'closed' | 'foreign'): Cleanable {
  const nobody = { entries: null, owner: null, dataset: null, otherUser: otherUserOf(path) };
  return { path, kind, state: 'unknown', allocatedBytes: 0, ...nobody };
}

/**
 * Returns the targets and mount points that runs made for themselves in the system's temporary directory; nothing when there
 * is no such directory. Throws an error of Node's shape when it cannot be read.
 */
export function cleanableInTemporary(): Cleanable[] {
  try {
    return findLeftovers(tmpdir(), ['target', 'mounts', 'recording'])
      .filter(({ path }) => isOfThisUser(path))
      .map(withoutOwner);
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return [];
    throw thrown;
  }
}

/** Returns what feedrate made in a results directory for a short time. Throws `FeedrateError('store')`. */
export function cleanableInResults(directory: string): Cleanable[] {
  const closed: Cleanable[] = [];
  try {
    const found = findUnfinished(directory, { closed: (path) => closed.push(unknownAt(path, 'closed')) });
    return [...found.map(withoutOwner), ...(existsSync(directory) ? meetingsIn(directory) : []), ...closed];
  } catch (cause) {
    throw cannotRead(directory, cause);
  }
}

/** Returns where the ranks of groups met. Servers without a mount have none. */
function meetingsIn(directory: string): Cleanable[] {
  if (isNfsUrl(directory)) return [];
  return leftMeetings(directory).map(({ path, state }) => {
    const { allocatedBytes } = treeSize(path);
    return {
      path,
      kind: 'meeting',
      state,
      allocatedBytes,
      entries: null,
      owner: null,
      dataset: null,
      otherUser: otherUserOf(path),
    };
  });
}

function withoutOwner(left: Leftover): Cleanable {
  return { ...left, entries: null, owner: null, dataset: null, otherUser: null };
}

/** Returns the other user who alone may remove a directory, in words; null when this user may try. */
function otherUserOf(path: string): string | null {
  const store = storeOf(path);
  const status = store.status(path);
  return status === null || !isOthers(status) || store.may(path, 'write') ? null : userName(status.ownerId);
}

/** Other users make their own directories in the temporary directory. Root may remove them all. */
function isOfThisUser(path: string): boolean {
  const user = process.getuid?.();
  return user === 0 || lstatSync(path, { throwIfNoEntry: false })?.uid === user;
}

/**
 * Removes what was found. Throws `FeedrateError('target')` when it is in use, is not feedrate's, or cannot be removed.
 * @param removed called after each of its `entries`
 */
export function removeCleanable({ path, kind }: Cleanable, removed: () => void): void {
  if (kind === 'scratch' || kind === 'data') removeOwnDirectory(path, null, removed);
  else if (kind === 'meeting') removeMeeting(path);
  else if (kind !== 'mounts') removeLeftover(path);
  else {
    const [problem] = takeDown(path, ({ state }) => state === 'dead');
    if (problem !== undefined) throw new FeedrateError('target', `cannot remove ${path}: ${problem}`);
  }
}
