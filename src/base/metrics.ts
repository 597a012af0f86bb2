/** The metrics, one row each. Columns, thresholds, summaries, tables and exports are derived from these rows. */
import { LATENCY_KINDS, type LatencyKind, type LatencyKindRow, type ShownStatistic } from './latency-kinds.js';

/** The unit that a metric is stored in. Only `report/` scales it for people. */
export type Unit = 'bytes/s' | 'ops/s' | 'ns' | 'bytes' | 'ratio' | 'count' | 'ns/op';

interface MetricRow {
  /** As a user names it: `--metric iops`, `iops >= 1000`. */
  readonly key: string;
  /** For people: table heads, messages. */
  readonly label: string;
  readonly unit: Unit;
  readonly better: 'higher' | 'lower';
  /** The column in CSV files with a row per trial: the key, then the unit unless the key implies it. */
  readonly column: string;
}

interface NumberRow extends MetricRow {
  /** What CSV and JSON contain for an arm: the whole spread, or only the median. */
  readonly ofArms: 'spread' | 'median';
  /** The drop order of its column in the table of arms, as in `LatencyRow`; null if it has no column. */
  readonly dropOrder: number | null;
  /** Whether it is exported to files for other programs if no metric is named. */
  readonly isKept: boolean;
  /** The part of a trial's record that it is computed from, if only some jobs have that part. Reports leave it out elsewhere. */
  readonly onlyWith?: 'phases' | 'training';
}

const NUMBERS = [
  {
    key: 'throughput',
    label: 'throughput',
    unit: 'bytes/s',
    better: 'higher',
    column: 'throughput_bytes_per_s',
    ofArms: 'spread',
    dropOrder: 0,
    isKept: true,
  },
  {
    key: 'iops',
    label: 'IOPS',
    unit: 'ops/s',
    better: 'higher',
    column: 'iops',
    ofArms: 'spread',
    dropOrder: 5,
    isKept: true,
  },
  {
    key: 'cpu',
    label: 'CPU per I/O',
    unit: 'ns/op',
    better: 'lower',
    column: 'cpu_ns_per_op',
    ofArms: 'median',
    dropOrder: null,
    isKept: false,
  },
  {
    key: 'files',
    label: 'files/s',
    unit: 'ops/s',
    better: 'higher',
    column: 'files_per_s',
    ofArms: 'spread',
    dropOrder: 1,
    isKept: true,
  },
  {
    key: 'au',
    label: 'AU',
    unit: 'ratio',
    better: 'higher',
    column: 'au',
    ofArms: 'spread',
    dropOrder: 1,
    isKept: true,
    onlyWith: 'training',
  },
  {
    key: 'steady_au',
    label: 'steady AU',
    unit: 'ratio',
    better: 'higher',
    column: 'steady_au',
    ofArms: 'spread',
    dropOrder: 2,
    isKept: true,
    onlyWith: 'training',
  },
  {
    key: 'samples_rate',
    label: 'samples/s',
    unit: 'ops/s',
    better: 'higher',
    column: 'samples_rate_per_s',
    ofArms: 'spread',
    dropOrder: 1,
    isKept: true,
    onlyWith: 'training',
  },
  rateRow('create_rate', 'creates/s', 1),
  rateRow('stat_rate', 'stats/s', 1),
  rateRow('readdir_rate', 'listings/s', null),
  rateRow('entry_rate', 'entries/s', 3),
  rateRow('rename_rate', 'renames/s', 2),
  rateRow('unlink_rate', 'unlinks/s', 1),
] as const satisfies readonly NumberRow[];

/** Returns the row of a rate of a phase: operations of one kind per second, while all workers did that kind. */
function rateRow<const K extends string>(key: K, label: string, dropOrder: number | null) {
  return {
    key,
    label,
    unit: 'ops/s',
    better: 'higher',
    column: `${key}_per_s`,
    ofArms: 'spread',
    dropOrder,
    isKept: true,
    onlyWith: 'phases',
  } as const;
}

/** The key of a metric that is one number per trial. `record/trial-values.ts` computes the values. */
export type NumberKey = (typeof NUMBERS)[number]['key'];

/** A metric that is one number per trial. */
export interface NumberMetric extends NumberRow {
  readonly key: NumberKey;
  readonly distribution: false;
}

/** A distribution of latencies. Users ask for one of its statistics: `p99(latency)`. */
export interface LatencyMetric extends MetricRow {
  readonly key: LatencyKind;
  readonly distribution: true;
  /** The statistics that are exported to files for other programs if no metric is named. */
  readonly kept: readonly ShownStatistic[];
}

export type Metric = NumberMetric | LatencyMetric;

/** The metrics that are one number per trial. */
export const NUMBER_METRICS: readonly NumberMetric[] = NUMBERS.map((row) => ({ ...row, distribution: false }));

function latencyMetric({ kind, label, kept = [] }: LatencyKindRow): LatencyMetric {
  return { key: kind, label, unit: 'ns', better: 'lower', column: `${kind}_ns`, distribution: true, kept };
}

/** Every metric of a trial. */
export const METRICS: readonly Metric[] = [...NUMBER_METRICS, ...LATENCY_KINDS.map(latencyMetric)];

/** Returns the metric with this key, or undefined. */
export function metricOf(key: string): Metric | undefined {
  return METRICS.find((metric) => metric.key === key);
}

/** Returns the column of a statistic: `latency_p99_ns`, `throughput_median_bytes_per_s`. */
export function statisticColumn({ key, column }: Pick<Metric, 'key' | 'column'>, statistic: string): string {
  return `${key}_${statistic}${column.slice(key.length)}`;
}
