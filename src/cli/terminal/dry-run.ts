/** `feedrate run --dry-run`: prints what a run would do, and leaves nothing behind. */
import { FeedrateError } from '../../base/errors.js';
import { formatBytes, formatCount, formatDurationNs, formatThroughput } from '../../base/units.js';
import { statTarget } from '../../host/target.js';
import {
  ASSUMED_ENTRY_OPERATIONS_PER_SECOND,
  ASSUMED_RATES,
  type ExpectedTime,
  expectedRunTime,
  type RatesByTarget,
  type TargetRates,
} from '../../plan/expected-time.js';
import { filesetsByArm } from '../../plan/filesets.js';
import { jobPlanOf } from '../../plan/jobs/registry.js';
import { type Plan, type Target, trialsByArm } from '../../plan/plan.js';
import type { SpaceNeed } from '../../plan/space.js';
import type { ReportFormat } from '../../report/render.js';
import { aligned } from '../../report/table/columns.js';
import { plural } from '../../report/table/format.js';
import type { Preparation } from '../../run/preparation.js';
import { MOST_PROBE_BYTES, measureRates, PROBE_BYTES, PROBE_FILES } from '../../trial/measure-rates.js';
import { print, tell } from '../output/print.js';

const DRY_RUN_VERSION = 2;

/** The data that a dry run prints. */
export interface DryRun {
  readonly plan: Plan;
  readonly targets: readonly (Target & { readonly need: SpaceNeed; readonly freeBytes: number })[];
  /** Whether the target is a temporary directory, in which nothing stays. */
  readonly isTemporary: boolean;
  /** Time for all trials, for the data files that do not exist yet, and for what is removed. */
  readonly expected: ExpectedTime;
  /** The rates that were measured. A target that is missing has assumed ones. */
  readonly rates: RatesByTarget;
}

/**
 * Prints what the run would do on stdout, and notes on stderr. Measures the targets that the run would write to, with files
 * that are removed again. Throws `FeedrateError('usage')` for another format, and `LayoutStopped` after a stop request.
 */
export async function printDryRun(
  { plan, dataset, space, isTemporary, notes }: Preparation,
  format: ReportFormat,
  stopped: () => boolean,
): Promise<void> {
  if (format !== 'table' && format !== 'json') {
    throw new FeedrateError('usage', `--dry-run does not support --format ${format}; expected --format table or json`);
  }
  for (const note of notes) tell(note);
  const targets = space.map((need) => {
    const target = plan.targets.find(({ name }) => name === need.target) as Target;
    return { ...target, need, freeBytes: statTarget(target).freeBytes };
  });
  const rates = await measuredRates(targets, stopped);
  const expected = expectedRunTime({ plan, dataset, space, isTemporary }, rates);
  const dryRun = { plan, targets, isTemporary, expected, rates };
  print(format === 'json' ? dryRunJson(dryRun) : dryRunText(dryRun));
}

/** The probe leaves at least so much space free. */
const LEAST_FREE_BYTES = 2 ** 30;

/** Returns whether the run itself writes more than the probe would, which otherwise takes longer than what it foretells. */
function isWorthProbing({ writtenBytes, dataEntries, scratchEntries }: SpaceNeed): boolean {
  return writtenBytes > 0 && (writtenBytes >= PROBE_BYTES / 2 || dataEntries + scratchEntries >= PROBE_FILES / 2);
}

/** Returns the rates of the targets that the run would write much to. Targets of one directory are measured once. */
async function measuredRates(targets: DryRun['targets'], stopped: () => boolean): Promise<RatesByTarget> {
  const byPath = new Map<string, TargetRates>();
  const rates = new Map<string, TargetRates>();
  for (const target of targets) {
    if (!isWorthProbing(target.need) || target.freeBytes < LEAST_FREE_BYTES + PROBE_BYTES) continue;
    const hasRoom = target.freeBytes >= LEAST_FREE_BYTES + MOST_PROBE_BYTES;
    const plannedBytes = hasRoom ? target.need.writtenBytes : 0;
    const measured = byPath.get(target.path) ?? (await measureRates(target, stopped, plannedBytes));
    byPath.set(target.path, measured);
    rates.set(target.name, measured);
  }
  return rates;
}

/** Returns the dry run as text. */
export function dryRunText(dryRun: DryRun): string {
  const { plan, targets, isTemporary, expected, rates } = dryRun;
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
    ...aligned([
      ['TARGET', 'WRITES', 'STAYS', 'AT ONCE', 'FREE', 'PATH'],
      ...targets.map((target) => targetRow(target, isTemporary)),
    ]),
    '',
    expectedLine(expected),
    ...rateLines(dryRun),
    rates.size === 0 ? 'Nothing was written.' : 'No files were left behind: those of the measurement were removed.',
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

function targetRow({ name, path, need, freeBytes }: DryRun['targets'][number], isTemporary: boolean): string[] {
  const least = need.writtenIsLowerBound ? '≥ ' : '';
  return [
    name,
    least + formatBytes(need.writtenBytes),
    formatBytes(isTemporary ? 0 : need.dataSpaceBytes),
    formatBytes(need.dataSpaceBytes + need.scratchSpaceBytes),
    formatBytes(freeBytes),
    path,
  ];
}

function expectedLine({ knownNs, estimatedNs }: ExpectedTime): string {
  const total = `expected time ${formatDurationNs(knownNs + estimatedNs)}`;
  if (estimatedNs === 0) return total;
  if (knownNs === 0) return `${total}, estimated`;
  return `${total}: ${formatDurationNs(knownNs)} is set by the workload, ${formatDurationNs(estimatedNs)} is estimated`;
}

const ASSUMED = '(assumed: nothing was measured)';

/** Returns a line for each target and kind of rate about where the rates of its estimate come from. */
function rateLines({ plan, targets, expected, rates }: DryRun): string[] {
  if (expected.estimatedNs === 0) return [];
  const moveBytes = new Set<string>();
  const countEntries = new Set<string>();
  for (const { spec, target } of plan.arms)
    (jobPlanOf(spec).entryOperations === null ? moveBytes : countEntries).add(target);
  return targets.flatMap(({ name, need }) => [
    ...(moveBytes.has(name) ? [moveRates(name, need.writtenBytes > 0, rates)] : []),
    ...(countEntries.has(name)
      ? [`metadata of ${name}: ${formatCount(ASSUMED_ENTRY_OPERATIONS_PER_SECOND)} operations/s per worker ${ASSUMED}`]
      : []),
  ]);
}

function moveRates(target: string, writes: boolean, rates: RatesByTarget): string {
  const { layout, cold } = rates.get(target) ?? ASSUMED_RATES;
  const written = `${formatCount(1e9 / layout.fileNs)} new files/s, writes ${formatThroughput(layout.bytesPerSecond)}, `;
  const read = `reads ${formatThroughput(cold.bytesPerSecond)}`;
  const source = rates.has(target) ? '(measured just now)' : ASSUMED;
  return `rates of ${target}: ${writes ? written : ''}${read} ${source}`;
}

/** Returns the dry run as JSON: base units, and the trials in their order. */
export function dryRunJson({ plan, targets, expected, rates }: DryRun): string {
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
    targets: targets.map(({ name, path, need, freeBytes }) => ({
      ...need,
      target: name,
      path,
      freeBytes,
      ratesMeasured: rates.has(name),
      rates: rates.get(name) ?? ASSUMED_RATES,
    })),
    expectedNs: { known: expected.knownNs, estimated: expected.estimatedNs },
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function textsOf({ thresholds }: Plan['arms'][number]): string[] {
  return thresholds.map(({ text }) => text);
}
