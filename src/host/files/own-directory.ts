/**
 * feedrate's own directories below a target, the only places where it writes there: `.feedrate-data` keeps data files
 * for later runs, `.feedrate-<run id>` holds the scratch files of one run. Each bears a marker file; a process that
 * uses one leaves a holder file beside the marker, so that no other run removes it meanwhile.
 */
import { randomBytes } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { assert } from '../../base/assert.js';
import { FeedrateError } from '../../base/errors.js';
import type { HeldDirectory } from '../system/file-store.js';
import { codeOf } from '../system/libc.js';
import { allocatedBytes, ifPresent, removeContents } from './directory-tree.js';
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
import { below, storeOf } from './store-of.js';

/** How the names of feedrate's own directories begin. */
export const OWN_PREFIX = '.feedrate-';
export const DATA_DIRECTORY_NAME = `${OWN_PREFIX}data`;

interface Place {
  readonly path: string;
}

export interface OwnDirectory {
  readonly path: string;
  readonly kind: OwnKind;
  /** Of the run that made it. */
  readonly runId: string;
  readonly createdAt: string;
  /** Of the process that made it. */
  readonly hostname: string;
  readonly pid: number;
  /** Space that it takes up. */
  readonly allocatedBytes: number;
  /** `alive`: a process on this machine uses it. `unknown`: one elsewhere, or before a restart, did. `dead`: none. */
  readonly state: 'alive' | 'dead' | 'unknown';
}

/** Where the own directory of this kind lies, whether it exists or not. */
export function ownDirectoryPath(target: Place, runId: string, kind: OwnKind): string {
  assert(/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(runId) && runId !== 'data', `run id ${runId} cannot name a directory`);
  return below(target.path, kind === 'data' ? DATA_DIRECTORY_NAME : `${OWN_PREFIX}${runId}`);
}

function holderPath(path: string, runId: string): string {
  return below(path, `${MARKER_NAME}.${runId}.${process.pid}`);
}

/**
 * Makes the directory, or takes it up where it exists (the data directory, or the same run's scratch), and holds it
 * for this process until `releaseOwnDirectory` or `removeOwnDirectory`. Returns its path. Throws a FeedrateError with
 * code `target` when the name is taken by something that feedrate did not make, or when it cannot be made.
 */
export function createOwnDirectory(target: Place, runId: string, kind: OwnKind): string {
  const path = ownDirectoryPath(target, runId, kind);
  const marker = createMarker(kind, runId);
  try {
    const exists = storeOf(path).status(path) !== null;
    if (exists || !install(path, marker)) takeUp(path, marker);
  } catch (cause) {
    if (cause instanceof FeedrateError) throw cause;
    throw new FeedrateError('target', `cannot make feedrate's directory ${path}: ${(cause as Error).message}`, {
      cause,
    });
  }
  return path;
}

/**
 * Makes it under a passing name first, so that it never stands under its own without marker and holder. False when
 * another process was faster.
 */
