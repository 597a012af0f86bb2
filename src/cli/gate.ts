import { FeedrateError } from '../base/errors.js';
import type { NamedRun } from '../gate/comparison.js';
import { type Decision, gateOf, gateStatusOf, type Look } from '../gate/decide.js';
import { flawsOf } from '../gate/flaws.js';
import { evaluateThresholds } from '../gate/thresholds.js';
import { type ReportFormat, renderComparison } from '../report/render.js';
import { type AdaptiveOptions, looksOf, measureUntilDecided } from './adaptive.js';
import { comparisonOf, namedRun, type RawComparisonOptions } from './comparison-input.js';
import { type GateFileOptions, writeGateFiles } from './gate-files.js';
import { stdoutOptions } from './output.js';

export interface GateCommandOptions extends RawComparisonOptions, AdaptiveOptions, GateFileOptions {
  readonly baseline?: string;
  readonly failOnInconclusive?: boolean;
  readonly format: ReportFormat;
}

/**
 * `feedrate gate`: a candidate against a baseline, or the columns of the candidate against each other. The status says
 * what came out: `regression` (of a threshold too), `incomparable`, `inconclusive`, `measurementFailed` when the candidate
 * is no whole measurement, or pass; and `usage` when it passed but a file that was asked for could not be written.
 * Throws `FeedrateError` as `comparisonOf` and `measureUntilDecided` do.
 */
export async function gate(candidate: string, options: GateCommandOptions): Promise<number> {
  const planned = looksOf(options);
  const decide = (number: number): Decision => decisionOf(candidate, options, { number, planned });
  const { comparison, result } = options.adaptive ? await measureUntilDecided(candidate, options, decide) : decide(1);
  process.stdout.write(await renderComparison(comparison, options.format, stdoutOptions(), result));
  const filesStatus = await writeGateFiles(options, () => namedRun(options.output, candidate), comparison, result);
  return gateStatusOf(result) || filesStatus;
}

function decisionOf(candidate: string, options: GateCommandOptions, look: Look): Decision {
  const { baseline, output } = options;
  const measured = namedRun(output, candidate);
  const runs = baseline === undefined ? [measured] : [namedRun(output, baseline, ['series']), measured];
  if (baseline !== undefined) refuseInjected(runs[0] as NamedRun);
  const comparison = comparisonOf(runs, options, 'environment', look.planned);
  const thresholds = evaluateThresholds(measured.run.plan.arms, measured.trials);
  const failOnInconclusive = options.failOnInconclusive === true;
  const flaws = flawsOf(measured);
  return { comparison, result: gateOf(comparison, thresholds, { failOnInconclusive, flaws, look }) };
}

/** Next to storage that was slow on purpose, whatever is measured looks good. */
function refuseInjected({ name, run }: NamedRun): void {
  if (run.injected === undefined) return;
  throw new FeedrateError('store', `${name}: cannot be a baseline: it was slowed down on purpose`);
}
