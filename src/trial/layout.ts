/** The data files of a target: those that it has, and those that are written before its trials. */
import { setTimeout as sleep } from 'node:timers/promises';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { createOwnDirectory, ownDirectoryPath, releaseOwnDirectory } from '../host/files/own-directory.js';
import { below, storeOf } from '../host/files/store-of.js';
import type { FileUnion } from '../plan/file-union.js';
import type { DataFile, Target } from '../plan/plan.js';
import { dataDirectory, isKept } from './data-directory.js';
import { hasContent, hasSize, LayoutStopped } from './data-file.js';
import { type LayoutListener, layOutFiles } from './lay-out-files.js';
import { type LayoutShare, MissingFiles } from './missing-files.js';

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

/** Files whose content is compared. Reading every file would take longer than laying out. */
const SAMPLED_FILES = 32;

/**
 * Returns the data files that the target does not have. A file gets its name only when its content is durable, so its size
 * shows that it is complete. The content of some files is compared as well; if one of them differs, that of all is. Of a
 * kept dataset, which has been proven unchanged, only the sizes are looked at, because reads would warm caches. Throws
 * `FeedrateError('target')` when it lacks a file, and `LayoutStopped` after a stop request.
 * @param share the part of the files that this machine of a group looks after. Default: all of them
 */
export async function missingFilesOf(
  target: Target,
  files: FileUnion,
  stopped: () => boolean,
  share?: LayoutShare,
): Promise<MissingFiles> {
  const directory = dataDirectory(target, 'none');
  if (isKept(target)) {
    const missing = await MissingFiles.find(directory, files, hasSize, stopped, undefined, share);
    if (missing.length === 0) return missing;
    throw new FeedrateError(
      'target',
      `target ${target.name}: ${missing.length} files of ${directory} have disappeared`,
    );
  }
  const every = Math.ceil(files.count().files / SAMPLED_FILES);
  let place = 0;
  let isWrong = false;
  const isSampled = (path: string, file: DataFile) => {
    if (!hasSize(path, file)) return false;
    if (place++ % every !== 0 || hasContent(path, file)) return true;
    isWrong = true;
    return false;
  };
  const missing = await MissingFiles.find(directory, files, isSampled, stopped, undefined, share);
  if (!isWrong || every === 1) return missing;
  const isRight = (path: string, file: DataFile) => hasSize(path, file) && hasContent(path, file);
  return MissingFiles.find(directory, files, isRight, stopped, undefined, share);
}

/** Other machines see a new file after this time at most: a client of NFS remembers for a minute that a name does not exist. */
const APPEARS_WITHIN_MS = 90_000;
const LOOK_AGAIN_MS = 250;

/**
 * Waits until this machine sees all data files, some of which other machines wrote. Throws `FeedrateError('target')` when one
 * does not appear.
 */
export async function awaitFilesOfOthers(target: Target, files: FileUnion, stopped: () => boolean): Promise<void> {
  const directory = dataDirectory(target, 'none');
  const endMs = performance.now() + APPEARS_WITHIN_MS;
  for (const file of files) {
    const path = below(directory, file.path);
    while (!hasSize(path, file)) {
      if (performance.now() > endMs) {
        const advice = 'is it the same storage on all of them? If each has its own, use --rank-files disjoint';
        throw new FeedrateError(
          'target',
          `target ${target.name}: ${path} is missing, which another rank wrote; ${advice}`,
        );
      }
      await sleep(LOOK_AGAIN_MS);
      if (stopped()) throw new LayoutStopped();
    }
  }
}

/**
 * Writes the missing data files of one target: first in the run's scratch directory, which is removed with the run's other
 * leftovers if the process is killed. Throws as `layOutFiles` does.
 */
export async function layOutMissing(
  target: Target,
  runId: string,
  missing: MissingFiles,
  listener: LayoutListener,
): Promise<void> {
  const layout = {
    directory: dataDirectory(target, runId),
    passingDirectory: ownDirectoryPath(target, runId, 'scratch'),
    heldPath: target.path,
    files: missing,
    totalFiles: missing.length,
    totalBytes: missing.bytes,
  };
  await layOutFiles(layout, listener);
}
