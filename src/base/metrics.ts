/** The unit that a metric is stored in. Only `report/` scales it for people. */
export type Unit = 'bytes/s' | 'ops/s' | 'ns' | 'bytes' | 'ratio' | 'count' | 'ns/op';

export interface Metric {
  readonly key: string;
  /** For people: table heads, messages. */
  readonly label: string;
  readonly unit: Unit;
  readonly better: 'higher' | 'lower';
  /** Column name in CSV files, with its unit. */
  readonly column: string;
  /** A distribution (`p99(latency)`) rather than one number (`throughput`). */
  readonly distribution: boolean;
}

const latency = (key: string, label: string): Metric => ({
  key,
  label,
  unit: 'ns',
  better: 'lower',
  column: `${key}_ns`,
  distribution: true,
});

/** Every metric of a trial: the one place that knows a metric's unit, direction and names. */
export const METRICS: readonly Metric[] = [
  {
    key: 'throughput',
    label: 'throughput',
    unit: 'bytes/s',
    better: 'higher',
    column: 'throughput_bytes_per_s',
    distribution: false,
  },
  { key: 'iops', label: 'IOPS', unit: 'ops/s', better: 'higher', column: 'iops', distribution: false },
  { key: 'cpu', label: 'CPU per I/O', unit: 'ns/op', better: 'lower', column: 'cpu_ns_per_op', distribution: false },
  latency('latency', 'latency'),
  latency('clat', 'completion latency'),
  latency('slat', 'submission latency'),
  latency('read', 'read latency'),
  latency('write', 'write latency'),
  latency('open', 'open'),
  latency('close', 'close'),
  latency('fsync', 'fsync'),
  latency('rename', 'rename'),
  latency('dirsync', 'directory fsync'),
  latency('checkpoint', 'checkpoint'),
];

/** The metric with this key, or undefined. */
export function metricOf(key: string): Metric | undefined {
  return METRICS.find((metric) => metric.key === key);
}
