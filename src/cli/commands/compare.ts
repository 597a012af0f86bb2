import { Option } from 'commander';
import { EXIT } from '../../base/errors.js';
import type { ReportFormat } from '../../report/render.js';
import type { RawComparisonOptions } from '../options/comparison-input.js';
import { addComparisonOptions } from '../options/comparison-options.js';
import { exits, type Subcommand } from '../options/subcommand.js';

interface CompareOptions extends RawComparisonOptions {
  readonly format: ReportFormat;
}

export const compare: Subcommand = {
  name: 'compare',
  description: 'put arms, targets or runs beside each other, and say which differences are real',
  completes: 'runs',
  configure(command) {
    command.argument(
      '[runs...]',
      'runs or baselines, the first is the base (default: the latest, its arms against each other)',
    );
    const unit = 'what n counts; rounds of one session are alike by chance, and alarm falsely';
    addComparisonOptions(command, '5%')
      .addOption(new Option('--unit <unit>', unit).choices(['session', 'round']).default('session'))
      .action(exits(compareRuns));
  },
  examples: `
Examples:
  feedrate compare                                 the targets of the latest run
  feedrate compare --rows bs --cols nconnect       one factor beside another
  feedrate compare a1f3 7c20 -m throughput -m 'p99(latency)'
  feedrate compare main latest --where bs=1MiB --format json
`,
};

/**
 * The arms or targets of a run, or several runs, beside each other. A comparison is a report, so that its status is 0
 * whatever it finds, but `incomparable` when nothing in it could be compared. Throws `FeedrateError` as `comparisonOf`
 * does.
 */
async function compareRuns(specs: readonly string[], options: CompareOptions): Promise<number> {
  const [{ comparisonOf, namedRun, unreadParts }, { renderComparison }, { stdoutOptions }] = await Promise.all([
    import('../options/comparison-input.js'),
    import('../../report/render.js'),
    import('../terminal/output.js'),
  ]);
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
