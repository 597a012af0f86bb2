import type { Command } from 'commander';
import { EXIT, FeedrateError } from '../../base/errors.js';
import { commandFor } from '../../base/results-command.js';
import type { NamedRun } from '../../gate/comparison.js';
import { REPORT_FORMATS, type ReportFormat } from '../../report/render.js';
import { formatOption, resultsOption } from '../options/common-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { printJson, printLines, tell } from '../output/print.js';
import { exits } from '../terminal/exits.js';

interface ResultsOptions {
  /** The results directory. */
  readonly output: string;
}

export const baseline: Subcommand = {
  name: 'baseline',
  description: 'save runs to compare later runs with',
  configure(command) {
    const part = (name: string, description: string): Command =>
      command.command(name).description(description).addOption(resultsOption());
    part('save', 'save a run as a baseline')
      .argument('<name>', 'name of the baseline')
      .argument('[run]', 'run to save', 'latest')
      .action(exits(saveAsBaseline));
    part('list', 'list the baselines')
      .addOption(formatOption(['table', 'json']))
      .action(exits(listBaselines));
    part('show', 'print the report of a baseline')
      .argument('<name>', 'name of the baseline')
      .addOption(formatOption(REPORT_FORMATS))
      .action(exits(showBaseline));
    part('remove', 'remove a baseline').argument('<name>', 'name of the baseline').action(exits(dropBaseline));
  },
  examples: `
Examples:
  feedrate baseline save main                      save the latest run as the baseline "main"
  feedrate baseline list
  feedrate baseline remove main
`,
};

/**
 * Saves a complete run that passed as a baseline. Throws `FeedrateError('store')` when the run is slower than the baseline
 * it would replace: later comparisons could never detect that regression again.
 */
async function saveAsBaseline(name: string, spec: string, { output }: ResultsOptions): Promise<number> {
  const [{ isBaseline, requireBaselineName, saveBaseline }, { resolveRun }, { readRun }, thresholds, { whyNoVerdict }] =
    await Promise.all([
      import('../../store/baselines.js'),
      import('../../store/find-runs.js'),
      import('../../store/read-run.js'),
      import('../../gate/thresholds.js'),
      import('../../record/run-purpose.js'),
    ]);
  requireBaselineName(name);
  const directory = resolveRun(output, spec, tell);
  const { run, trials, status, problems } = readRun(directory);
  const refuse = (why: string) => new FeedrateError('store', `${directory}: cannot be a baseline: ${why}`);
  if (run === null || status !== 'complete' || problems.length > 0) {
    throw refuse(`${problems[0] ?? `the run is ${status}`}; measure again`);
  }
  const evaluated = thresholds.evaluateThresholds(run.plan.arms, trials);
  if (thresholds.exitStatusOf({ status, trials, thresholds: evaluated }) !== EXIT.pass) {
    throw refuse(`a trial or a threshold failed (see ${commandFor(output, `show ${run.id}`)})`);
  }
  const why = whyNoVerdict(run);
  if (why !== null) throw refuse(why);
  if (isBaseline(output, name)) await refuseSlower(output, name, { name: run.id, run, trials });
  saveBaseline(output, name, directory);
  tell(`baseline ${name} is ${run.id}`);
  return EXIT.pass;
}

/** Throws when the candidate is slower than the baseline. Prints a note when the comparison cannot decide. */
async function refuseSlower(output: string, name: string, candidate: NamedRun): Promise<void> {
  const { comparisonOf, namedRun } = await import('../options/comparison-input.js');
  const { cells } = comparisonOf(
    [await namedRun(output, name), candidate],
    { output, cols: 'run', alpha: '5%', minEffect: '1%' },
    'environment',
  );
  const slower = cells.filter(({ judgement }) => judgement.verdict === 'regression');
  if (slower.length === 0) {
    const unable = cells.every(
      ({ judgement: { verdict, unitsNeeded } }) => verdict === 'incomparable' || unitsNeeded !== null,
    );
    if (unable)
      tell(
        `cannot decide whether ${candidate.name} is slower than the baseline ${name} that it replaces: they are not comparable, or have too few sessions`,
      );
    const doubted = cells.filter(({ judgement }) => judgement.doubt !== null).length;
    if (doubted > 0)
      tell(
        `${doubted} of ${cells.length} cells leave a doubt whether ${candidate.name} is slower than the baseline ${name} that it replaces: stalled sessions, missing values, or a difference below the noise floor`,
      );
    return;
  }
  throw new FeedrateError(
    'store',
    `${candidate.name} is slower than baseline ${name} in ${slower.length} of ${cells.length} cells and was not saved; to replace it anyway, first run: ${commandFor(output, `baseline remove ${name}`)}`,
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
  if (format === 'json') printJson(entries);
  else if (entries.length === 0)
    tell(`no baselines in ${output} yet; save the latest run with: ${commandFor(output, 'baseline save NAME')}`);
  else {
    const rows = entries.map((entry) => [
      entry.name,
      entry.run ?? '–',
      entry.workload ?? '–',
      String(entry.sessions ?? '–'),
      String(entry.trials),
      entry.kernel ?? '–',
    ]);
    printLines(aligned([['BASELINE', 'RUN', 'WORKLOAD', 'SESSIONS', 'TRIALS', 'KERNEL'], ...rows]));
  }
  return EXIT.pass;
}

/** Prints the report of a baseline's run. Returns `usage` when nothing of it can be read. */
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
  tell(`removed baseline ${name}; the run it was saved from is unchanged`);
  return EXIT.pass;
}
