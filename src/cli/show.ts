import { relative } from 'node:path';
import { EXIT } from '../base/errors.js';
import { type ReportFormat, renderRun } from '../report/render.js';
import { resolveRun } from '../store/find-runs.js';
import { readRun } from '../store/read-run.js';
import { stdoutOptions } from './output.js';
import { isAnyAskedFor, type OutputFiles, writeOutputFiles } from './output-files.js';

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
export async function show(spec: string, options: ShowOptions): Promise<number> {
  const directory = resolveRun(options.output, spec);
  const status = await printRun(directory, options.format);
  return status || (await writeRunFiles(directory, options));
}

/** Prints the report of a run directory on stdout. Returns the status as `show` does. */
export async function printRun(directory: string, format: ReportFormat): Promise<number> {
  const { run, trials, problems, status } = readRun(directory);
  const report = await renderRun(run, trials, problems, format, {
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
export async function writeRunFiles(directory: string, files: OutputFiles): Promise<number> {
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
