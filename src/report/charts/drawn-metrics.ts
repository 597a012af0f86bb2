/** What charts of results show of a group of arms: its metrics, and the tail of its most important latency. */
import { LATENCY_KINDS, type LatencyKindRow } from '../../base/latency-kinds.js';
import { NUMBER_METRICS, type NumberMetric, type Unit } from '../../base/metrics.js';
import type { Drawn } from './axis-charts.js';
import type { ChartArm, ChartGroup } from './chart-arms.js';
import { type ArmLevel, levelOf, quantileLevelOf } from './levels.js';

/** Its id is `throughput` or `latency-p99`. */
export interface DrawnMetric extends Drawn {
  readonly unit: Unit;
  readonly better: 'higher' | 'lower';
  /** Of the metric, and the quantile if it is a distribution. */
  readonly key: string;
  readonly statistic: number | null;
  readonly of: (arm: ChartArm) => ArmLevel;
}

/** Returns what these arms have values of, the most important first. */
export function drawnMetrics({ arms, charted }: ChartGroup): DrawnMetric[] {
  const metrics = NUMBER_METRICS.filter(({ key }) => arms.some(({ summary }) => summary.numbers[key] !== null));
  const numbers = charted.numbers.flatMap((key) => metrics.find((metric) => metric.key === key) ?? []);
  const kind = charted.latencies.find((one) => arms.some(({ summary }) => summary.latencies.has(one)));
  return [...numbers.map(ofNumber), ...LATENCY_KINDS.filter((row) => row.kind === kind).map(ofTail)];
}

function ofNumber(metric: NumberMetric): DrawnMetric {
  const { key, label, unit, better } = metric;
  const what = 'The value of an arm is the median of its trials';
  return { id: key, label, unit, better, key, statistic: null, what, of: (arm) => levelOf(arm, metric) };
}

function ofTail({ kind, label }: LatencyKindRow): DrawnMetric {
  return {
    id: `${kind}-p99`,
    label: `${label} p99`,
    unit: 'ns',
    better: 'lower',
    key: kind,
    statistic: 0.99,
    what: 'The value of an arm is the 99th percentile of all its operations',
    of: (arm) => quantileLevelOf(arm, kind, 'p99Ns'),
  };
}
