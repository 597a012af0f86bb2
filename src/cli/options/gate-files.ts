/** Writes the result of a gate for the CI system: files, and on GitHub a summary and an annotation. */
import { statSync } from 'node:fs';
import { EXIT, FeedrateError } from '../../base/errors.js';
import type { Comparison } from '../../gate/comparison.js';
import type { GateResult } from '../../gate/decide.js';
import type { ReadableRun } from '../../record/stored-run.js';
import { annotationOf } from '../../report/ci/annotation.js';
import { stepSummary } from '../../report/ci/step-summary.js';
import { appendLines } from '../../store/durable-files.js';
import { tell, tellRunner } from '../output/print.js';
import { isAnyAskedFor, type OutputFiles, writeOutputFiles } from './output-files.js';

export interface GateFileOptions extends OutputFiles {
  /** False with `--no-github`. */
  readonly github?: boolean;
  readonly metric?: readonly string[];
}

/** GitHub drops a longer summary. All commands of a step share this limit. */
const SUMMARY_BYTES = 1024 * 1024;

/** Writes the requested files. Returns `usage` when one could not be written. */
export async function writeGateFiles(
  options: GateFileOptions,
  candidate: ReadableRun,
  comparison: Comparison,
  result: GateResult,
): Promise<number> {
  if (options.github !== false && process.env['GITHUB_ACTIONS'] === 'true') tellGitHub(comparison, result);
  if (!isAnyAskedFor(options)) return EXIT.pass;
  return writeOutputFiles(options, candidate, {
    comparison,
    gate: result,
    // With --metric, only the measures that were gated.
    ...(options.metric === undefined ? {} : { measures: comparison.options.measures }),
  });
}

/** Prints the annotation and appends the summary. A summary that cannot be written is only reported: nobody requested it. */
function tellGitHub(comparison: Comparison, result: GateResult): void {
  tellRunner(annotationOf(comparison, result));
  const path = process.env['GITHUB_STEP_SUMMARY'];
  if (!path) return;
  try {
    const takenBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    // One byte for the line break after a last line that has none, one to stay below the limit.
    const summary = stepSummary(comparison, result, SUMMARY_BYTES - takenBytes - 2);
    if (summary === null) tell(`feedrate: ${path}: no space left for the summary (limit: 1 MiB per step)`);
    else appendLines(path, summary, 'the summary is missing');
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    tell(`feedrate: ${thrown.message}`);
  }
}
