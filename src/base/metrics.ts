/** The metrics: one row each, from which columns, thresholds, summaries, tables and exports are made. */
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
  /** Column of a trial in CSV files: the key, then the unit unless the key says it. */
  readonly column: string;
}

interface NumberRow extends MetricRow {
  /** What CSV and JSON hold of an arm's trials: the whole spread, or its median alone. */
  readonly ofArms: 'spread' | 'median';
  /** Its place in the order in which columns of the table of arms are dropped, as in `LatencyRow`; null: no column. */
  readonly dropOrder: number | null;
  /** Written to files that keep numbers over time where no metric is named. */
  readonly isKept: boolean;
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
] as const satisfies readonly NumberRow[];

/** The key of a metric that is one number for each trial. `record/trial-values.ts` computes each. */
export type NumberKey = (typeof NUMBERS)[number]['key'];

/** One number for each trial. */
export interface NumberMetric extends NumberRow {
  readonly key: NumberKey;
  readonly distribution: false;
}

/** A distribution of latencies, of which a statistic is asked for: `p99(latency)`. */
export interface LatencyMetric extends MetricRow {
  readonly key: LatencyKind;
  readonly distribution: true;
  /** The statistics that are written to files that keep numbers over time where no metric is named. */
  readonly kept: readonly ShownStatistic[];
}

export type Metric = NumberMetric | LatencyMetric;

/** The metrics that are one number for each trial. */
export const NUMBER_METRICS: readonly NumberMetric[] = NUMBERS.map((row) => ({ ...row, distribution: false }));

function latencyMetric({ kind, label, kept = [] }: LatencyKindRow): LatencyMetric {
  return { key: kind, label, unit: 'ns', better: 'lower', column: `${kind}_ns`, distribution: true, kept };
}

/** Every metric of a trial. */
export const METRICS: readonly Metric[] = [...NUMBER_METRICS, ...LATENCY_KINDS.map(latencyMetric)];

/** The metric with this key, or undefined. */
export function metricOf(key: string): Metric | undefined {
  return METRICS.find((metric) => metric.key === key);
}

/** The column of a statistic of a metric: `latency_p99_ns`, `throughput_median_bytes_per_s`. */
export function statisticColumn({ key, column }: Pick<Metric, 'key' | 'column'>, statistic: string): string {
  return `${key}_${statistic}${column.slice(key.length)}`;
}
