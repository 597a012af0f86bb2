/** Finds runs below a results directory. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import type { RunRecord } from '../record/run-record.js';
import type { RunStatus } from '../record/stored-run.js';
import { readHeader, statusOf } from './read-run.js';
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

/** Returns the runs of a results directory, oldest first. Empty when the directory does not exist. */
export function listRuns(resultsDirectory: string): RunListing[] {
  return runNames(resultsDirectory)
    .map((id) => {
      const directory = resolve(resultsDirectory, id);
      const { run, problems } = readHeader(directory);
      return { id, directory, status: run === null ? ('unknown' as const) : statusOf(run), run, problems };
    })
    .sort((a, b) => compareText(startOf(a), startOf(b)) || compareText(a.id, b.id));
}

/**
 * Returns the directory of a run that a user names by its path, its full name, a unique beginning or
 * end of the name (such as its id `a1f3`), or `latest`.
 * @throws FeedrateError `store` when no run or several runs match
 */
export function resolveRun(resultsDirectory: string, spec: string): string {
  const names = runNames(resultsDirectory);
  if (spec === 'latest' && names.length > 0) return (listRuns(resultsDirectory).at(-1) as RunListing).directory;
  if (names.includes(spec)) return resolve(resultsDirectory, spec);
  if (isRunDirectory(spec)) return resolve(spec);
  const matches = spec === '' ? [] : names.filter((name) => name.startsWith(spec) || name.endsWith(spec));
  if (matches.length === 1) return resolve(resultsDirectory, matches[0] as string);
  if (matches.length > 1) throw ambiguous(resultsDirectory, spec, matches);
  const have = names.length === 0 ? 'it holds no run yet' : `it holds ${names.length}: see feedrate list`;
  throw new FeedrateError('store', `${resultsDirectory}: no run '${spec}'; ${have}`);
}

function ambiguous(resultsDirectory: string, spec: string, matches: readonly string[]): FeedrateError {
  const shown = matches.slice(0, 5).join(', ') + (matches.length > 5 ? ', …' : '');
  return new FeedrateError(
    'store',
    `${resultsDirectory}: '${spec}' matches ${matches.length} runs (${shown}); give more of the name`,
  );
}

function runNames(resultsDirectory: string): string[] {
  try {
    return readdirSync(resultsDirectory)
      .filter((name) => isRunDirectory(join(resultsDirectory, name)))
      .sort(compareText);
  } catch (error) {
    const { code, message } = systemFaultOf(error);
    if (code === 'ENOENT') return [];
    throw new FeedrateError('store', `${resultsDirectory}: cannot read (${message})`, { cause: error });
  }
}

/** Returns whether a directory has the name of a run or contains a file of a run. */
function isRunDirectory(path: string): boolean {
  if (path === '' || !isDirectory(path)) return false;
  return (
    RUN_NAME.test(basename(resolve(path))) ||
    existsSync(join(path, RUN_FILES.run)) ||
    existsSync(join(path, RUN_FILES.trials))
  );
}

/** Returns false, too, for a link to itself or a directory that cannot be reached. */
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
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
