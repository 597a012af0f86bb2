/** `feedrate calibrate`: a target against itself, to know its noise before anything is blamed on it. */
import { fileURLToPath } from 'node:url';
import { EXIT, FeedrateError } from '../base/errors.js';
import { parseDuration } from '../base/units.js';
import { canBeSlowed } from '../engine/backends/slowed.js';
import { chooseEngine } from '../engine/choose.js';
import { calibrationOf, SIDES } from '../gate/calibration.js';
import { gateOf } from '../gate/decide.js';
import { armOnAnyTarget } from '../gate/noise-floor.js';
import { exitStatusOf } from '../gate/thresholds.js';
import { type Plan, targetOf } from '../plan/plan.js';
import type { Injection } from '../record/run-record.js';
import { renderCalibration } from '../report/comparison/render-calibration.js';
import { renderComparison } from '../report/comparison/render-comparison.js';
import { saveCalibration } from '../store/calibrations.js';
import { readRun } from '../store/read-run.js';
import { createRun } from '../store/run-store.js';
import { parseLabels, parseOverrides, parseSeed, parseTargets, type RawRunOptions } from './arguments.js';
import { CONFIDENCE, comparisonOf, fractionOf, measuresOf, namedRun } from './comparison-input.js';
import { untilTargetsAnswer } from './first-touch.js';
import { measure } from './measure.js';
import { stdoutOptions } from './output.js';
import type { OutputFiles } from './output-files.js';
import { prepareRun, readWorkload, runRecordOf } from './preparation.js';

/** As commander gives them. */
export interface RawCalibrateOptions extends Omit<RawRunOptions, 'target' | 'format' | 'dryRun' | keyof OutputFiles> {
  readonly target: string;
  readonly sessions: string;
  readonly rounds: string;
  readonly wanted: string;
  readonly alpha: string;
  readonly minEffect: string;
  readonly metric?: readonly string[];
  readonly inject?: string;
  readonly format: 'table' | 'json';
}

/** What is measured when no workload is named. */
const DEFAULT_WORKLOAD = fileURLToPath(new URL('../../../workloads/calibrate.yaml', import.meta.url));

/**
 * Measures the target as A and as B, keeps the run, and stores what it says of the noise, for `gate` and `compare`. With
 * `--inject` B is slowed down, nothing is stored, and the status says whether the gate finds it: pass, or inconclusive.
 * Throws `FeedrateError` for what the user can mend.
 */
export async function calibrate(
  workload: string | undefined,
  raw: RawCalibrateOptions,
  command: readonly string[],
): Promise<number> {
  const options = {
    overrides: [
      ...parseOverrides({ set: planOf(raw) }),
      ...parseOverrides({ set: raw.set ?? [], param: raw.param ?? [], ...(raw.engine && { engine: raw.engine }) }),
    ],
    labels: parseLabels(raw.label ?? []),
    seed: raw.seed === undefined ? null : parseSeed(raw.seed),
    remount: raw.remount ?? false,
  };
  const asked = {
    measures: measuresOf(raw.metric ?? ['throughput']),
    alpha: fractionOf('--alpha', raw.alpha),
    minEffect: fractionOf('--min-effect', raw.minEffect),
    wanted: fractionOf('--wanted', raw.wanted),
    confidence: CONFIDENCE,
  };
  const injected = raw.inject === undefined ? [] : [injectionOf(raw.inject)];
  const [target] = parseTargets([raw.target]);
  const sides = SIDES.map((name) => ({ name, path: target?.path as string }));
  const workloadPath = workload ?? DEFAULT_WORKLOAD;
  await untilTargetsAnswer(sides);
  const preparation = prepareRun(readWorkload(workloadPath), { ...options, workloadPath }, sides);
  if (injected.length > 0) refuseQueues(preparation.plan);
  const record = { ...runRecordOf(preparation, options, command), ...(injected.length > 0 && { injected }) };
  const store = createRun(raw.output, record);
  const status = await measure(preparation, store, {
    ...{ progress: raw.progress, dropCaches: raw.dropCaches ?? false, remount: options.remount },
  });
  const { directory } = store;
  const { run, trials } = readRun(directory);
  const measured = exitStatusOf({ status, trials, thresholds: [] });
  if (measured !== EXIT.pass || run === null) {
    process.stderr.write(`not calibrated: the run is not whole (feedrate show ${directory})\n`);
    return measured;
  }
  if (injected.length > 0) return printInjected(directory, raw);
  const calibration = calibrationOf(run, trials, asked);
  const path = saveCalibration(raw.output, calibration);
  process.stdout.write(renderCalibration(calibration, raw.format, stdoutOptions()));
  process.stderr.write(`calibration saved: ${path}\n`);
  return EXIT.pass;
}

/** `--sessions` and `--rounds` as fields of the workload; what `--set` says of them comes later and wins. */
function planOf({ sessions, rounds }: RawCalibrateOptions): string[] {
  const wholeNumber = (option: string, text: string, least: number) => {
    if (/^\d+$/.test(text) && Number(text) >= least) return Number(text);
    throw new FeedrateError('usage', `--${option} ${text}: expected a whole number from ${least}`);
  };
  return [
    `trials.sessions=${wholeNumber('sessions', sessions, 2)}`,
    `trials.rounds=${wholeNumber('rounds', rounds, 1)}`,
  ];
}

/** `5%` of its own time longer, or `20us`. */
function injectionOf(text: string): Injection {
  const target = SIDES[1];
  if (text.trim().endsWith('%')) return { target, part: fractionOf('--inject', text), delayNs: 0 };
  const delay = parseDuration(text);
  if (delay.ok && delay.value > 0) return { target, part: 0, delayNs: delay.value };
  throw new FeedrateError(
    'usage',
    `--inject ${text}: how much longer everything takes, such as 5%, or a time for each operation: 20us`,
  );
}

/** Throws `FeedrateError('usage')` where an arm keeps several operations in flight. */
function refuseQueues(plan: Plan): void {
  for (const arm of plan.arms) {
    const { used } = chooseEngine(arm.spec, targetOf(plan, arm));
    if (canBeSlowed(used)) continue;
    throw new FeedrateError(
      'usage',
      `--inject: ${armOnAnyTarget(arm)} runs on ${used}, where operations cannot be slowed down one by one; --engine psync can`,
    );
  }
}

/** B, which was slowed down, against A, as a gate sees them: from the records alone. */
function printInjected(directory: string, raw: RawCalibrateOptions): number {
  const { output, alpha, minEffect, metric } = raw;
  const comparison = comparisonOf(
    [namedRun(output, directory)],
    { ...{ output, alpha, minEffect, cols: 'target' }, ...(metric && { metric }) },
    'load',
  );
  const result = gateOf(comparison, [], { failOnInconclusive: true, look: { number: 1, planned: 1 } });
  process.stdout.write(renderComparison(comparison, raw.format, stdoutOptions(), result));
  const found = comparison.cells.filter(({ judgement }) => judgement.verdict === 'regression').length;
  const where = `${found} of ${comparison.cells.length} cells`;
  process.stderr.write(`B was slowed down by ${raw.inject} on purpose: found in ${where}\n`);
  return found > 0 ? EXIT.pass : EXIT.inconclusive;
}
