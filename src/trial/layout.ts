/** Writes the files that trials read. Their content is reproducible. */
import { dirname } from 'node:path';
import { FeedrateError, type SystemFault, systemFaultOf } from '../base/errors.js';
import { createOwnDirectory, ownDirectoryPath, releaseOwnDirectory } from '../host/files/own-directory.js';
import { ownFileStatus } from '../host/files/own-file.js';
import { datasetIdOf } from '../host/files/own-names.js';
import { below, storeOf } from '../host/files/store-of.js';
import { preallocationRemedy } from '../host/system/preallocation.js';
import { userName } from '../host/system/user-name.js';
import type { FileUnion } from '../plan/file-union.js';
import type { DataFile, Target } from '../plan/plan.js';
import { holdsFile, type LayoutProgress, LayoutStopped, writeDataFile } from './data-file.js';
import type { SessionEvent } from './events.js';
import { MissingFiles } from './missing-files.js';

/**
 * Writes the files below an existing directory. Throws `FeedrateError('measurement')` when a file cannot be written,
 * `FeedrateError('target')` when its place is taken by something foreign, and `LayoutStopped` after a stop request.
 * @param passingDirectory holds each file until it is complete; on the same file system, and used by this run alone
 */
export async function layOutFiles(
  directory: string,
  files: Iterable<DataFile>,
  progress: LayoutProgress,
  passingDirectory: string = directory,
): Promise<void> {
  let made = directory;
  for (const file of files) {
    const path = below(directory, file.path);
    try {
      if (dirname(path) !== made) storeOf(path).makeDirectories(directory, dirname(path));
      made = dirname(path);
      await writeDataFile(path, file, passingDirectory, progress);
    } catch (thrown) {
      if (thrown instanceof LayoutStopped || thrown instanceof FeedrateError) throw thrown;
      const fault = systemFaultOf(thrown, path);
      throw new FeedrateError(
        'measurement',
        `cannot lay out ${path}: ${fault.code} in ${fault.syscall}${remedyOf(fault, path, thrown)}`,
        { cause: thrown },
      );
    }
  }
}

function remedyOf({ code, syscall }: SystemFault, path: string, thrown: unknown): string {
  if (syscall === 'fallocate') return `; ${preallocationRemedy(thrown)}`;
  if (code === 'EACCES' || code === 'EPERM') return `; ${ownersOf(path)}`;
  return code === 'ENOSPC' || code === 'EDQUOT' ? '; free some space or use smaller files' : '';
}

/** Returns who owns a file that cannot be written and its directory, and what to do. */
function ownersOf(path: string): string {
  const entry = [path, dirname(path)].find((each) => storeOf(each).status(each) !== null);
  const owner = entry === undefined ? null : storeOf(entry).status(entry)?.ownerId;
  if (owner == null) return 'check the permissions of its directory';
  return `${entry} belongs to ${userName(owner)}; have it removed (feedrate clean --data), or name another directory`;
}

/** Returns the directory that holds a target's data files. */
export function dataDirectory(target: Target, runId: string): string {
  return ownDirectoryPath(target, runId, 'data');
}

/** A data directory that is protected from removal until `release` is called. */
export interface HeldData {
  readonly release: () => void;
}

/** Error codes of a directory that this user may read but not write. */
const READ_ONLY_CODES: ReadonlySet<string> = new Set(['EROFS', 'EACCES', 'EPERM']);

/**
 * Creates the data directory or uses the existing one, and protects it from removal. A read-only directory is used
 * without protection. Throws `FeedrateError` as `createOwnDirectory` does.
 */
export function holdData(target: Target, runId: string): HeldData {
  try {
    const directory = createOwnDirectory(target, runId, 'data');
    return { release: () => releaseOwnDirectory(directory, runId) };
  } catch (thrown) {
    const { code } = systemFaultOf((thrown as FeedrateError).cause);
    const directory = dataDirectory(target, runId);
    if (!READ_ONLY_CODES.has(code) || storeOf(directory).status(directory) === null) throw thrown;
    return { release: () => {} };
  }
}

/**
 * Returns the data files that the target does not have, or has with other content than their names state. Of a kept
 * dataset, which has been proven unchanged, only the sizes are looked at, because reads would warm caches. Throws
 * `FeedrateError('target')` when it lacks a file.
 */
export function missingFilesOf(target: Target, files: FileUnion): MissingFiles {
  const directory = dataDirectory(target, 'none');
  if (!isKept(target)) return new MissingFiles(directory, files, holdsFile);
  const missing = new MissingFiles(directory, files, hasSize);
  if (missing.length === 0) return missing;
  throw new FeedrateError('target', `target ${target.name}: ${missing.length} files of ${directory} have disappeared`);
}

/** Returns whether the target's data files are a dataset that is kept for later days. */
export function isKept({ dataDirectory: name }: Target): boolean {
  return name !== undefined && datasetIdOf(name) !== null;
}

function hasSize(path: string, { bytes }: DataFile): boolean {
  return ownFileStatus(path)?.bytes === bytes;
}

/**
 * Writes the missing data files of one target. Each is written in the run's scratch directory and then moved to the
 * data directory. If the process is killed, the incomplete file is removed with the run's other leftovers.
 */
export async function layOutMissing(
  target: Target,
  runId: string,
  missing: MissingFiles,
  emit: (event: SessionEvent) => void,
  stopped: () => boolean,
): Promise<void> {
  const totalBytes = missing.bytes;
  let doneBytes = 0;
  const wrote = (bytes: number) => {
    doneBytes += bytes;
    emit({ type: 'layout', target: target.name, doneBytes, totalBytes });
  };
  const scratch = ownDirectoryPath(target, runId, 'scratch');
  await layOutFiles(dataDirectory(target, runId), missing, { wrote, stopped }, scratch);
}
