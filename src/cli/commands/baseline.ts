import type { Command } from 'commander';
import { EXIT, FeedrateError } from '../../base/errors.js';
import type { NamedRun } from '../../gate/comparison.js';
import { REPORT_FORMATS, type ReportFormat } from '../../report/render.js';
import { formatOption, resultsOption } from '../options/common-options.js';
import { exits, type Subcommand } from '../options/subcommand.js';

interface ResultsOptions {
  /** The results directory. */
  readonly output: string;
}

export const baseline: Subcommand = {
  name: 'baseline',
  description: 'keep runs that later ones are measured against',
  configure(command) {
    const part = (name: string, description: string): Command =>
      command.command(name).description(description).addOption(resultsOption());
    part('save', 'keep a run under a name')
      .argument('<name>', 'the name to keep it under')
      .argument('[run]', 'the run', 'latest')
      .action(exits(saveAsBaseline));
    part('list', 'list the baselines')
      .addOption(formatOption(['table', 'json']))
      .action(exits(listBaselines));
    part('show', 'print the report of a baseline')
      .argument('<name>', 'its name')
      .addOption(formatOption(REPORT_FORMATS))
      .action(exits(showBaseline));
    part('remove', 'remove a baseline').argument('<name>', 'its name').action(exits(dropBaseline));
  },
  examples: `
Examples:
  feedrate baseline save main                      the latest run is what later ones are gated against
  feedrate baseline list
  feedrate baseline remove main
`,
};

/**
 * Keeps a whole, passed run. One that is slower than the baseline whose place it would take is refused: a slow-down that
 * becomes the baseline is never seen again.
 */
async function saveAsBaseline(name: string, spec: string, { output }: ResultsOptions): Promise<number> {
  const [{ isBaseline, requireBaselineName, saveBaseline }, { resolveRun }, { readRun }, thresholds] =
    await Promise.all([
      import('../../store/baselines.js'),
      import('../../store/find-runs.js'),
      import('../../store/read-run.js'),
      import('../../gate/thresholds.js'),
    ]);
  requireBaselineName(name);
  const directory = resolveRun(output, spec);
  const { run, trials, status, problems } = readRun(directory);
  const refuse = (why: string) => new FeedrateError('store', `${directory}: cannot be a baseline: ${why}`);
  if (run === null || status !== 'complete' || problems.length > 0) {
    throw refuse(`${problems[0] ?? `the run is ${status}`}; measure again`);
  }
  const evaluated = thresholds.evaluateThresholds(run.plan.arms, trials);
  if (thresholds.exitStatusOf({ status, trials, thresholds: evaluated }) !== EXIT.pass) {
    throw refuse(`a trial failed or a threshold was broken (feedrate show ${run.id})`);
  }
  if (run.injected !== undefined) throw refuse('it was slowed down on purpose');
  if (isBaseline(output, name)) await refuseSlower(output, name, { name: run.id, run, trials });
  saveBaseline(output, name, directory);
  process.stderr.write(`baseline ${name} is ${run.id}\n`);
  return EXIT.pass;
}

/** Where nothing can be compared with the old baseline, or nothing could have been told, that is said. */
async function refuseSlower(output: string, name: string, candidate: NamedRun): Promise<void> {
  const { comparisonOf, namedRun } = await import('../options/comparison-input.js');
  const { cells } = comparisonOf(
    [namedRun(output, name), candidate],
    { output, cols: 'run', alpha: '5%', minEffect: '1%' },
    'environment',
  );
  const slower = cells.filter(({ judgement }) => judgement.verdict === 'regression');
  if (slower.length === 0) {
    const unable = cells.every(
      ({ judgement: { verdict, unitsNeeded } }) => verdict === 'incomparable' || unitsNeeded !== null,
    );
    if (unable)
      process.stderr.write(
        `could not tell whether ${candidate.name} is slower than ${name} was: feedrate compare ${name} ${candidate.name} would have said why\n`,
      );
    return;
  }
  throw new FeedrateError(
    'store',
    `${candidate.name} is slower than baseline ${name} in ${slower.length} of ${cells.length} cells, so it does not take its place; if it is meant to, feedrate baseline remove ${name} first`,
  );
}

async function listBaselines({ output, format }: ResultsOptions & { format: 'table' | 'json' }): Promise<number> {
  const [{ baselineDirectory, baselineNames }, { readRun }, { aligned }] = await Promise.all([
    import('../../store/baselines.js'),
    import('../../store/read-run.js'),
    import('../../report/table/columns.js'),
  ]);
  const entries = baselineNames(output).map((name) => {
    const { run, trials } = readRun(baselineDirectory(output, name));
    return {
      name,
      run: run?.id ?? null,
      startedAt: run?.startedAt ?? null,
      workload: run?.plan.workload ?? null,
      kernel: run?.environment.kernel ?? null,
      sessions: run?.plan.sessions ?? null,
      trials: trials.length,
    };
  });
  if (format === 'json') process.stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
  else if (entries.length === 0)
    process.stderr.write(`no baselines in ${output} yet; feedrate baseline save NAME keeps the latest run\n`);
  else {
    const rows = entries.map((entry) => [
      entry.name,
      entry.run ?? '–',
      entry.workload ?? '–',
      String(entry.sessions ?? '–'),
      String(entry.trials),
      entry.kernel ?? '–',
    ]);
    process.stdout.write(
      `${aligned([['BASELINE', 'RUN', 'WORKLOAD', 'SESSIONS', 'TRIALS', 'KERNEL'], ...rows]).join('\n')}\n`,
    );
  }
  return EXIT.pass;
}

/** The report of the run that it is. */
async function showBaseline(
  name: string,
  { output, format }: ResultsOptions & { format: ReportFormat },
): Promise<number> {
  const [{ baselineDirectory, requireBaseline }, { readRun }, { printRun }] = await Promise.all([
    import('../../store/baselines.js'),
    import('../../store/read-run.js'),
    import('../terminal/run-report.js'),
  ]);
  requireBaseline(output, name);
  return printRun(readRun(baselineDirectory(output, name)), format);
}

async function dropBaseline(name: string, { output }: ResultsOptions): Promise<number> {
  const { removeBaseline } = await import('../../store/baselines.js');
  removeBaseline(output, name);
  process.stderr.write(`baseline ${name} removed; the run that it was is still there\n`);
  return EXIT.pass;
}
