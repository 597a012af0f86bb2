/** `feedrate calibrate`: compares a target with itself to find its noise floor. */

import type { Command } from 'commander';
import { EXIT, FeedrateError } from '../../base/errors.js';
import { shellWord } from '../../base/shell-word.js';
import { parseDuration } from '../../base/units.js';
import type { CalibrationRecord } from '../../record/calibration-record.js';
import type { Injection } from '../../record/run-record.js';
import type { ReadableRun } from '../../record/stored-run.js';
import type { CalibrationContext } from '../../report/answer/calibration-answer.js';
import {
  fractionOf,
  parseLabels,
  parseOverrides,
  parseSeed,
  parseTargets,
  type RawRunOptions,
} from '../options/arguments.js';
import {
  addColdOptions,
  addVariantOptions,
  argumentsOf,
  awsOption,
  ceilingsOption,
  collect,
  formatOption,
  labelOption,
  progressOption,
  resultsOption,
} from '../options/common-options.js';
import { addWorkload, workloadOf } from '../options/job-options.js';
import { addOntapOptions, BESIDE_A_RUN_MS, ontapFrom, WHAT_ONTAP_IS_ASKED } from '../options/ontap-options.js';
import type { OutputFiles } from '../options/output-files.js';
import type { Subcommand } from '../options/subcommand.js';
import { print, tell } from '../output/print.js';
import { exitsOnSignal } from '../terminal/exits.js';
import { stdoutOptions } from '../terminal/output.js';
import { onSignal } from '../terminal/signals.js';

