/** What killed processes left in a results directory: runs that never began, and replacements of files. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemFaultOf } from '../base/errors.js';
import { findLeftovers, type Leftover, removeLeftover } from '../host/files/leftovers.js';
import { BASELINES_DIRECTORY } from './baselines.js';
import { CALIBRATIONS_DIRECTORY } from './calibrations.js';
import { RUN_NAME, TIERING_DIRECTORY } from './run-files.js';

/** The newest runs that a new run looks into. `clean` looks into all. */
const RECENT_RUNS = 16;

/**
 * Returns what feedrate made in a results directory for a short time, of any process. Empty when the directory does not
 * exist. Throws Node's error when it cannot be read.
 */
export function findUnfinished(resultsDirectory: string, mostRuns = Number.POSITIVE_INFINITY): Leftover[] {
  const runs = namesIn(resultsDirectory).filter((name) => RUN_NAME.test(name));
  const newest = runs.sort().reverse().slice(0, mostRuns);
  const baselines = namesIn(join(resultsDirectory, BASELINES_DIRECTORY)).map((name) => join(BASELINES_DIRECTORY, name));
  return ['', CALIBRATIONS_DIRECTORY, BASELINES_DIRECTORY, TIERING_DIRECTORY, ...newest, ...baselines].flatMap(
    (name) => {
      try {
        return findLeftovers(join(resultsDirectory, name), ['new', 'replacement', 'baseline']);
      } catch (error) {
        if (['ENOTDIR', 'ENOENT'].includes(systemFaultOf(error).code)) return [];
        throw error;
      }
    },
  );
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (['ENOTDIR', 'ENOENT'].includes(systemFaultOf(error).code)) return [];
    throw error;
  }
}

/** Removes what dead processes left of the newest runs. Ignores what it cannot remove, because `clean` reports it. */
export function removeDeadFromResults(resultsDirectory: string): void {
  try {
    for (const { path, state } of findUnfinished(resultsDirectory, RECENT_RUNS))
      if (state === 'dead') removeLeftover(path);
  } catch {}
}
