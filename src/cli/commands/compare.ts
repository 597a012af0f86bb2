import { type Command, Option } from 'commander';
import { EXIT } from '../../base/errors.js';
import type { NamedRun } from '../../gate/comparison.js';
import type { ReadableRun } from '../../record/stored-run.js';
import type { ReportFormat } from '../../report/render.js';
import { argumentsOf } from '../options/common-options.js';
import type { RawComparisonOptions } from '../options/comparison-input.js';
import { addComparisonOptions } from '../options/comparison-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { printReport, tell } from '../output/print.js';
import { exits } from '../terminal/exits.js';
import { stdoutOptions } from '../terminal/output.js';

interface CompareOptions extends RawComparisonOptions {
  readonly format: ReportFormat;
}

export const compare: Subcommand = {
  name: 'compare',
  description: 'compare arms, targets or runs and report which differences are real',
  completes: 'runs',
  configure(command) {
    command.argument(
      '[runs...]',
      'runs or baselines, also s3://BUCKET/PREFIX/RUN; the first one is the base (default: the arms of the latest run)',
    );
    const unit = 'what n counts; rounds of one session are not independent, so round causes false alarms';
    addComparisonOptions(command, '5%', 'false alarm, in either direction,')
      .addOption(new Option('--unit <unit>', unit).choices(['session', 'round']).default('session'))
      .action(exits(compareRuns));
  },
  examples: `
Examples:
  feedrate compare                                 the targets of the latest run
  feedrate compare --rows bs --cols nconnect       block sizes as rows, nconnect values as columns
  feedrate compare a1f3 7c20 -m throughput -m 'p99(latency)'
  feedrate compare main latest --where bs=1MiB --format json
  feedrate compare s3://bucket/runs/a1f3 latest    a run that was exported
  feedrate compare --detail                        a dot per session, below the table
`,
};

/**
 * Prints a comparison of several runs, or of the arms or targets of one run. Returns `incomparable` when no cell could be
 * compared, and `pass` otherwise, because a comparison only reports. Throws `FeedrateError` as `comparisonOf` does.
 */
async function compareRuns(specs: readonly string[], options: CompareOptions, command: Command): Promise<number> {
  const [{ comparisonOf, namedRun, unreadParts }, { renderComparison }] = await Promise.all([
    import('../options/comparison-input.js'),
    import('../../report/render.js'),
  ]);
  const omitted = unreadParts(options);
  const runs: (NamedRun & ReadableRun)[] = [];
  // One after the other, so that their problems are printed in order and the memory of one is free before the next.
  for (const spec of specs.length === 0 ? ['latest'] : specs) runs.push(await namedRun(options.output, spec, omitted));
  for (const [index, { name, run }] of runs.entries()) {
    const same = runs.slice(0, index).find((other) => other.run.id === run.id && other.name !== name);
    if (same !== undefined) tell(`${same.name} and ${name} are the same run, so no difference is possible`);
  }
  for (const { name, run } of runs) {
    for (const { target } of run.injected ?? [])
      tell(`${name}: target ${target} was slowed down on purpose (--inject)`);
  }
  const comparison = comparisonOf(runs, options, 'load');
  const report = { ...stdoutOptions(options.detail), command: argumentsOf(command) };
  printReport(await renderComparison(comparison, options.format, report), options.format);
  return comparison.cells.every(({ judgement }) => judgement.verdict === 'incomparable')
    ? EXIT.incomparable
    : EXIT.pass;
}