/** The options as commander returns them. */
interface RawCalibrateOptions extends Omit<RawRunOptions, 'target' | 'format' | 'dryRun' | keyof OutputFiles> {
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

/** Why a slow-down cannot be checked exactly in the page cache. */
const IN_MEMORY =
  'some bytes came from the page cache, where A and B differ by themselves by several per cent: the ratio may be off by that much; use --set cache=direct or --set cache=cold to check a slow-down exactly';

/** The workload that is measured by default. */
const DEFAULT_WORKLOAD = 'calibrate';

export const calibrate: Subcommand = {
  name: 'calibrate',
  measuresAlone: true,
  description: 'measure the noise of a target and how many sessions a comparison needs',
  completes: 'workloads',
  configure(command, fields) {
    command.requiredOption('-t, --target <path>', 'directory to measure');
    addVariantOptions(command)
      .option('--sessions <number>', 'sessions to measure, each in a new process', '10')
      .option('--rounds <number>', 'rounds in each session', '3')
      .option('--wanted <part>', 'difference that the recommended plan must detect', '5%')
      .option(
        '-m, --metric <metric>',
        'metric to calibrate: throughput, iops, p99(latency) …; repeat for more (default: throughput)',
        collect,
      )
      .option('--alpha <part>', 'probability of any false alarm among all cells, as for gate', '1%')
      .option('--min-effect <part>', 'smallest difference to report, as for gate', '1%')
      .option(
        '--inject <delay>',
        'slow B down and check that gate detects it: 5% (throughput ÷ 1.05) or 20us per operation',
      )
      .addOption(labelOption())
      .addOption(ceilingsOption())
      .addOption(resultsOption())
      .addOption(formatOption(['table', 'json']))
      .addOption(awsOption())
      .addOption(progressOption());
    addOntapOptions(addColdOptions(command), WHAT_ONTAP_IS_ASKED);
    addWorkload(command, fields, DEFAULT_WORKLOAD).action(exitsOnSignal(calibrateTarget));
  },
  examples: `
Examples:
  feedrate calibrate -t /mnt/train                                 noise of a mount, in a minute or two
  feedrate calibrate random-read -t /mnt/train                     noise of the workload that you gate on
  feedrate calibrate -t /mnt/train --inject 5% --engine psync      check that gate would detect 5 %

feedrate saves the noise floor in the results directory. gate and compare never
report a smaller difference for the same target, arm and load. With --inject,
only the run is saved. The exit status is then 0 if gate detects the slow-down,
and 3 if not.

--inject 20% makes everything on B take 1.2 times as long. B's throughput is
A's divided by 1.2 (-16.7 %), and every latency is multiplied by 1.2. feedrate
changes B's clock instead of waiting, so caches behave as usual. Direct and cold
reads show the slow-down exactly. In the page cache, A and B differ by themselves
by several per cent. --inject 20us waits 20 µs after each operation.
`,
};

/**
 * Measures the target as A and as B, and saves the run and its noise floor for `gate` and `compare`. With `--inject`, B is
 * slowed down and no noise floor is saved. The status is then `pass` if the gate detects it, and `inconclusive` if not.
 * Throws `FeedrateError` for faults that the user can fix.
 */
async function calibrateTarget(
  workload: string | undefined,
  raw: RawCalibrateOptions,
  command: Command,
): Promise<number> {
  const [input, { calibrationOf, SIDES }, { conduct }, { StopHandle }, { terminalListener }] = await Promise.all([
    import('../options/comparison-input.js'),
    import('../../gate/calibration.js'),
    import('../../run/conduct.js'),
    import('../../run/stop-handle.js'),
    import('../terminal/run-listener.js'),
  ]);
  const variant = {
    overrides: [...parseOverrides({ set: planOf(raw) }), ...parseOverrides(raw)],
    labels: parseLabels(raw.label ?? []),
    seed: raw.seed === undefined ? null : parseSeed(raw.seed),
  };
  const asked = {
    measures: input.measuresOf(raw.metric ?? ['throughput']),
    alpha: fractionOf('--alpha', raw.alpha),
    minEffect: fractionOf('--min-effect', raw.minEffect),
    wanted: fractionOf('--wanted', raw.wanted),
    confidence: input.CONFIDENCE,
    results: raw.output,
  };
  const injected = raw.inject === undefined ? [] : [injectionOf(raw.inject, SIDES[1])];
  const [target] = parseTargets([raw.target]);
  const ontap = await ontapFrom(raw, BESIDE_A_RUN_MS);
  const stop = new StopHandle();
  const request = {
    ...variant,
    workload: await workloadOf(workload, command, DEFAULT_WORKLOAD),
    targets: SIDES.map((name) => ({ name, path: target?.path as string })),
    resultsDirectory: raw.output,
    command: argumentsOf(command),
    dropCaches: raw.dropCaches ?? false,
    remount: raw.remount ?? false,
    aws: raw.aws ?? true,
    ceilingsFile: raw.ceilings ?? null,
    ...(ontap === null ? {} : { ontap }),
    calibration: true,
    injected,
    stop,
  };
  const release = onSignal(() => stop.stop());
  const { run, status } = await conduct(request, terminalListener(raw.progress)).finally(release);
  const { exitStatusOf } = await import('../../gate/thresholds.js');
  const measured = exitStatusOf({ status, trials: run.trials, thresholds: [] });
  if (measured !== EXIT.pass) {
    tell(`not calibrated: the run did not complete (see feedrate show ${shellWord(run.directory)})`);
    return measured;
  }
  if (injected.length > 0) return printInjected(run, raw);
  // A workload that was piped in, or made from options, has no name.
  const named = workload === '-' || request.workload.options !== undefined ? null : (workload ?? DEFAULT_WORKLOAD);
  const context = { workload: named, command: argumentsOf(command) };
  await keepCalibration(calibrationOf(run.run, run.trials, asked), raw, context);
  return EXIT.pass;
}

async function keepCalibration(
  calibration: CalibrationRecord,
  { output, format }: Pick<RawCalibrateOptions, 'output' | 'format'>,
  context: CalibrationContext,
): Promise<void> {
  const [{ saveCalibration }, { renderCalibration }, { answeredCalibration }] = await Promise.all([
    import('../../store/calibrations.js'),
    import('../../report/comparison/render-calibration.js'),
    import('../../report/answer/answered.js'),
  ]);
  const path = saveCalibration(output, calibration);
  print(renderCalibration(calibration, answeredCalibration(calibration, context), format, stdoutOptions()));
  tell(`calibration saved: ${path}`);
}

/** Returns `--sessions` and `--rounds` as workload fields. `--set` comes later and wins. */
function planOf({ sessions, rounds }: RawCalibrateOptions): string[] {
  const wholeNumber = (option: string, text: string, least: number) => {
    if (/^\d+$/.test(text) && Number(text) >= least) return Number(text);
    throw new FeedrateError('usage', `--${option} ${text}: expected a whole number of at least ${least}`);
  };
  return [
    `trials.sessions=${wholeNumber('sessions', sessions, 2)}`,
    `trials.rounds=${wholeNumber('rounds', rounds, 1)}`,
  ];
}

/** Parses `5%` (everything takes 1.05 times as long) or `20us` (per operation). Throws `FeedrateError('usage')`. */
function injectionOf(text: string, target: string): Injection {
  if (text.trim().endsWith('%')) return { target, part: fractionOf('--inject', text), delayNs: 0 };
  const delay = parseDuration(text);
  if (delay.ok && delay.value > 0) return { target, part: 0, delayNs: delay.value };
  throw new FeedrateError(
    'usage',
    `--inject ${text}: expected a percentage, such as 5%, or a time per operation, such as 20us`,
  );
}

/** Compares B, which was slowed down, with A as a gate does. Prints the result and returns the exit status. */
async function printInjected(run: ReadableRun, raw: RawCalibrateOptions): Promise<number> {
  const [{ comparableRun, comparisonOf }, { gateOf }, { renderComparison }] = await Promise.all([
    import('../options/comparison-input.js'),
    import('../../gate/decide.js'),
    import('../../report/render.js'),
  ]);
  const { output, alpha, minEffect, metric } = raw;
  const words = { output, alpha, minEffect, cols: 'target', ...(metric === undefined ? {} : { metric }) };
  const comparison = comparisonOf([comparableRun(run)], words, 'load', 1, 'regressions');
  const result = gateOf(comparison, [], { failOnInconclusive: true, look: { number: 1, planned: 1 } });
  print(await renderComparison(comparison, raw.format, stdoutOptions(), result));
  const found = comparison.cells.filter(({ judgement }) => judgement.verdict === 'regression').length;
  const where = `${found} of ${comparison.cells.length} cells`;
  tell(`B was slowed down by ${raw.inject} (--inject): detected in ${where}`);
  if (run.trials.some(({ cache }) => cache.observed === 'warm' || cache.observed === 'mixed')) tell(IN_MEMORY);
  return found > 0 ? EXIT.pass : EXIT.inconclusive;
}
