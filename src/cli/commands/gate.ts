import type { Command } from 'commander';
import { FeedrateError } from '../../base/errors.js';
import { commandFor } from '../../base/results-command.js';
import { shellWord } from '../../base/shell-word.js';
import { parseDuration } from '../../base/units.js';
import type { OntapOptions } from '../../fsx/ontap-access.js';
import type { OntapConnection } from '../../fsx/ontap-connection.js';
import type { NamedRun } from '../../gate/comparison.js';
import type { Decision, Look } from '../../gate/decide.js';
import type { ReadableRun } from '../../record/stored-run.js';
import type { ReportFormat } from '../../report/render.js';
import type { Decided } from '../../run/adaptive.js';
import type { ProgressMode } from '../options/arguments.js';
import { addFileOptions, argumentsOf, awsOption, ceilingsOption, progressOption } from '../options/common-options.js';
import type { RawComparisonOptions } from '../options/comparison-input.js';
import { addComparisonOptions } from '../options/comparison-options.js';
import type { GateFileOptions } from '../options/gate-files.js';
import { addOntapOptions, BESIDE_A_RUN_MS, ontapFrom } from '../options/ontap-options.js';
import { ceilingsFrom } from '../options/other-ceilings.js';
import type { Subcommand } from '../options/subcommand.js';
import { printReport, tell } from '../output/print.js';
import { exits, exitsOnSignal } from '../terminal/exits.js';
import { stdoutOptions } from '../terminal/output.js';
import { onSignal } from '../terminal/signals.js';

interface GateCommandOptions extends RawComparisonOptions, GateFileOptions, OntapOptions {
  /** A file of ceilings. Default: those that the runs recorded. */
  readonly ceilings?: string;
  readonly baseline?: string;
  readonly failOnInconclusive?: boolean;
  readonly adaptive?: boolean;
  readonly looks: string;
  readonly budget?: string;
  readonly progress: ProgressMode;
  /** False with --no-aws. Only --adaptive asks. */
  readonly aws: boolean;
  readonly format: ReportFormat;
}

export const gate: Subcommand = {
  name: 'gate',
  measuresAlone: true,
  description: 'exit with status 1 if a run is slower than its baseline',
  completes: 'runs',
  configure(command) {
    command
      .argument('[run]', 'run to check, also s3://BUCKET/PREFIX/RUN', 'latest')
      .option(
        '--baseline <name>',
        'baseline or run to compare with, also s3://… (default: compare the columns of the run itself)',
      );
    addFileOptions(addComparisonOptions(command, '1%', 'false regression'))
      .option('--no-github', 'in GitHub Actions: write no summary and no annotation')
      .option('--fail-on-inconclusive', 'exit with status 3 if any cell is inconclusive')
      .option(
        '--adaptive',
        'add sessions to the run until every cell is decided; all looks share --alpha, later gates too',
      )
      .option('--looks <number>', 'most looks at a run with --adaptive, over all gates; each doubles the sessions', '4')
      .option('--budget <time>', 'longest time with --adaptive, such as 30m')
      .addOption(ceilingsOption())
      .addOption(awsOption())
      .addOption(progressOption());
    addOntapOptions(command, 'record the latency in the server while --adaptive measures').action(
      (spec: string, options: GateCommandOptions, command: Command) =>
        (options.adaptive ? exitsOnSignal : exits)(gateRun)(spec, options, command),
    );
  },
  examples: `
Examples:
  feedrate run quick --set trials.sessions=12 && feedrate baseline save main
  feedrate run quick --set trials.sessions=12 && feedrate gate --baseline main
  feedrate gate --baseline main --min-effect 3% -m throughput -m 'p99(latency)' --format md
  feedrate gate --cols target --base old           compare the targets of one run
  feedrate gate --cols target --adaptive --budget 30m
  feedrate gate --baseline s3://bucket/runs/a1f3   a run that was exported
  feedrate gate --baseline main --junit junit.xml --open-metrics metrics.txt

In GitHub Actions, feedrate also adds the report to the step summary and the
decision as an annotation.
`,
};

/**
 * Compares a candidate with a baseline, or the columns of the candidate with each other. Returns `pass`, `regression` (also
 * for a failed threshold), `incomparable`, `inconclusive`, or `measurementFailed` when the candidate is incomplete; and
 * `usage` when it passed but a requested file could not be written.
 * Throws `FeedrateError` as `comparisonOf` and `measureUntilDecided` do.
 */
