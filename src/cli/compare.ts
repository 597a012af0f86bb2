import { EXIT } from '../base/errors.js';
import { type ReportFormat, renderComparison } from '../report/render.js';
import { comparisonOf, namedRun, type RawComparisonOptions, unreadParts } from './comparison-input.js';
import { stdoutOptions } from './output.js';

export interface CompareOptions extends RawComparisonOptions {
  readonly format: ReportFormat;
}

/**
 * `feedrate compare`: the arms or targets of a run, or several runs, beside each other. A comparison is a report, so
 * that its status is 0 whatever it finds, but `incomparable` when nothing in it could be compared.
 * Throws `FeedrateError` as `comparisonOf` does.
 */
export async function compareRuns(specs: readonly string[], options: CompareOptions): Promise<number> {
  const omitted = unreadParts(options);
  const runs = (specs.length === 0 ? ['latest'] : specs).map((spec) => namedRun(options.output, spec, omitted));
  for (const [index, { name, run }] of runs.entries()) {
    const same = runs.slice(0, index).find((other) => other.run.id === run.id && other.name !== name);
    if (same !== undefined) process.stderr.write(`${same.name} and ${name} are the same run: nothing can differ\n`);
  }
  const comparison = comparisonOf(runs, options, 'load');
  process.stdout.write(await renderComparison(comparison, options.format, stdoutOptions()));
  return comparison.cells.every(({ judgement }) => judgement.verdict === 'incomparable')
    ? EXIT.incomparable
    : EXIT.pass;
}
