/** Finds feedrate's own directories in a target, of any run and any user. */
import { dirname } from 'node:path';
import type { HeldDirectory } from '../system/file-store.js';
import { type TreeSize, treeSize } from './directory-tree.js';
import { MARKER_NAME, type OwnKind, processState, readMarker } from './marker.js';
import { type DirectoryHome, type Holder, openOwnDirectory, readHolders } from './own-directory.js';
import { OWN_PREFIX } from './own-names.js';
import { below, storeOf, whileHeld } from './store-of.js';

export interface OwnDirectory {
  readonly path: string;
  readonly kind: OwnKind;
  /** The id of the run that created it. */
  readonly runId: string;
  readonly createdAt: string;
  /** The host of the process that created it. */
  readonly hostname: string;
  readonly pid: number;
  /** What it holds. Found when it is asked for, which takes a while for millions of files. */
  readonly size: TreeSize;
  /**
   * `alive`: a process on this machine uses it. `unknown`: a process on another machine, or from before a restart, used
   * it. `dead`: no process uses it.
   */
  readonly state: 'alive' | 'dead' | 'unknown';
}

/** Returns whether this user may not read a directory or its marker, and so cannot tell whether feedrate created it. */
export function isClosed(path: string): boolean {
  const store = storeOf(path);
  if (store.status(path)?.kind !== 'directory') return false;
  if (!store.may(path, 'read')) return true;
  const marker = below(path, MARKER_NAME);
  return store.status(marker) !== null && !store.may(marker, 'read');
}

function stateOf(holders: readonly Holder[]): OwnDirectory['state'] {
  const states = holders.map(({ marker }) => processState(marker.process));
  if (states.includes('alive')) return 'alive';
  return states.includes('unknown') ? 'unknown' : 'dead';
}

function describe(path: string): OwnDirectory | null {
  let held: HeldDirectory;
  try {
    held = openOwnDirectory(path);
  } catch {
    return null;
  }
  try {
    const marker = readMarker(held.at());
    if (marker === null) return null;
    const { kind, runId, createdAt, process } = marker;
    const state = stateOf(readHolders(path, held));
    return {
      path,
      kind,
      runId,
      createdAt,
      hostname: process.hostname,
      pid: process.pid,
      state,
      get size() {
        return whileHeld([dirname(path)], () => treeSize(path));
      },
    };
  } finally {
    held.close();
  }
}

/**
 * Returns every own directory directly below a target, of any run, sorted by path. Directories without the marker are
 * left out. Throws an error of Node's shape when the target cannot be read.
 */
export function findOwnDirectories({ path }: DirectoryHome): OwnDirectory[] {
  return whileHeld([path], () => {
    const names = storeOf(path)
      .names(path)
      .filter((name) => name.startsWith(OWN_PREFIX));
    return names.sort().flatMap((name) => describe(below(path, name)) ?? []);
  });
}
