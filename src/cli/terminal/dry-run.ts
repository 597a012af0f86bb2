/** `feedrate run --dry-run`: prints what a run would do and writes nothing. */
import { FeedrateError } from '../../base/errors.js';
import { formatBytes, formatDurationNs, formatThroughput } from '../../base/units.js';
import { statTarget } from '../../host/target.js';
import { ASSUMED_BYTES_PER_SECOND, assumedNs, type ExpectedTime, expectedTime } from '../../plan/expected-time.js';
import { filesetsByArm } from '../../plan/filesets.js';
import { type Plan, type Target, trialsByArm } from '../../plan/plan.js';
import type { SpaceNeed } from '../../plan/space.js';
import type { ReportFormat } from '../../report/render.js';
import { aligned } from '../../report/table/columns.js';
import { plural } from '../../report/table/format.js';
import type { Preparation } from '../../run/preparation.js';
import { print, tell } from '../output/print.js';

const DRY_RUN_VERSION = 1;

/** The data that a dry run prints. */
export interface DryRun {
  readonly plan: Plan;
  readonly targets: readonly (Target & { readonly need: SpaceNeed; readonly freeBytes: number })[];
  /** Time for all trials and for the data files that do not exist yet. */
  readonly expected: ExpectedTime;
}

/** Prints what the run would do on stdout, and notes on stderr. Throws `FeedrateError('usage')` for another format. */
export function printDryRun({ plan, dataset, space, notes }: Preparation, format: ReportFormat): void {
  if (format !== 'table' && format !== 'json') {
    throw new FeedrateError('usage', `--dry-run does not support --format ${format}; expected --format table or json`);
  }
  for (const note of notes) tell(note);
  const targets = space.map((need) => {
    const target = plan.targets.find(({ name }) => name === need.target) as Target;
    return { ...target, need, freeBytes: statTarget(target).freeBytes };
  });
  const { knownNs, estimatedNs } = expectedTime(plan, dataset);
  const layoutNs = assumedNs(space.reduce((sum, { dataBytes }) => sum + dataBytes, 0));
  const dryRun = { plan, targets, expected: { knownNs, estimatedNs: estimatedNs + layoutNs } };
  print(format === 'json' ? dryRunJson(dryRun) : dryRunText(dryRun));
}

/** Returns the dry run as text. */
export function dryRunText({ plan, targets, expected }: DryRun): string {
  const counts = trialsByArm(plan);
  const arms = plan.arms.map(({ id, target }, arm) => [id, target, String(counts[arm])]);
  const order = `${plural(plan.sessions, 'session')} × ${plural(plan.rounds, 'round')}`;
  const warmups = new Set(
    plan.trials.filter(({ warmup }) => warmup).map(({ session, round }) => `${session}/${round}`),
  );
  const warmup = warmups.size === 0 ? '' : ` (${warmups.size} of them warm-up)`;
  return [
    `${plan.workload}: ${plural(plan.arms.length, 'arm')}, ${order}${warmup}, ${plural(plan.trials.length, 'trial')}`,
    orderLine(plan),
    ...filesetLines(plan),
    '',
    ...aligned([['ARM', 'TARGET', 'TRIALS'], ...arms]),
    '',
    ...aligned([['TARGET', 'WRITES', 'STAYS', 'AT ONCE', 'FREE', 'PATH'], ...targets.map(targetRow)]),
    '',
    expectedLine(expected),
    'Nothing was written.',
    '',
  ].join('\n');
}

function orderLine({ order, seed }: Plan): string {
  if (order === 'read-once')
    return `arm order: sequential reads first, shuffled otherwise; no file is read twice, seed ${seed}`;
  if (order === 'shuffled') return `arm order: shuffled in each round, seed ${seed}`;
  return `arm order: shuffled in every second round, reversed in the next (abba), seed ${seed}`;
}

function filesetLines(plan: Plan): string[] {
  const used = new Set(filesetsByArm(plan).flatMap((sets) => [...sets]));
  if (plan.order === 'read-once' || used.size < 2) return [];
  return [`${used.size} sets of data files; sessions and targets alternate between them`];
}

function targetRow({ name, path, need, freeBytes }: DryRun['targets'][number]): string[] {
  const least = need.writtenIsLowerBound ? '≥ ' : '';
  return [
    name,
    least + formatBytes(need.writtenBytes),
    formatBytes(need.dataBytes),
    formatBytes(need.dataBytes + need.scratchBytes),
    formatBytes(freeBytes),
    path,
  ];
}

function expectedLine({ knownNs, estimatedNs }: ExpectedTime): string {
  const total = `expected time ${formatDurationNs(knownNs + estimatedNs)}`;
  if (estimatedNs === 0) return total;
  return `${total}, of which ${formatDurationNs(estimatedNs)} is estimated at ${formatThroughput(ASSUMED_BYTES_PER_SECOND)}`;
}

/** Returns the dry run as JSON: base units, and the trials in their order. */
export function dryRunJson({ plan, targets, expected }: DryRun): string {
  const counts = trialsByArm(plan);
  const report = {
    dryRunVersion: DRY_RUN_VERSION,
    workload: plan.workload,
    seed: plan.seed,
    sessions: plan.sessions,
    rounds: plan.rounds,
    filesets: plan.filesets,
    order: plan.order,
    arms: plan.arms.map((arm, index) => ({ ...arm, thresholds: textsOf(arm), trials: counts[index] })),
    trials: plan.trials.map((trial) => ({ ...trial, arm: plan.arms[trial.arm]?.id })),
    targets: targets.map(({ name, path, need, freeBytes }) => ({ ...need, target: name, path, freeBytes })),
    expectedNs: { known: expected.knownNs, estimated: expected.estimatedNs },
    assumedBytesPerSecond: ASSUMED_BYTES_PER_SECOND,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function textsOf({ thresholds }: Plan['arms'][number]): string[] {
  return thresholds.map(({ text }) => text);
}