async function gateRun(spec: string, options: GateCommandOptions, command: Command): Promise<number> {
  const planned = looksOf(options);
  const [{ namedRun }, { gateStatusOf }, { lookAtRun }, { renderComparison }, { writeGateFiles }] = await Promise.all([
    import('../options/comparison-input.js'),
    import('../../gate/decide.js'),
    import('../../gate/looks.js'),
    import('../../report/render.js'),
    import('../options/gate-files.js'),
  ]);
  if (options.adaptive) await refuseCopy(options.output, spec);
  const ontap = await ontapFrom(options, BESIDE_A_RUN_MS);
  if (ontap !== null && !options.adaptive)
    throw new FeedrateError('usage', '--ontap: has no effect without --adaptive, because nothing is measured');
  const withCeilings = await ceilingsFrom(options.ceilings);
  const candidate = await namedRun(options.output, spec);
  const baseline =
    options.baseline === undefined ? null : withCeilings(await namedRun(options.output, options.baseline, ['series']));
  const compared = commandFor(options.output, `compare ${shellWord(spec)}`);
  await refuseCalibration(candidate, 'cannot be gated', `; print it with: ${compared}`);
  if (baseline !== null) await refuseCalibration(baseline, 'cannot be a baseline');
  const decide = await deciderOf(options, candidate, baseline, withCeilings);
  const { run, decision } = options.adaptive
    ? await decideAdaptively(candidate, options, planned, decide, ontap ?? undefined)
    : { run: candidate, decision: decide(candidate, lookAtRun(candidate.run, planned)) };
  const { comparison, result } = decision;
  const report = { ...stdoutOptions(options.detail), command: argumentsOf(command) };
  printReport(await renderComparison(comparison, options.format, report, result), options.format);
  const filesStatus = await writeGateFiles(options, run, comparison, result);
  return gateStatusOf(result) || filesStatus;
}

/** Returns a function that decides about the candidate at each look. */
async function deciderOf(
  options: GateCommandOptions,
  candidate: NamedRun & ReadableRun,
  baseline: NamedRun | null,
  withCeilings: Awaited<ReturnType<typeof ceilingsFrom>>,
): Promise<(run: ReadableRun, look: Look) => Decision> {
  const [{ comparableRun, comparisonOf }, { gateOf }, { flawsOf }, { evaluateThresholds }] = await Promise.all([
    import('../options/comparison-input.js'),
    import('../../gate/decide.js'),
    import('../../gate/flaws.js'),
    import('../../gate/thresholds.js'),
  ]);
  // An adaptive gate was asked to decide every cell, so it does not pass while one is undecided.
  const failOnInconclusive = options.failOnInconclusive === true || options.adaptive === true;
  return (run, look) => {
    // Problems of the candidate were printed when it was read, before the first look.
    const measured = withCeilings(run === candidate ? candidate : comparableRun(run));
    const runs = baseline === null ? [measured] : [baseline, measured];
    const comparison = comparisonOf(runs, options, 'environment', look.share);
    const thresholds = evaluateThresholds(measured.run.plan.arms, measured.trials);
    const flaws = flawsOf(measured);
    return { comparison, result: gateOf(comparison, thresholds, { failOnInconclusive, flaws, look }) };
  };
}

/** Adds sessions until every cell is decided, and prints a line at each look. */
async function decideAdaptively(
  candidate: ReadableRun,
  options: GateCommandOptions,
  looks: number,
  decide: (run: ReadableRun, look: Look) => Decision,
  ontap: OntapConnection | undefined,
): Promise<Decided> {
  const [{ measureUntilDecided }, { StopHandle }, { plural }, { terminalListener }] = await Promise.all([
    import('../../run/adaptive.js'),
    import('../../run/stop-handle.js'),
    import('../../report/table/format.js'),
    import('../terminal/run-listener.js'),
  ]);
  const stop = new StopHandle();
  onSignal(() => stop.stop());
  const limits = { looks, budgetNs: budgetNs(options.budget), stop, aws: options.aws, ontap };
  return measureUntilDecided(candidate, limits, decide, {
    ...terminalListener(options.progress),
    undecided: ({ sessions, total, look }) =>
      tell(`undecided after ${plural(sessions, 'session')}: measuring up to ${total} (look ${look} of ${looks})`),
    budgetSpent: (sessions) => tell(`stopped after ${plural(sessions, 'session')}: another one would exceed --budget`),
  });
}

async function refuseCalibration({ name, run }: NamedRun, cannot: string, instead = ''): Promise<void> {
  const { whyNoVerdict } = await import('../../record/run-purpose.js');
  const why = whyNoVerdict(run);
  if (why !== null) throw new FeedrateError('store', `${name}: ${cannot}: ${why}${instead}`);
}

/** Throws for a run that `--adaptive` cannot add sessions to. */
async function refuseCopy(output: string, spec: string): Promise<void> {
  const [{ isBaseline }, { isBucketUrl }] = await Promise.all([
    import('../../store/baselines.js'),
    import('../../store/bucket-place.js'),
  ]);
  if (isBaseline(output, spec)) {
    throw new FeedrateError(
      'usage',
      `${spec} is a baseline, and --adaptive cannot add sessions to a baseline; name a run`,
    );
  }
  if (isBucketUrl(spec)) {
    throw new FeedrateError('usage', `${spec}: --adaptive cannot add sessions in a bucket; name a run in a directory`);
  }
}

/** Returns the number of planned looks, which share alpha: 1 without `--adaptive`. */
function looksOf({ adaptive, looks }: Pick<GateCommandOptions, 'adaptive' | 'looks'>): number {
  if (adaptive !== true) return 1;
  const count = Number(looks);
  if (Number.isInteger(count) && count >= 2 && count <= 20) return count;
  throw new FeedrateError('usage', `--looks ${looks}: expected a whole number from 2 to 20`);
}

function budgetNs(budget: string | undefined): number {
  if (budget === undefined) return Number.POSITIVE_INFINITY;
  const parsed = parseDuration(budget);
  if (parsed.ok) return parsed.value;
  throw new FeedrateError('usage', `--budget: ${parsed.message}`);
}
