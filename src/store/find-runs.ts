/** Finds runs below a results directory. */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { commandFor } from '../base/results-command.js';
import { adviceOnClosed, isDenied } from '../host/files/denied-access.js';
import { isSetAside, setAsideKinds } from '../record/run-purpose.js';
import type { RunRecord } from '../record/run-record.js';
import type { RunStatus } from '../record/stored-run.js';
import { cannotRead } from './cannot-read.js';
import { readHeader } from './read-run.js';
import { statusOf } from './run-content.js';
import { RUN_FILES, RUN_NAME } from './run-files.js';

/** A run directory in a list. */
export interface RunListing {
  readonly id: string;
  readonly directory: string;
  readonly status: RunStatus;
  /** Null when `run.json` cannot be read. `problems` has the reason. */
  readonly run: RunRecord | null;
  readonly problems: readonly string[];
}

/** Called with a line for the user when entries of a results directory look like runs but are not. */
export type PassedOver = (text: string) => void;

/** Returns the runs of a results directory, oldest first. Empty when the directory does not exist. */
export function listRuns(resultsDirectory: string, passedOver?: PassedOver): RunListing[] {
  return runNames(resultsDirectory, passedOver)
    .map((id) => {
      const directory = resolve(resultsDirectory, id);
      const { run, problems } = readHeader(directory);
      return { id, directory, status: run === null ? ('unknown' as const) : statusOf(run), run, problems };
    })
    .sort(oldestFirst);
}

/**
 * Returns the directory of a run that a user names by its path, its full name, a unique beginning or
 * end of the name (such as its id `a1f3`), or `latest`. The latest run is the newest one that can be read at least in part
 * and is not a calibration.
 * @param passedOver called when `latest` passes over something. Default: nothing is told
 * @throws FeedrateError `store` when no run or several runs match
 */
export function resolveRun(resultsDirectory: string, spec: string, passedOver?: PassedOver): string {
  if (spec === 'latest') return latestRun(resultsDirectory, passedOver);
  const names = runNames(resultsDirectory);
  if (names.includes(spec)) return resolve(resultsDirectory, spec);
  if (spec !== '' && whyNoRun(spec) === null) return resolve(spec);
  const matches = spec === '' ? [] : names.filter((name) => fits(name, spec));
  if (matches.length === 1) return resolve(resultsDirectory, matches[0] as string);
  if (matches.length > 1) throw ambiguous(resultsDirectory, spec, matches);
  if (spec !== '') refuseNoRun(resultsDirectory, spec);
  throw noSuchRun(resultsDirectory, spec, names.length);
}

/** Throws when the spec names something that is not a run. */
function refuseNoRun(resultsDirectory: string, spec: string): void {
  const called = entriesOf(resultsDirectory).filter((name) => RUN_NAME.test(name) && fits(name, spec));
  for (const path of [spec, ...[spec, ...called].map((name) => join(resultsDirectory, name))]) {
    if (!existsSync(path)) continue;
    const why = whyNoRun(path);
    if (why === CLOSED) throw new FeedrateError('store', `${path}: cannot be read; ${adviceOnClosed(resolve(path))}`);
    throw new FeedrateError(
      'store',
      `${path}: not a run (${why}); name another run, see ${commandFor(resultsDirectory, 'list')}`,
    );
  }
}

function fits(name: string, spec: string): boolean {
  return name.startsWith(spec) || name.endsWith(spec);
}

function latestRun(resultsDirectory: string, passedOver?: PassedOver): string {
  const listings = listRuns(resultsDirectory, passedOver);
  const latest = listings.findLastIndex(({ run, directory }) =>
    run === null ? hasTrials(directory) : !isSetAside(run),
  );
  const newer = listings.slice(latest + 1);
  const unreadable = newer.filter(({ run, directory }) => run === null && !hasTrials(directory));
  const setAside = newer.flatMap(({ id, run }) => (run === null ? [] : [{ id, run }]));
  if (unreadable.length > 0) {
    const shown = unreadable.map(({ id, problems }) => `${id} (${problems[0] ?? 'unreadable'})`);
    passedOver?.(`${resultsDirectory}: passed over ${listText(shown)}, of which nothing can be read`);
  }
  const found = listings[latest];
  if (found === undefined && setAside.length > 0) {
    throw new FeedrateError(
      'store',
      `${resultsDirectory}: no run 'latest'; ${onlySetAside(
        resultsDirectory,
        setAside.map(({ run }) => run),
      )}`,
    );
  }
  if (found === undefined) throw noSuchRun(resultsDirectory, 'latest', listings.length);
  if (setAside.length > 0) {
    const kinds = setAsideKinds(setAside.map(({ run }) => run));
    const text = listText(setAside.toReversed().map(({ id }) => id));
    passedOver?.(`${resultsDirectory}: latest is ${found.id}; passed over newer ${kinds}: ${text}`);
  }
  return found.directory;
}

