import { relative } from 'node:path';
import { EXIT } from '../base/errors.js';
import { type ReportFormat, renderRun } from '../report/render-run.js';
import { resolveRun } from '../store/find-runs.js';
import { readRun } from '../store/read-run.js';
import { stdoutOptions } from './output.js';

export interface ShowOptions {
  /** The results directory. */
  readonly output: string;
  readonly format: ReportFormat;
}

/**
 * `feedrate show`: the report of a run, from its directory. What is missing of a damaged run is named
 * and the rest is shown; the status is `usage` only when nothing could be read.
 * Throws `FeedrateError('store')` when no run, or several, fit the name.
 */
export function show(spec: string, options: ShowOptions): number {
  return printRun(resolveRun(options.output, spec), options.format);
}

/** Prints the report of a run directory on stdout. Returns the status as `show` does. */
export function printRun(directory: string, format: ReportFormat): number {
  const { run, trials, problems, status } = readRun(directory);
  const report = renderRun(run, trials, problems, format, {
    ...stdoutOptions(),
    status,
    directory: pathFromHere(directory),
  });
  process.stdout.write(report);
  return run === null && trials.length === 0 ? EXIT.usage : EXIT.pass;
}

/** The path as a user would type it here: relative when it lies below this directory. */
function pathFromHere(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere;
}
