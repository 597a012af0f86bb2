/**
 * feedrate's own directories below a target. feedrate writes nowhere else on the target. `.feedrate-data` keeps data
 * files for later runs. `.feedrate-<run id>` holds the scratch files of one run. Each has a marker file. A process that
 * uses a directory puts a holder file next to the marker, so that no other run removes the directory.
 */

import { basename, dirname } from 'node:path';
import { assert } from '../../base/assert.js';
import { FeedrateError, systemFaultOf } from '../../base/errors.js';
import { shellWord } from '../../base/shell-word.js';
import type { EntryStatus, HeldDirectory } from '../system/file-store.js';
import { codeOf } from '../system/libc.js';
import { isOthers, userName } from '../system/user-name.js';
import { adviceOn, isDenied, READ_ONLY } from './denied-access.js';
import { ifPresent, removeContents } from './directory-tree.js';
import {
  createMarker,
  MARKER_NAME,
  type Marker,
  type OwnKind,
  processState,
  readMarker,
  readMarkerFile,
  writeMarker,
} from './marker.js';
import { DATA_DIRECTORY_NAME, datasetIdOf, isDataDirectory, OWN_PREFIX, passingName } from './own-names.js';
import { below, storeOf, whileHeld } from './store-of.js';

export interface DirectoryHome {
  readonly path: string;
  /** The name of its data directory. Absent: `.feedrate-data`. */
  readonly dataDirectory?: string;
}

/** Returns the path of the own directory of this kind, whether or not it exists. */
export function ownDirectoryPath(target: DirectoryHome, runId: string, kind: OwnKind): string {
  assert(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(runId) && !isDataDirectory(`${OWN_PREFIX}${runId}`),
    `run id ${runId} cannot name a directory`,
  );
  const name = kind === 'data' ? (target.dataDirectory ?? DATA_DIRECTORY_NAME) : `${OWN_PREFIX}${runId}`;
  return below(target.path, name);
}

function holderPath(path: string, runId: string): string {
  return below(path, `${MARKER_NAME}.${runId}.${process.pid}`);
}

/**
 * Creates the directory, or reuses an existing one (the data directory, or the scratch directory of the same run).
 * Holds it for this process until `releaseOwnDirectory` or `removeOwnDirectory`. Returns its path. Throws a
 * FeedrateError with code `target` when the name belongs to something that feedrate did not create, or when the
 * directory cannot be created.
 */
export function createOwnDirectory(target: DirectoryHome, runId: string, kind: OwnKind): string {
  const path = ownDirectoryPath(target, runId, kind);
  const marker = createMarker(kind, runId);
  try {
    whileHeld([target.path], () => {
      const exists = storeOf(path).status(path) !== null;
      if (exists || !install(path, marker)) takeUp(path, marker);
    });
  } catch (cause) {
    if (cause instanceof FeedrateError) throw cause;
    throw new FeedrateError('target', `cannot create feedrate's directory ${path}: ${systemFaultOf(cause).message}`, {
      cause,
    });
  }
  return path;
}

/**
 * Creates the directory under a temporary name and then renames it, so that it never exists under its final name
 * without marker and holder. Returns false when another process was faster.
 */
function install(path: string, marker: Marker): boolean {
  const store = storeOf(path);
  const passing = below(dirname(path), passingName('new'));
  store.makeDirectory(passing);
  try {
    writeMarker(holderPath(passing, marker.runId), marker);
    writeMarker(below(passing, MARKER_NAME), marker);
    store.rename(passing, path);
    return true;
  } catch (error) {
    store.removeTree(passing);
    if (TAKEN_CODES.has(codeOf(error) ?? '')) return false;
    throw error;
  }
}

/**
 * The errors of rename(2) when the name belongs to a directory with content or to something that is not a directory.
 */
const TAKEN_CODES: ReadonlySet<string> = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR']);

function takeUp(path: string, marker: Marker): void {
  const store = storeOf(path);
  const held = openOwnDirectory(path);
  try {
    const found = readMarker(held.at());
    if (found?.kind !== marker.kind || (found.kind === 'scratch' && found.runId !== marker.runId)) {
      throw new FeedrateError(
        'target',
        `${path} belongs to another run (${found?.runId}); start the run again, which gives it another id`,
      );
    }
    for (const holder of readHolders(path, held)) {
      if (processState(holder.marker.process) === 'dead') removeHolder(held.at(holder.name));
    }
    const own = holderPath(held.at(), marker.runId);
    if (store.status(own) === null) writeMarker(own, marker);
  } finally {
    held.close();
  }
}

/** Removes the holder file of a dead process. In a sticky directory, those of other users stay, which does no harm. */
function removeHolder(path: string): void {
  try {
    ifPresent(() => storeOf(path).unlink(path));
  } catch (thrown) {
    if (!isDenied(thrown)) throw thrown;
  }
}

/** Opens a directory that has feedrate's marker and is not a link. Throws a FeedrateError for everything else. */
export function openOwnDirectory(path: string): HeldDirectory {
  const store = storeOf(path);
  const status = store.status(path);
  const refuse = (reason: string): FeedrateError => {
    const what = `${path} ${reason}, so feedrate did not create it and does not touch it`;
    return new FeedrateError('target', `${what}; ${remedyFor(status)}`);
  };
  if (!basename(path).startsWith(OWN_PREFIX)) throw refuse(`is not named ${OWN_PREFIX}…`);
  const kind = status?.kind;
  if (kind === 'link') throw refuse('is a symbolic link');
  if (kind !== undefined && kind !== 'directory') throw refuse('is not a directory');
  const held = store.hold(path);
  if (readMarker(held.at()) !== null) return held;
  held.close();
  throw refuse(`has no marker file ${MARKER_NAME}`);
}

