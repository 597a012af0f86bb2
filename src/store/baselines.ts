/** Baselines: named copies of runs below the results directory, which later runs are compared with. */

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { commandFor } from '../base/results-command.js';
import { shellWord } from '../base/shell-word.js';
import { quoted } from '../base/units.js';
import { adviceOn } from '../host/files/denied-access.js';
import { passingName } from '../host/files/own-names.js';
import { makeDirectories } from '../host/system/make-directories.js';
import { readTextFile } from '../host/system/regular-file.js';
import { cannotRead } from './cannot-read.js';
import { cannotWrite, replaceFile } from './durable-files.js';
import { RUN_FILES, RUN_NAME } from './run-files.js';

/** The directory of the baselines, in a results directory. */
export const BASELINES_DIRECTORY = 'baselines';
/** Matches a valid name. It is a directory and an argument, so it must not look like an option or a path. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u;
/** Matches the complete old baseline that a killed save set aside. It is never a valid baseline name. */
const ASIDE = /^\.(.+)~[0-9a-f-]+-\d+\.old$/;
/** Longer than any save takes. Older leftovers are from a killed save. */
const STALE_MS = 3_600_000;

/** The files that a comparison reads. The other files of a run can be made from them. */
const KEPT = [RUN_FILES.run, RUN_FILES.trials, RUN_FILES.command];

/** Checks the name of a new baseline. @throws FeedrateError `usage` when it is not valid or names a run */
export function requireBaselineName(name: string): void {
  if (!NAME.test(name)) {
    throw new FeedrateError(
      'usage',
      `baseline ${quoted(name)}: a name has 1 to 100 letters, digits, dots, - and _, and begins with a letter or digit`,
    );
  }
  if (name === 'latest' || RUN_NAME.test(name)) {
    throw new FeedrateError('usage', `baseline ${name}: this names a run; choose another name, such as main`);
  }
}

/**
 * Returns the directory of a baseline, whether or not it exists. After a killed save, this is the old one set aside.
 */
export function baselineDirectory(resultsDirectory: string, name: string): string {
  const place = resolve(resultsDirectory, BASELINES_DIRECTORY, name);
  if (isKept(place)) return place;
  const aside = entriesOf(dirname(place)).find((entry) => ASIDE.exec(entry)?.[1] === name);
  return aside === undefined ? place : join(dirname(place), aside);
}

/** Returns whether a baseline of this name exists. */
export function isBaseline(resultsDirectory: string, name: string): boolean {
  return NAME.test(name) && isKept(baselineDirectory(resultsDirectory, name));
}

function isKept(directory: string): boolean {
  return existsSync(join(directory, RUN_FILES.run));
}

/** Returns the sorted names of the baselines. Throws `FeedrateError('store')` when the directory cannot be read. */
export function baselineNames(resultsDirectory: string): string[] {
  const names = entriesOf(join(resultsDirectory, BASELINES_DIRECTORY)).map((entry) => ASIDE.exec(entry)?.[1] ?? entry);
  return [...new Set(names)].filter((name) => isBaseline(resultsDirectory, name)).sort();
}

/**
 * Saves a copy of a run directory as a baseline. It replaces an old baseline as a whole: if the process is killed,
 * the old or the new one exists. When several saves run at once, the last one wins.
 * @throws FeedrateError `usage` when the name is not valid, `store` when the baseline cannot be written
 */
export function saveBaseline(resultsDirectory: string, name: string, runDirectory: string, nowMs = Date.now()): void {
  requireBaselineName(name);
  const place = resolve(resultsDirectory, BASELINES_DIRECTORY, name);
  const fresh = besides(place);
  // With another directory alone, a run that was named by its id would not be found.
  const [named, path] = [name, runDirectory].map(shellWord);
  const remedy = `save it elsewhere with: feedrate baseline save ${named} ${path} -o DIRECTORY`;
  try {
    makeDirectories(dirname(place));
    mkdirSync(fresh);
    for (const file of KEPT) {
      const from = join(runDirectory, file);
      if (existsSync(from)) replaceFile(join(fresh, file), textOf(from), remedy);
    }
    takePlace(fresh, place);
    removeStale(place, nowMs);
  } catch (error) {
    if (existsSync(fresh)) rmSync(fresh, { recursive: true, force: true });
    throw error instanceof FeedrateError ? error : cannotWrite(place, error, remedy);
  }
}

function textOf(path: string): string {
  try {
    return readTextFile(path, Number.POSITIVE_INFINITY);
  } catch (error) {
    throw cannotRead(path, error);
  }
}

/** Returns an unused path for a directory next to `place`. It is not a valid baseline name. */
function besides(place: string): string {
  return join(dirname(place), passingName('baseline', basename(place)));
}

/**
 * Renames a directory to a place that may exist. rename(2) replaces only empty directories, so the existing one is
 * first set aside, under a name that `baselineDirectory` finds in the meantime.
 */
function takePlace(fresh: string, place: string): void {
  const aside: string[] = [];
  while (!renamed(fresh, place, ['ENOTEMPTY', 'EEXIST'])) {
    const name = `${fresh}-${aside.length + 1}.old`;
    // If it is gone, another save has set it aside.
    if (renamed(place, name, ['ENOENT'])) aside.push(name);
  }
  for (const directory of aside) rmSync(directory, { recursive: true, force: true });
}

/** Renames and returns true, or returns false for an expected error. */
function renamed(from: string, to: string, expected: readonly string[]): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (expected.includes(systemFaultOf(error).code)) return false;
    throw error;
  }
}

/** Removes old leftovers of killed saves of an existing baseline. */
function removeStale(place: string, nowMs: number): void {
  for (const entry of entriesOf(dirname(place))) {
    if (!entry.startsWith(`.${basename(place)}~`)) continue;
    const path = join(dirname(place), entry);
    const changedMs = statSync(path, { throwIfNoEntry: false })?.ctimeMs ?? Number.POSITIVE_INFINITY;
    if (nowMs - changedMs > STALE_MS) rmSync(path, { recursive: true, force: true });
  }
}

/** Removes a baseline. @throws FeedrateError `store` when it does not exist or cannot be removed */
export function removeBaseline(resultsDirectory: string, name: string): void {
  requireBaseline(resultsDirectory, name);
  const place = resolve(resultsDirectory, BASELINES_DIRECTORY, name);
  try {
    // Remove copies that were set aside first. Otherwise they would count as the baseline.
    for (const entry of entriesOf(dirname(place))) {
      if (ASIDE.exec(entry)?.[1] === name) rmSync(join(dirname(place), entry), { recursive: true });
    }
    const leaving = besides(place);
    if (renamed(place, leaving, ['ENOENT'])) rmSync(leaving, { recursive: true });
  } catch (error) {
    const { message } = systemFaultOf(error);
    const why = `cannot be removed (${message})${adviceOn(error, place, 'remove')}`;
    throw new FeedrateError('store', `${place}: ${why}`, { cause: error });
  }
}

/** Checks that a baseline exists. @throws FeedrateError `store` with the names of the existing ones */
export function requireBaseline(resultsDirectory: string, name: string): void {
  if (isBaseline(resultsDirectory, name)) return;
  const names = baselineNames(resultsDirectory);
  throw new FeedrateError(
    'store',
    `${resultsDirectory}: no baseline '${name}'; ${names.length === 0 ? `none yet: ${commandFor(resultsDirectory, 'baseline save NAME')}` : `available: ${names.join(', ')}`}`,
  );
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (systemFaultOf(error).code === 'ENOENT') return [];
    throw cannotRead(directory, error);
  }
}