function install(path: string, marker: Marker): boolean {
  const store = storeOf(path);
  const passing = below(dirname(path), `${OWN_PREFIX}new-${process.pid}-${randomBytes(4).toString('hex')}`);
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

/** What rename(2) says when a directory with content, or something that is none, has the name. */
const TAKEN_CODES: ReadonlySet<string> = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR']);

function takeUp(path: string, marker: Marker): void {
  const store = storeOf(path);
  const held = openOwnDirectory(path);
  try {
    const found = readMarker(held.at());
    if (found?.kind !== marker.kind || (found.kind === 'scratch' && found.runId !== marker.runId)) {
      throw new FeedrateError('target', `${path} belongs to another run (${found?.runId}); use another run id`);
    }
    for (const holder of readHolders(path, held)) {
      if (processState(holder.marker.process) === 'dead') ifPresent(() => store.unlink(held.at(holder.name)));
    }
    const own = holderPath(held.at(), marker.runId);
    if (store.status(own) === null) writeMarker(own, marker);
  } finally {
    held.close();
  }
}

/** Opens a directory that bears feedrate's marker and is no link; refuses everything else. */
function openOwnDirectory(path: string): HeldDirectory {
  const refuse = (reason: string): FeedrateError =>
    new FeedrateError('target', `${path} ${reason}, so feedrate did not make it and leaves it alone; move it away`);
  if (!basename(path).startsWith(OWN_PREFIX)) throw refuse(`is not named ${OWN_PREFIX}…`);
  const store = storeOf(path);
  const kind = store.status(path)?.kind;
  if (kind === 'link') throw refuse('is a symbolic link');
  if (kind !== undefined && kind !== 'directory') throw refuse('is not a directory');
  const held = store.hold(path);
  if (readMarker(held.at()) !== null) return held;
  held.close();
  throw refuse(`has no marker file ${MARKER_NAME}`);
}

/**
 * Throws a FeedrateError with code `target` when the name of an own directory is taken by something that feedrate did
 * not make, or by what this user cannot look into. So a run is refused before it begins.
 */
export function refuseForeignDirectory(path: string): void {
  if (storeOf(path).status(path) === null) return;
  try {
    openOwnDirectory(path).close();
  } catch (cause) {
    if (cause instanceof FeedrateError) throw cause;
    throw new FeedrateError('target', `cannot use feedrate's directory ${path}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

interface Holder {
  readonly name: string;
  readonly marker: Marker;
}

/** The processes that said they use an open own directory. */
function readHolders(path: string, held: HeldDirectory): Holder[] {
  const names = storeOf(path)
    .names(held.at())
    .filter((name) => name.startsWith(`${MARKER_NAME}.`));
  return names.flatMap((name) => {
    const marker = readMarkerFile(held.at(name));
    return marker === null ? [] : [{ name, marker }];
  });
}

/**
 * Says that this process no longer uses the directory of this run, or the data directory for it. Where that cannot be
 * said (a server that is gone), the process's end says as much.
 */
export function releaseOwnDirectory(path: string, runId: string): void {
  try {
    storeOf(path).unlink(holderPath(path, runId));
  } catch {}
}

/**
 * Removes an own directory with all that is in it; nothing when it does not exist. Throws a FeedrateError with code
 * `target`, and removes nothing, when it is a link, lacks the marker, is a mount point, or when a live process on
 * this machine uses it for another run than `runId` (null: for any). Links in it are removed, never followed. What is
 * mounted in it stays, with the marker, and is named in the error.
 */
export function removeOwnDirectory(path: string, runId: string | null = null): void {
  const store = storeOf(path);
  try {
    const held = openOwnDirectory(path);
    try {
      refuseMountPoint(held, path);
      refuseHeld(held, path, runId);
      removeAll(held, path);
    } finally {
      held.close();
    }
    store.removeDirectory(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return;
    if (cause instanceof FeedrateError) throw cause;
    const advice = `mend that (storage that fails? files still open? permissions?) and remove the rest with: feedrate clean -t ${dirname(path)}`;
    throw new FeedrateError('target', `cannot remove ${path}: ${(cause as Error).message}; ${advice}`, { cause });
  }
}

function refuseMountPoint(held: HeldDirectory, path: string): void {
  // The dot leads through a link, which the parent may well be.
  const parent = storeOf(path).hold(`${dirname(path)}/.`);
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
  throw new FeedrateError('target', `${path} is in use by ${who}; let it end first`);
}

/** The marker goes last: a removal that is cut short leaves a directory that is still known as feedrate's. */
function removeAll(held: HeldDirectory, path: string): void {
  const store = storeOf(path);
  const mounted = removeContents(held, path, MARKER_NAME);
  if (mounted.length > 0) {
    throw new FeedrateError('target', `cannot remove ${path}: ${mounted[0]} is a mount point; unmount it first`);
  }
  const left = store.names(held.at()).filter((name) => name !== MARKER_NAME);
  if (left.length > 0) {
    const advice = 'it is still open or was just written; end what uses it, then run feedrate clean';
    throw new FeedrateError('target', `cannot remove ${path}: ${left[0]} stays; ${advice}`);
  }
  store.unlink(held.at(MARKER_NAME));
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
    const bytes = allocatedBytes(path);
    return { path, kind, runId, createdAt, hostname: process.hostname, pid: process.pid, allocatedBytes: bytes, state };
  } finally {
    held.close();
  }
}

/** Every own directory directly below a target, of any run, sorted by path. What lacks the marker is not listed. */
export function findOwnDirectories(target: Place): OwnDirectory[] {
  const names = storeOf(target.path)
    .names(target.path)
    .filter((name) => name.startsWith(OWN_PREFIX));
  return names.sort().flatMap((name) => describe(below(target.path, name)) ?? []);
}