/** Returns the end of a message when only runs are left to choose from that `latest` passes over. */
export function onlySetAside(resultsDirectory: string, runs: readonly RunRecord[]): string {
  return `it holds only ${setAsideKinds(runs)}, which are used by name: see ${commandFor(resultsDirectory, 'list')}`;
}

function noSuchRun(resultsDirectory: string, spec: string, count: number): FeedrateError {
  const have = count === 0 ? 'it holds no run yet' : `it holds ${count}: see ${commandFor(resultsDirectory, 'list')}`;
  return new FeedrateError('store', `${resultsDirectory}: no run '${spec}'; ${have}`);
}

/** Returns the first of these, and the number of the others. */
function listText(shown: readonly string[]): string {
  const more = shown.length > 1 ? ` and ${shown.length - 1} more` : '';
  return `${shown[0]}${more}`;
}

function ambiguous(resultsDirectory: string, spec: string, matches: readonly string[]): FeedrateError {
  const shown = matches.slice(0, 5).join(', ') + (matches.length > 5 ? ', …' : '');
  return new FeedrateError(
    'store',
    `${resultsDirectory}: '${spec}' matches ${matches.length} runs (${shown}); give more of the name`,
  );
}

/** Returns the sorted names of the runs. A hidden entry is not a run: feedrate makes one before it is complete. */
function runNames(resultsDirectory: string, passedOver?: PassedOver): string[] {
  const others: string[] = [];
  const closed: string[] = [];
  const names = entriesOf(resultsDirectory).filter((name) => {
    const why = name.startsWith('.') ? 'hidden' : whyNoRun(join(resultsDirectory, name));
    if (why === CLOSED && RUN_NAME.test(name)) closed.push(name);
    else if (why !== null && RUN_NAME.test(name)) others.push(`${name} (${why})`);
    return why === null;
  });
  const [first] = closed;
  if (first !== undefined)
    passedOver?.(
      `${resultsDirectory}: passed over ${listText(closed)}, which cannot be read; ${adviceOnClosed(join(resultsDirectory, first))}`,
    );
  if (others.length > 0) {
    const [are, runs] = others.length === 1 ? ['is', 'a run'] : ['are', 'runs'];
    passedOver?.(
      `${resultsDirectory}: passed over ${listText(others)}, which ${are} not ${runs}; remove what you do not need`,
    );
  }
  return names.sort(compareText);
}

function entriesOf(resultsDirectory: string): string[] {
  try {
    return readdirSync(resultsDirectory);
  } catch (error) {
    if (systemFaultOf(error).code === 'ENOENT') return [];
    throw cannotRead(resultsDirectory, error);
  }
}

/** Returns null for a directory that contains `run.json` or trials; otherwise why it is not a run. */
function whyNoRun(path: string): string | null {
  try {
    if (!statSync(path).isDirectory()) return 'not a directory';
    return existsSync(join(path, RUN_FILES.run)) || hasTrials(path) ? null : 'without run.json and trials';
  } catch (error) {
    return isDenied(error) ? CLOSED : systemFaultOf(error).code;
  }
}

/** Why a directory is not known to be a run whose files this user may not look at. */
const CLOSED = 'closed';

function hasTrials(directory: string): boolean {
  return (statSync(join(directory, RUN_FILES.trials), { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** The order of runs in lists. */
export function oldestFirst(a: RunListing, b: RunListing): number {
  return compareText(startOf(a), startOf(b)) || compareText(a.id, b.id);
}

function startOf({ run, id }: RunListing): string {
  if (run !== null) return run.startedAt;
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(id) ?? [];
  return y === undefined ? '' : `${y}-${mo}-${d}T${h}:${mi}:${s}.000Z`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Shortens ids to the four characters at their end, where `resolveRun` finds one run by them; else keeps them whole. */
export function shortNames(ids: readonly string[]): (id: string) => string {
  return (id) => {
    const short = RUN_NAME.exec(id)?.[2];
    const fits = ids.filter((other) => short !== undefined && (other.startsWith(short) || other.endsWith(short)));
    return short !== undefined && fits.length === 1 ? short : id;
  };
}