/** Returns what to do about an entry that is in the way. Only its owner may move it in a directory like /tmp. */
function remedyFor(status: EntryStatus | null): string {
  if (status === null || !isOthers(status)) return 'move it away';
  return `it belongs to ${userName(status.ownerId)}: have it moved away, or name another directory`;
}

/**
 * Throws a FeedrateError with code `target` when the name of an own directory belongs to something that feedrate did
 * not create, or to something that this user cannot read. A run calls it to fail before it begins.
 */
export function refuseForeignDirectory(path: string): void {
  if (storeOf(path).status(path) === null) return;
  try {
    openOwnDirectory(path).close();
  } catch (cause) {
    if (cause instanceof FeedrateError) throw cause;
    throw new FeedrateError('target', `cannot use feedrate's directory ${path}: ${systemFaultOf(cause).message}`, {
      cause,
    });
  }
}

export interface Holder {
  readonly name: string;
  readonly marker: Marker;
}

/** Returns the processes that have a holder file in an open own directory. */
export function readHolders(path: string, held: HeldDirectory): Holder[] {
  const names = storeOf(path)
    .names(held.at())
    .filter((name) => name.startsWith(`${MARKER_NAME}.`));
  return names.flatMap((name) => {
    const marker = readMarkerFile(held.at(name));
    return marker === null ? [] : [{ name, marker }];
  });
}

/**
 * Removes this process's holder file from the directory of this run, or from the data directory. Ignores errors, such
 * as a server that is gone, because the end of the process releases the directory too.
 */
export function releaseOwnDirectory(path: string, runId: string): void {
  try {
    storeOf(path).unlink(holderPath(path, runId));
  } catch {}
}

/**
 * Removes an own directory and everything in it. Does nothing when it does not exist. Throws a FeedrateError with
 * code `target`, and removes nothing, when the directory is a link, lacks the marker, is a mount point, or is in use
 * by a live process on this machine for a run other than `runId` (null: for any run). Links in it are removed, never
 * followed. A mount inside the directory stays, together with the marker, and the error names it.
 * @param removed called after each entry. Default: nothing is
 */
export function removeOwnDirectory(path: string, runId: string | null = null, removed?: () => void): void {
  try {
    whileHeld([dirname(path)], () => removeHeld(path, runId, removed));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return;
    if (cause instanceof FeedrateError) throw cause;
    // On storage that fails, asking for the owner would fail as well.
    const rest = `fix the cause (${causeOf(cause)}), then remove the rest with: ${cleanCommand(path)}`;
    const advice = isDenied(cause) ? adviceOn(cause, path, 'remove') : `; ${rest}`;
    throw new FeedrateError('target', `cannot remove ${path}: ${systemFaultOf(cause).message}${advice}`, { cause });
  }
}

function causeOf(thrown: unknown): string {
  return codeOf(thrown) === 'EROFS' ? READ_ONLY : 'failing storage or files in use';
}

/** Returns the command that removes the own directory of a path. `clean` keeps data and datasets that are not named. */
export function cleanCommand(path: string): string {
  let own = path;
  while (!basename(own).startsWith(OWN_PREFIX) && own !== dirname(own)) own = dirname(own);
  const name = basename(own);
  const dataset = datasetIdOf(name);
  const kept = dataset !== null ? ` --dataset-id ${dataset}` : isDataDirectory(name) ? ' --data' : '';
  return `feedrate clean -t ${shellWord(dirname(own))}${kept}`;
}

function removeHeld(path: string, runId: string | null, removed?: () => void): void {
  const held = openOwnDirectory(path);
  try {
    refuseMountPoint(held, path);
    refuseHeld(held, path, runId);
    removeAll(held, path, removed);
  } finally {
    held.close();
  }
  removeMarked(path);
}

function refuseMountPoint(held: HeldDirectory, path: string): void {
  const parent = storeOf(path).hold(dirname(path));
  try {
    if (parent.place === held.place) return;
  } finally {
    parent.close();
  }
  throw new FeedrateError('target', `${path} is a mount point; unmount it before removing it`);
}

function refuseHeld(held: HeldDirectory, path: string, runId: string | null): void {
  const user = readHolders(path, held).find(
    ({ marker }) => marker.runId !== runId && processState(marker.process) === 'alive',
  )?.marker;
  if (user === undefined) return;
  const who = `run ${user.runId} (process ${user.process.pid})`;
  throw new FeedrateError('target', `${path} is in use by ${who}; wait until it ends`);
}

/** Removes everything but the marker, so that feedrate still recognizes the directory after an interrupted removal. */
function removeAll(held: HeldDirectory, path: string, removed?: () => void): void {
  const store = storeOf(path);
  const mounted = removeContents(held, path, MARKER_NAME, removed);
  if (mounted.length > 0) {
    throw new FeedrateError('target', `cannot remove ${path}: ${mounted[0]} is a mount point; unmount it first`);
  }
  const left = store.names(held.at()).filter((name) => name !== MARKER_NAME);
  if (left.length > 0) {
    const advice = `is still open or was just written; stop the process that uses it, then run ${cleanCommand(path)}`;
    throw new FeedrateError('target', `cannot remove ${path}: ${left[0]} ${advice}`);
  }
}

/** Removes a directory that holds only its marker. Once it lacks the marker, its name must show that it is feedrate's. */
function removeMarked(path: string): void {
  const store = storeOf(path);
  const unmarked = below(dirname(path), passingName('new'));
  store.rename(path, unmarked);
  store.unlink(below(unmarked, MARKER_NAME));
  store.removeDirectory(unmarked);
}
