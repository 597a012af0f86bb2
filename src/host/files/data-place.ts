/** Chooses the directory of a target in which this user reads and keeps data files. Several users may share a target. */
import { dirname } from 'node:path';
import { FeedrateError } from '../../base/errors.js';
import { userName } from '../system/user-name.js';
import { isClosed } from './found-directories.js';
import { cleanCommand, ownDirectoryPath, refuseForeignDirectory } from './own-directory.js';
import { ownFileStatus } from './own-file.js';
import { DATA_DIRECTORY_NAME, USER_DATA_NAME } from './own-names.js';
import { below, storeOf } from './store-of.js';

interface NamedTarget {
  readonly name: string;
  readonly path: string;
}

/** A data file that a plan needs. */
interface Wanted {
  readonly path: string;
  readonly bytes: number;
}

/** The data files of one folder. */
interface WantedFolder {
  /** Relative path. */
  readonly folder: string;
  readonly files: Iterable<Wanted>;
}

export interface DataPlace {
  readonly name: string;
  /** Why it is not `.feedrate-data`, as a note for the user; null: it is. */
  readonly note: string | null;
}

/**
 * Returns the first directory that has every wanted file or in which this user may write the missing ones: the one that
 * all users share, then this user's own. One that does not exist yet will do.
 * @param wanted called once for each directory to look at
 * @throws FeedrateError `target` when somebody else has taken both names, or something that feedrate did not create
 */
export function chooseDataPlace(target: NamedTarget, wanted: () => Iterable<WantedFolder>): DataPlace {
  const names = [DATA_DIRECTORY_NAME, USER_DATA_NAME(process.geteuid?.() ?? 0)];
  const problems: string[] = [];
  const pathOf = (name: string) => ownDirectoryPath({ path: target.path, dataDirectory: name }, 'none', 'data');
  for (const name of names) {
    const path = pathOf(name);
    const problem = storeOf(path).status(path) === null ? null : problemOf(path, wanted);
    if (problem === null) return { name, note: noteOf(target, name, problems) };
    problems.push(problem);
  }
  const clean = cleanCommand(pathOf(DATA_DIRECTORY_NAME));
  const remedy = `have them removed by their owners (${clean}), or name another directory`;
  throw new FeedrateError(
    'target',
    `target ${target.name}: no place for the data files of this user: ${problems.join('; ')}; ${remedy}`,
  );
}

function noteOf({ name }: NamedTarget, chosen: string, [problem]: readonly string[]): string | null {
  return problem === undefined ? null : `target ${name}: ${problem}; using ${chosen} instead`;
}

/**
 * Returns why this user cannot use a directory for the wanted files, with the owner; null when it can be used. Throws when
 * something that feedrate did not create has the directory's place.
 */
function problemOf(path: string, wanted: () => Iterable<WantedFolder>): string | null {
  if (isClosed(path)) return `${belongs(path)} and cannot be read`;
  refuseForeignDirectory(path);
  for (const { folder, files } of wanted()) {
    const place = existingOf(below(path, folder), path);
    if (storeOf(place).may(place, 'write')) continue;
    for (const { path: file, bytes } of files)
      if (ownFileStatus(below(path, file))?.bytes !== bytes) return `${belongs(place)} and lacks files of this plan`;
  }
  return null;
}

function belongs(path: string): string {
  return `${path} belongs to ${userName(storeOf(path).status(path)?.ownerId ?? 0)}`;
}

/** Returns a folder, or the innermost directory on the way to it that exists. */
function existingOf(folder: string, directory: string): string {
  let existing = folder;
  while (existing.length > directory.length && storeOf(existing).status(existing) === null)
    existing = dirname(existing);
  return existing;
}
