import { FeedrateError } from '../../base/errors.js';
import { parseDuration } from '../../base/units.js';
import type { NamedRun } from '../../gate/comparison.js';
import type { Decision, Look } from '../../gate/decide.js';
import type { ReadableRun } from '../../record/stored-run.js';
import type { ReportFormat } from '../../report/render.js';
import type { Decided } from '../../run/adaptive.js';
import type { ProgressMode } from '../options/arguments.js';
import { addFileOptions, progressOption } from '../options/common-options.js';
import type { RawComparisonOptions } from '../options/comparison-input.js';
import { addComparisonOptions } from '../options/comparison-options.js';
import type { GateFileOptions } from '../options/gate-files.js';
import { exits, type Subcommand } from '../options/subcommand.js';

interface GateCommandOptions extends RawComparisonOptions, GateFileOptions {
  readonly baseline?: string;
  readonly failOnInconclusive?: boolean;
  readonly adaptive?: boolean;
  readonly looks: string;
  readonly budget?: string;
  readonly progress: ProgressMode;
  readonly format: ReportFormat;
}

export const gate: Subcommand = {
  name: 'gate',
  description: 'fail when a run is slower than a baseline',
  completes: 'runs',
  configure(command) {
    command
      .argument('[run]', 'the candidate', 'latest')
      .option('--baseline <name>', 'a baseline or a run; without it the columns of the candidate itself are compared');
    addFileOptions(addComparisonOptions(command, '1%'))
      .option('--no-github', 'in GitHub Actions: no summary, no annotation')
      .option('--fail-on-inconclusive', 'status 3 also where neither a regression nor its absence was shown')
      .option('--adaptive', 'add sessions to the candidate until every cell is decided; all looks share --alpha')
      .option('--looks <number>', 'looks of --adaptive at most; each one has twice the sessions of the one before', '4')
      .option('--budget <time>', 'time of --adaptive at most, such as 30m')
      .addOption(progressOption())
      .action(exits(gateRun));
  },
  examples: `
Examples:
  feedrate baseline save main && feedrate run workloads/quick.yaml && feedrate gate --baseline main
  feedrate gate --baseline main --min-effect 3% -m throughput -m 'p99(latency)' --format md
  feedrate gate --cols target --base old           the targets of one run, measured in turn
  feedrate gate --cols target --adaptive --budget 30m
  feedrate gate --baseline main --junit junit.xml --open-metrics metrics.txt

In GitHub Actions the report goes to the step's summary too, and its decision is an annotation.
`,
};

/**
 * A candidate against a baseline, or the columns of the candidate against each other. The status says what came out:
 * `regression` (of a threshold too), `incomparable`, `inconclusive`, `measurementFailed` when the candidate is no whole
 * measurement, or pass; and `usage` when it passed but a file that was asked for could not be written.
 * Throws `FeedrateError` as `comparisonOf` and `measureUntilDecided` do.
 */
async function gateRun(spec: string, options: GateCommandOptions): Promise<number> {
  const planned = looksOf(options);
  const [{ namedRun }, { gateStatusOf }, { renderComparison }, { stdoutOptions }, { writeGateFiles }] =
    await Promise.all([
      import('../options/comparison-input.js'),
      import('../../gate/decide.js'),
      import('../../report/render.js'),
      import('../terminal/output.js'),
      import('../options/gate-files.js'),
    ]);
  if (options.adaptive) await refuseBaseline(options.output, spec);
  const candidate = namedRun(options.output, spec);
  const baseline = options.baseline === undefined ? null : namedRun(options.output, options.baseline, ['series']);
  if (baseline?.run.injected !== undefined) {
    throw new FeedrateError('store', `${baseline.name}: cannot be a baseline: it was slowed down on purpose`);
  }
  const decide = await deciderOf(options, candidate, baseline, planned);
  const { run, decision } = options.adaptive
    ? await decideAdaptively(candidate, options, planned, decide)
    : { run: candidate, decision: decide(candidate, 1) };
  const { comparison, result } = decision;
  process.stdout.write(await renderComparison(comparison, options.format, stdoutOptions(), result));
  const filesStatus = await writeGateFiles(options, run, comparison, result);
  return gateStatusOf(result) || filesStatus;
}

/** Decides about the candidate as it is at each look. */
async function deciderOf(
  options: GateCommandOptions,
  candidate: NamedRun & ReadableRun,
  baseline: NamedRun | null,
  planned: number,
): Promise<(run: ReadableRun, look: number) => Decision> {
  const [{ comparableRun, comparisonOf }, { gateOf }, { flawsOf }, { evaluateThresholds }] = await Promise.all([
    import('../options/comparison-input.js'),
    import('../../gate/decide.js'),
    import('../../gate/flaws.js'),
    import('../../gate/thresholds.js'),
  ]);
  const failOnInconclusive = options.failOnInconclusive === true;
  return (run, number) => {
    const look: Look = { number, planned };
    // What is wrong with the candidate as it was named has been told.
    const measured = number === 1 ? candidate : comparableRun(run);
    const runs = baseline === null ? [measured] : [baseline, measured];
    const comparison = comparisonOf(runs, options, 'environment', planned);
    const thresholds = evaluateThresholds(measured.run.plan.arms, measured.trials);
    const flaws = flawsOf(measured);
    return { comparison, result: gateOf(comparison, thresholds, { failOnInconclusive, flaws, look }) };
  };
}

/** Adds sessions until it is decided, and tells of each look. */
async function decideAdaptively(
  candidate: ReadableRun,
  options: GateCommandOptions,
  looks: number,
  decide: (run: ReadableRun, look: number) => Decision,
): Promise<Decided> {
  const [{ measureUntilDecided }, { StopHandle }, { plural }, { terminalListener }] = await Promise.all([
    import('../../run/adaptive.js'),
    import('../../run/stop-handle.js'),
    import('../../report/table/format.js'),
    import('../terminal/run-listener.js'),
  ]);
  const stop = new StopHandle();
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  return measureUntilDecided(candidate, { looks, budgetNs: budgetNs(options.budget), stop }, decide, {
    ...terminalListener(options.progress, stop),
    undecided: ({ sessions, total, look }) =>
      tell(
        `nothing is decided with ${plural(sessions, 'session')}: measuring up to ${total} (look ${look} of ${looks})`,
      ),
    budgetSpent: (sessions) =>
      tell(`the budget is used: ${plural(sessions, 'session')} so far, another one takes longer than what is left`),
  });
}

async function refuseBaseline(output: string, spec: string): Promise<void> {
  const { isBaseline } = await import('../../store/baselines.js');
  if (!isBaseline(output, spec)) return;
  throw new FeedrateError('usage', `${spec} is a baseline, which nothing is added to; name a run with --adaptive`);
}

/** Looks that are planned, which is what the false alarms are shared by: 1 when nothing is measured on. */
function looksOf({ adaptive, looks }: Pick<GateCommandOptions, 'adaptive' | 'looks'>): number {
  if (adaptive !== true) return 1;
  const count = Number(looks);
  if (Number.isInteger(count) && count >= 2 && count <= 20) return count;
  throw new FeedrateError('usage', `--looks ${looks}: a whole number from 2 to 20`);
}

function budgetNs(budget: string | undefined): number {
  if (budget === undefined) return Number.POSITIVE_INFINITY;
  const parsed = parseDuration(budget);
  if (parsed.ok) return parsed.value;
  throw new FeedrateError('usage', `--budget: ${parsed.message}`);
}
