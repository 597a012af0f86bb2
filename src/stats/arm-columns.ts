/** The table of arms for programs: everything that was measured, in base units, with the unit in each name. */
import { LATENCY_KINDS } from '../base/latency-kinds.js';
import { NUMBER_METRICS, type NumberMetric, statisticColumn } from '../base/metrics.js';
import { type CellValue, type Column, csvHead, csvRows, filledColumns } from '../record/csv-table.js';
import type { RunRecord } from '../record/run-record.js';
import { factorColumns, latencyColumns } from '../record/trial-columns.js';
import type { TrialRecord } from '../record/trial-record.js';
import { type CeilingUse, ceilingUses } from './ceiling-use.js';
import { keptMeasures } from './measure.js';
import { type Measurement, measurementColumn, measurementsOf } from './measurements.js';
import type { Spread } from './spread.js';
import { type ArmSummary, summarize } from './summary.js';

/** The data of the table. */
interface SummarizedArms {
  /** Null when it is lost. */
  readonly run: RunRecord | null;
  readonly trials: readonly TrialRecord[];
  readonly summaries: readonly ArmSummary[];
  readonly ceilings: ReadonlyMap<string, CeilingUse>;
}

/** Returns the arms of a run as CSV, one row per arm, for `arms.csv`. */
export function armsOfRun(run: RunRecord, trials: readonly TrialRecord[]): string {
  return armsCsv({ run, trials, summaries: summarize(run.plan.arms, trials), ceilings: ceilingUses(run, trials) });
}

/** Returns the table as CSV, without columns that have no value. */
export function armsCsv(arms: SummarizedArms): string {
  const filled = filledColumns(armColumns(arms), arms.summaries);
  return csvHead(filled) + csvRows(filled, arms.summaries);
}

/**
 * Returns the columns of the table. Latencies are those of all operations of the counted trials. A column with
 * `session_median` in its name is the median over the sessions, as files for CI systems have it.
 */
export function armColumns(arms: SummarizedArms): Column<ArmSummary>[] {
  const { summaries, ceilings } = arms;
  const numbers = NUMBER_METRICS.filter(
    ({ key, onlyWith }) => onlyWith === undefined || summaries.some((summary) => summary.numbers[key] !== null),
  );
  const kinds = LATENCY_KINDS.filter(({ kind }) => summaries.some(({ latencies }) => latencies.has(kind)));
  return [
    { name: 'arm', value: ({ arm }) => arm.id },
    { name: 'job', value: ({ arm }) => arm.job },
    { name: 'target', value: ({ arm }) => arm.target },
    ...factorColumns(
      summaries.map(({ arm }) => arm),
      ({ arm }: ArmSummary) => arm,
    ),
    { name: 'trials_counted', value: ({ counted }) => counted },
    { name: 'trials_unmeasured', value: ({ unmeasured }) => unmeasured },
    { name: 'trials_failed', value: ({ failed }) => failed },
    { name: 'trials_aborted', value: ({ aborted }) => aborted },
    ...numbers.flatMap(numberDataColumns),
    { name: 'tail_ns_median', value: (summary) => summary.tailNs?.median ?? null },
    ...kinds.flatMap(({ kind }) => latencyColumns<ArmSummary>(kind)),
    ...sessionMedianColumns(arms),
    { name: 'cache_claim', value: ({ cache }) => cache?.claim ?? null },
    { name: 'cache_verdict', value: ({ cache }) => cache?.verdict ?? null },
    { name: 'cache_server', value: ({ cache }) => (cache?.serverUnknown ? 'unknown' : null) },
    ...(ceilings.size === 0 ? [] : ceilingColumns(ceilings)),
    { name: 'busy_trials', value: ({ busyTrials }) => busyTrials },
    { name: 'machine_taken_share_max', value: ({ takenShareMax }) => takenShareMax },
    { name: 'warnings', value: ({ warnings }) => warnings.map((warning) => warning.code).join(';'), isKept: true },
  ];
}

function sessionMedianColumns({ run, trials }: SummarizedArms): Column<ArmSummary>[] {
  const columns = new Map<string, Map<string, Measurement>>();
  for (const measurement of run === null ? [] : measurementsOf(run, trials, keptMeasures())) {
    const name = measurementColumn(measurement);
    const ofArms = columns.get(name) ?? new Map<string, Measurement>();
    columns.set(name, ofArms.set(measurement.arm, measurement));
  }
  return [...columns].map(([name, ofArms]) => ({
    name,
    value: ({ arm }) => finiteOrNull(ofArms.get(arm.id)?.spread.median),
  }));
}

/** The ceiling that binds an arm. The report in JSON has all of them. */
function ceilingColumns(ceilings: SummarizedArms['ceilings']): Column<ArmSummary>[] {
  const column = (name: string, read: (use: CeilingUse) => CellValue): Column<ArmSummary> => ({
    name: `ceiling_${name}`,
    value: ({ arm }) => {
      const use = ceilings.get(arm.id);
      return use === undefined ? null : read(use);
    },
  });
  return [
    column('kind', ({ binding }) => binding.kind),
    column('share', ({ share }) => share),
    column('state', ({ state }) => state),
    column('unit', ({ binding }) => binding.unit),
    column('base_per_s', ({ binding }) => binding.level.base),
    column('burst_per_s', ({ binding: { level } }) => (typeof level.burst === 'number' ? level.burst : null)),
  ];
}

function numberDataColumns(metric: NumberMetric): Column<ArmSummary>[] {
  const { key } = metric;
  if (metric.ofArms === 'median') {
    return [{ name: `${metric.column}_median`, value: ({ numbers }) => numbers[key]?.median ?? null }];
  }
  const column = (statistic: string, field: Exclude<keyof Spread, 'n' | 'values'>): Column<ArmSummary> => ({
    name: statisticColumn(metric, statistic),
    value: ({ numbers }) => finiteOrNull(numbers[key]?.[field]),
  });
  return [
    column('median', 'median'),
    column('median_low95', 'medianLow'),
    column('median_high95', 'medianHigh'),
    column('min', 'min'),
    column('q1', 'q1'),
    column('q3', 'q3'),
    column('max', 'max'),
    column('mad', 'mad'),
  ];
}

/** Unbounded ends of intervals are null in CSV and JSON. */
function finiteOrNull(value: number | undefined): CellValue {
  return value === undefined || !Number.isFinite(value) ? null : value;
}
