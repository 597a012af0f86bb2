/** Runs that later ones are measured against, kept by name below the results directory. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { quoted } from '../base/units.js';
import { cannotWrite, replaceFile } from './durable-files.js';
import { RUN_FILES, RUN_NAME } from './run-files.js';

const DIRECTORY = 'baselines';
/** A name is a directory's and an argument's: it must not look like an option or a path. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u;
/** What a save that was killed left of a baseline whose place it was taking: the whole old one, no name for a baseline. */
const ASIDE = /^\.(.+)~[0-9a-f]+-\d+\.old$/;
/** What is older than any save takes was left by one that was killed. */
const STALE_MS = 3_600_000;

/** What a comparison reads of a run; the rest can be made from it. */
const KEPT = [RUN_FILES.run, RUN_FILES.trials, RUN_FILES.command];

/** @throws FeedrateError `usage` for a name that cannot be a baseline's, or that already means a run */
export function requireBaselineName(name: string): void {
  if (!NAME.test(name)) {
    throw new FeedrateError(
      'usage',
      `baseline ${quoted(name)}: a name is letters, digits, dots, - and _, at most 100, and begins with a letter or digit`,
    );
  }
  if (name === 'latest' || RUN_NAME.test(name)) {
    throw new FeedrateError('usage', `baseline ${name}: this names a run; choose another name, such as main`);
  }
}

/** Where a baseline is, whether or not it is there. Where a save was killed half-way this is the old one, put aside. */
export function baselineDirectory(resultsDirectory: string, name: string): string {
  const place = resolve(resultsDirectory, DIRECTORY, name);
  if (isKept(place)) return place;
  const aside = entriesOf(dirname(place)).find((entry) => ASIDE.exec(entry)?.[1] === name);
  return aside === undefined ? place : join(dirname(place), aside);
}

/** Is there a baseline of this name? */
export function isBaseline(resultsDirectory: string, name: string): boolean {
  return NAME.test(name) && isKept(baselineDirectory(resultsDirectory, name));
}

function isKept(directory: string): boolean {
  return existsSync(join(directory, RUN_FILES.run));
}

/** The names of the baselines, in order. Throws `FeedrateError('store')` when the directory cannot be read. */
export function baselineNames(resultsDirectory: string): string[] {
  const names = entriesOf(join(resultsDirectory, DIRECTORY)).map((entry) => ASIDE.exec(entry)?.[1] ?? entry);
  return [...new Set(names)].filter((name) => isBaseline(resultsDirectory, name)).sort();
}

/**
 * Keeps a copy of a run directory as a baseline. The new one takes the place of an old one as a whole: whenever this is
 * killed, either of them is there. Of saves at the same time the last one counts.
 * @throws FeedrateError `usage` for a name that cannot be one, `store` when it cannot be written
 */
export function saveBaseline(resultsDirectory: string, name: string, runDirectory: string, nowMs = Date.now()): void {
  requireBaselineName(name);
  const place = resolve(resultsDirectory, DIRECTORY, name);
  const fresh = besides(place);
  try {
    mkdirSync(resolve(resultsDirectory), { recursive: true });
    // Not with it: below a read-only directory a recursive mkdir says ENOENT.
    makeDirectory(dirname(place));
    mkdirSync(fresh);
    for (const file of KEPT) {
      const from = join(runDirectory, file);
      if (existsSync(from)) replaceFile(join(fresh, file), readFileSync(from, 'utf8'));
    }
    takePlace(fresh, place);
    removeStale(place, nowMs);
  } catch (error) {
    if (existsSync(fresh)) rmSync(fresh, { recursive: true, force: true });
    throw error instanceof FeedrateError ? error : cannotWrite(place, error);
  }
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (systemFaultOf(error).code !== 'EEXIST') throw error;
  }
}

/** A name for a directory beside a place that no other process has, and that is none of a baseline. */
function besides(place: string): string {
  return join(dirname(place), `.${basename(place)}~${randomBytes(6).toString('hex')}`);
}

/**
 * Renames a directory to a place that may be taken. rename(2) replaces only empty directories, so what is there is put
 * aside first, under a name by which `baselineDirectory` finds it while the place is free.
 */
function takePlace(fresh: string, place: string): void {
  const aside: string[] = [];
  while (!renamed(fresh, place, ['ENOTEMPTY', 'EEXIST'])) {
    const name = `${fresh}-${aside.length + 1}.old`;
    // Where it has vanished another save has put it aside.
    if (renamed(place, name, ['ENOENT'])) aside.push(name);
  }
  for (const directory of aside) rmSync(directory, { recursive: true, force: true });
}

/** Renames, or says false for an error that is expected. */
function renamed(from: string, to: string, expected: readonly string[]): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (expected.includes(systemFaultOf(error).code)) return false;
    throw error;
  }
}

/** Removes what saves that were killed long ago left beside a place that is taken. */
function removeStale(place: string, nowMs: number): void {
  for (const entry of entriesOf(dirname(place))) {
    if (!entry.startsWith(`.${basename(place)}~`)) continue;
    const path = join(dirname(place), entry);
    const changedMs = statSync(path, { throwIfNoEntry: false })?.ctimeMs ?? Number.POSITIVE_INFINITY;
    if (nowMs - changedMs > STALE_MS) rmSync(path, { recursive: true, force: true });
  }
}

/** @throws FeedrateError `store` when there is none of this name, and when it cannot be removed */
export function removeBaseline(resultsDirectory: string, name: string): void {
  requireBaseline(resultsDirectory, name);
  const place = resolve(resultsDirectory, DIRECTORY, name);
  try {
    // What is put aside would come to light when the place is free, so it goes first.
    for (const entry of entriesOf(dirname(place))) {
      if (ASIDE.exec(entry)?.[1] === name) rmSync(join(dirname(place), entry), { recursive: true });
    }
    const leaving = besides(place);
    if (renamed(place, leaving, ['ENOENT'])) rmSync(leaving, { recursive: true });
  } catch (error) {
    const { message } = systemFaultOf(error);
    throw new FeedrateError('store', `${place}: cannot be removed (${message})`, { cause: error });
  }
}

/** @throws FeedrateError `store`, naming those that there are */
export function requireBaseline(resultsDirectory: string, name: string): void {
  if (isBaseline(resultsDirectory, name)) return;
  const names = baselineNames(resultsDirectory);
  throw new FeedrateError(
    'store',
    `${resultsDirectory}: no baseline '${name}'; ${names.length === 0 ? 'none yet: feedrate baseline save NAME' : `there are: ${names.join(', ')}`}`,
  );
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    const { code, message } = systemFaultOf(error);
    if (code === 'ENOENT') return [];
    throw new FeedrateError('store', `${directory}: cannot read (${message})`, { cause: error });
  }
}
