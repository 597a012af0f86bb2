/** Prints a stored run on stdout and writes the requested files. */
import { EXIT } from '../../base/errors.js';
import type { StoredRun } from '../../record/stored-run.js';
import { type ReportFormat, renderRun } from '../../report/render.js';
import { isAnyAskedFor, type OutputFiles, writeOutputFiles } from '../options/output-files.js';
import { pathFromHere } from '../output/path-from-here.js';
import { printReport, tell } from '../output/print.js';
import { stdoutOptions } from './output.js';

/**
 * Prints the report of a run on stdout. Returns `usage` when nothing of it could be read.
 * @param detail whether bars, percentiles and every ceiling are shown
 */
export async function printRun(stored: StoredRun, format: ReportFormat, detail = false): Promise<number> {
  const { run, trials, problems, status, directory, ontapSamples } = stored;
  const options = { ...stdoutOptions(detail), status, directory: pathFromHere(directory), ontapSamples };
  printReport(await renderRun(run, trials, problems, format, options), format);
  return run === null && trials.length === 0 ? EXIT.usage : EXIT.pass;
}

/**
 * Writes the requested files. Returns `usage` when one could not be written, or when `run.json`, which holds the plan, is
 * missing.
 */
export async function writeRunFiles(stored: StoredRun, files: OutputFiles): Promise<number> {
  if (!isAnyAskedFor(files)) return EXIT.pass;
  const { run, directory } = stored;
  if (run !== null) return writeOutputFiles(files, { ...stored, run });
  tell(`feedrate: ${directory}: run.json is missing or damaged, so no files were written`);
  return EXIT.usage;
}
