/** What killed processes left in a results directory: runs that never began, and replacements of files. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemFaultOf } from '../base/errors.js';
import { isDenied } from '../host/files/denied-access.js';
import { findLeftovers, type Leftover, removeLeftover } from '../host/files/leftovers.js';
import { BASELINES_DIRECTORY } from './baselines.js';
import { CALIBRATIONS_DIRECTORY } from './calibrations.js';
import { RUN_NAME, TIERING_DIRECTORY } from './run-files.js';

/** The newest runs that a new run looks into. `clean` looks into all. */
const RECENT_RUNS = 16;

/**
 * Returns what feedrate made in a results directory for a short time, of any process. Empty when the directory does not
 * exist. Throws Node's error when it cannot be read.
 * @param closed called with each directory in it that this user may not read. Default: they are passed over
 */
export function findUnfinished(
  resultsDirectory: string,
  {
    mostRuns = Number.POSITIVE_INFINITY,
    closed = () => {},
  }: { mostRuns?: number; closed?: (path: string) => void } = {},
): Leftover[] {
  const runs = namesIn(resultsDirectory).filter((name) => RUN_NAME.test(name));
  const newest = runs.sort().reverse().slice(0, mostRuns);
  const leftovers = (name: string) =>
    ifOpen(join(resultsDirectory, name), (path) => findLeftovers(path, ['new', 'replacement', 'baseline']), closed);
  const baselines = ifOpen(join(resultsDirectory, BASELINES_DIRECTORY), namesIn, () => {});
  const ofBaselines = baselines.map((name) => join(BASELINES_DIRECTORY, name));
  const directories = ['', CALIBRATIONS_DIRECTORY, BASELINES_DIRECTORY, TIERING_DIRECTORY, ...newest, ...ofBaselines];
  return directories.flatMap(leftovers);
}

/** Returns what is found in a directory; nothing when it does not exist or is closed to this user. */
function ifOpen<T>(path: string, find: (path: string) => T[], closed: (path: string) => void): T[] {
  try {
    return find(path);
  } catch (error) {
    if (isDenied(error)) closed(path);
    else if (!['ENOTDIR', 'ENOENT'].includes(systemFaultOf(error).code)) throw error;
    return [];
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (systemFaultOf(error).code === 'ENOENT') return [];
    throw error;
  }
}

/** Removes what dead processes left of the newest runs. Ignores what it cannot remove, because `clean` reports it. */
export function removeDeadFromResults(resultsDirectory: string): void {
  try {
    for (const { path, state } of findUnfinished(resultsDirectory, { mostRuns: RECENT_RUNS }))
      if (state === 'dead') removeLeftover(path);
  } catch {}
}
