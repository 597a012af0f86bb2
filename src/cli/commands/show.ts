import { relative } from 'node:path';
import { EXIT } from '../../base/errors.js';
import { type ReportFormat, renderRun } from '../../report/run/render-run.js';
import { resolveRun } from '../../store/find-runs.js';
import { readRun } from '../../store/read-run.js';
import { isAnyAskedFor, type OutputFiles, writeOutputFiles } from '../options/output-files.js';
import { stdoutOptions } from '../terminal/output.js';

export interface ShowOptions extends OutputFiles {
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
  const directory = resolveRun(options.output, spec);
  const status = printRun(directory, options.format);
  return status || writeRunFiles(directory, options);
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

/**
 * Writes the files that are asked for, from a run directory. Returns `usage` when one could not be written, or nothing can
 * be said because the plan is lost.
 */
export function writeRunFiles(directory: string, files: OutputFiles): number {
  if (!isAnyAskedFor(files)) return EXIT.pass;
  const stored = readRun(directory);
  if (stored.run !== null) return writeOutputFiles(files, { ...stored, run: stored.run });
  process.stderr.write(`feedrate: ${directory}: no files are written without run.json\n`);
  return EXIT.usage;
}

/** The path as a user would type it here: relative when it lies below this directory. */
function pathFromHere(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere;
}
