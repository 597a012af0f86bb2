import { FeedrateError } from '../base/errors.js';
import type { NamedRun } from '../gate/comparison.js';
import { gateOf, gateStatusOf } from '../gate/gate.js';
import { evaluateThresholds } from '../gate/thresholds.js';
import { renderComparison } from '../report/render-comparison.js';
import type { ReportFormat } from '../report/render-run.js';
import { comparisonOf, namedRun, type RawComparisonOptions } from './comparison-input.js';
import { stdoutOptions } from './output.js';

export interface GateCommandOptions extends RawComparisonOptions {
  readonly baseline?: string;
  readonly failOnInconclusive?: boolean;
  readonly format: ReportFormat;
}

/**
 * `feedrate gate`: a candidate against a baseline, or the columns of the candidate against each other. The status says
 * what came out: `regression` (of a threshold too), `incomparable`, `inconclusive`, or pass.
 * Throws `FeedrateError` as `comparisonOf` does.
 */
export function gate(candidate: string, options: GateCommandOptions): number {
  const specs = options.baseline === undefined ? [candidate] : [options.baseline, candidate];
  if (options.baseline !== undefined) refuseInjected(namedRun(options.output, options.baseline));
  const comparison = comparisonOf(specs, options, 'environment');
  const { run, trials } = namedRun(options.output, candidate);
  const result = gateOf(comparison, evaluateThresholds(run.plan.arms, trials), {
    failOnInconclusive: options.failOnInconclusive === true,
  });
  process.stdout.write(renderComparison(comparison, options.format, stdoutOptions(), result));
  return gateStatusOf(result);
}

/** Next to storage that was slow on purpose, whatever is measured looks good. */
function refuseInjected({ name, run }: NamedRun): void {
  if (run.injected === undefined) return;
  throw new FeedrateError('store', `${name}: cannot be a baseline: it was slowed down on purpose`);
}
