/** The commands that put runs beside each other: their options and help. What they do is imported when they are called. */
import { type Command, Option } from 'commander';
import { REPORT_FORMATS } from '../report/render.js';
import { addFileOptions, collect, formatOption, progressOption, resultsOption } from './common-options.js';
import type { CompareOptions } from './compare.js';
import type { GateCommandOptions } from './gate.js';
import type { HistoryOptions } from './history.js';
import type { ShowOptions } from './show.js';

/** `feedrate compare`. */
export function addCompare(program: Command): void {
  const compare = program
    .command('compare')
    .description('put arms, targets or runs beside each other, and say which differences are real')
    .argument(
      '[runs...]',
      'runs or baselines, the first is the base (default: the latest, its arms against each other)',
    );
  addComparisonOptions(compare, '5%')
    .addOption(
      new Option('--unit <unit>', 'what n counts; rounds of one session are alike by chance, and alarm falsely')
        .choices(['session', 'round'])
        .default('session'),
    )
    .addHelpText('after', COMPARE_EXAMPLES)
    .action(async (runs: string[], options: CompareOptions) => {
      const { compareRuns } = await import('./compare.js');
      process.exitCode = await compareRuns(runs, options);
    });
}

/** `feedrate gate`. */
export function addGate(program: Command): void {
  const gate = program
    .command('gate')
    .description('fail when a run is slower than a baseline')
    .argument('[run]', 'the candidate', 'latest')
    .option('--baseline <name>', 'a baseline or a run; without it the columns of the candidate itself are compared');
  addFileOptions(addComparisonOptions(gate, '1%'))
    .option('--no-github', 'in GitHub Actions: no summary, no annotation')
    .option('--fail-on-inconclusive', 'status 3 also where neither a regression nor its absence was shown')
    .option('--adaptive', 'add sessions to the candidate until every cell is decided; all looks share --alpha')
    .option('--looks <number>', 'looks of --adaptive at most; each one has twice the sessions of the one before', '4')
    .option('--budget <time>', 'time of --adaptive at most, such as 30m')
    .addOption(progressOption())
    .addHelpText('after', GATE_EXAMPLES)
    .action(async (run: string, options: GateCommandOptions) => {
      const { gate: gateCommand } = await import('./gate.js');
      process.exitCode = await gateCommand(run, options);
    });
}

/** `feedrate history`. */
export function addHistory(program: Command): void {
  program
    .command('history')
    .description('show the runs of a workload over time, and which of them changed something')
    .option('--workload <name>', 'name of the workload (default: the latest run’s)')
    .option('-t, --target <name>', 'only this target, by name or path; repeat for more', collect)
    .addOption(whereOption())
    .addOption(metricOption())
    .option('--since <date>', 'only runs from this day on (UTC): 2026-11-01')
    .option('--limit <number>', 'only so many of the latest runs')
    .addOption(resultsOption())
    .addOption(formatOption(REPORT_FORMATS))
    .addHelpText('after', HISTORY_EXAMPLES)
    .action(async (options: HistoryOptions) => {
      const { history } = await import('./history.js');
      process.exitCode = await history(options);
    });
}

/** `feedrate baseline …`. */
export function addBaseline(program: Command): void {
  const baseline = program.command('baseline').description('keep runs that later ones are measured against');
  const part = (name: string, description: string) =>
    baseline.command(name).description(description).addOption(resultsOption());
  part('save', 'keep a run under a name')
    .argument('<name>', 'the name to keep it under')
    .argument('[run]', 'the run', 'latest')
    .action(async (name: string, run: string, { output }: { output: string }) => {
      const { saveAsBaseline } = await import('./baseline.js');
      process.exitCode = saveAsBaseline(output, name, run);
    });
  part('list', 'list the baselines')
    .addOption(formatOption(['table', 'json']))
    .action(async ({ output, format }: { output: string; format: 'table' | 'json' }) => {
      const { listBaselines } = await import('./baseline.js');
      process.exitCode = listBaselines(output, format);
    });
  part('show', 'print the report of a baseline')
    .argument('<name>', 'its name')
    .addOption(formatOption(REPORT_FORMATS))
    .action(async (name: string, { output, format }: ShowOptions) => {
      const { showBaseline } = await import('./baseline.js');
      process.exitCode = await showBaseline(output, name, format);
    });
  part('remove', 'remove a baseline')
    .argument('<name>', 'its name')
    .action(async (name: string, { output }: { output: string }) => {
      const { dropBaseline } = await import('./baseline.js');
      process.exitCode = dropBaseline(output, name);
    });
}

/** What `compare` and `gate` share: the grid, the measures, and how sure to be. */
function addComparisonOptions(command: Command, alpha: string): Command {
  return command
    .option('--rows <names>', 'attributes that tell rows apart: bs,iodepth (default: all that vary)')
    .option('--cols <names>', 'attributes whose values are the columns: run, target, bs, nconnect, a label …')
    .option('--base <value>', 'the column that others are compared with (default: the first)')
    .addOption(whereOption())
    .addOption(metricOption())
    .option('--alpha <part>', 'chance of any false alarm among all cells, above 0', alpha)
    .option('--min-effect <part>', 'the smallest difference that matters', '1%')
    .option('--ignore <names>', 'compare although these differ: kernel,mount-options; repeat for more', collect)
    .addOption(resultsOption())
    .addOption(formatOption(REPORT_FORMATS));
}

function whereOption(): Option {
  return new Option('--where <name=value>', 'only arms with this attribute; repeat for more').argParser(collect);
}

function metricOption(): Option {
  const help = 'throughput, iops, p99(latency) …; repeat for more (default: throughput)';
  return new Option('-m, --metric <metric>', help).argParser(collect);
}

const HISTORY_EXAMPLES = `
Examples:
  feedrate history                                 the workload and targets of the latest run
  feedrate history --workload quick -t /mnt/train -m 'p99(latency)' --since 2026-11-01
  feedrate history --where bs=1MiB --limit 50 --format csv > history.csv
`;

const COMPARE_EXAMPLES = `
Examples:
  feedrate compare                                 the targets of the latest run
  feedrate compare --rows bs --cols nconnect       one factor beside another
  feedrate compare a1f3 7c20 -m throughput -m 'p99(latency)'
  feedrate compare main latest --where bs=1MiB --format json
`;

const GATE_EXAMPLES = `
Examples:
  feedrate baseline save main && feedrate run workloads/quick.yaml && feedrate gate --baseline main
  feedrate gate --baseline main --min-effect 3% -m throughput -m 'p99(latency)' --format md
  feedrate gate --cols target --base old           the targets of one run, measured in turn
  feedrate gate --cols target --adaptive --budget 30m
  feedrate gate --baseline main --junit junit.xml --open-metrics metrics.txt

In GitHub Actions the report goes to the step's summary too, and its decision is an annotation.
`;
