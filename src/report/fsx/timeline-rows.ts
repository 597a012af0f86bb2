/** The metrics that are shown over time, one row each. */
import type { FsxMetric } from '../../record/fsx-metric-table.js';
import type { MetricSeries } from '../../record/fsx-metrics-record.js';

export interface TimelineRow {
  readonly label: string;
  readonly metric: string;
  readonly scope: FsxMetric['scope'];
  /** Of the dimension `StorageTier`. */
  readonly tier?: 'SSD' | 'StandardCapacityPool';
  /** How the values of one column are combined, over dimensions and time. */
  readonly combine: 'max' | 'min' | 'sum' | 'last';
  /** The chart that it is on, in `report/fsx/metrics-charts.ts`. */
  readonly chart: 'load' | 'credits' | 'ratio' | 'traffic' | 'requests' | 'stored';
  /** What is divided by: another metric over the same periods. */
  readonly per?: readonly [metric: string, scope: FsxMetric['scope']];
}

export const TIMELINE_ROWS: readonly TimelineRow[] = [
  { label: 'network', metric: 'NetworkThroughputUtilization', scope: 'file server', combine: 'max', chart: 'load' },
  {
    label: 'disk throughput',
    metric: 'FileServerDiskThroughputUtilization',
    scope: 'file server',
    combine: 'max',
    chart: 'load',
  },
  {
    label: 'server IOPS',
    metric: 'FileServerDiskIopsUtilization',
    scope: 'file server',
    combine: 'max',
    chart: 'load',
  },
  { label: 'SSD IOPS', metric: 'DiskIopsUtilization', scope: 'aggregate', combine: 'max', chart: 'load' },
  { label: 'CPU', metric: 'CPUUtilization', scope: 'file server', combine: 'max', chart: 'load' },
  {
    label: 'burst left',
    metric: 'FileServerDiskThroughputBalance',
    scope: 'file server',
    combine: 'min',
    chart: 'credits',
  },
  {
    label: 'IOPS burst left',
    metric: 'FileServerDiskIopsBalance',
    scope: 'file server',
    combine: 'min',
    chart: 'credits',
  },
  {
    label: 'disk ÷ client',
    metric: 'DiskReadBytes',
    scope: 'aggregate',
    combine: 'sum',
    chart: 'ratio',
    per: ['DataReadBytes', 'file system'],
  },
  { label: 'client reads', metric: 'DataReadBytes', scope: 'volume', combine: 'sum', chart: 'traffic' },
  { label: 'client writes', metric: 'DataWriteBytes', scope: 'volume', combine: 'sum', chart: 'traffic' },
  { label: 'pool requests', metric: 'CapacityPoolReadOperations', scope: 'volume', combine: 'sum', chart: 'requests' },
  { label: 'pool reads', metric: 'CapacityPoolReadBytes', scope: 'volume', combine: 'sum', chart: 'traffic' },
  {
    label: 'volume on SSD',
    metric: 'StorageUsed',
    scope: 'volume tier',
    tier: 'SSD',
    combine: 'last',
    chart: 'stored',
  },
  {
    label: 'volume in pool',
    metric: 'StorageUsed',
    scope: 'volume tier',
    tier: 'StandardCapacityPool',
    combine: 'last',
    chart: 'stored',
  },
  {
    label: 'SSD full',
    metric: 'StorageCapacityUtilization',
    scope: 'file system tier',
    tier: 'SSD',
    combine: 'last',
    chart: 'load',
  },
];

/** Returns the series of a row. */
export function ofRow(
  { metric, scope, tier }: Pick<TimelineRow, 'metric' | 'scope' | 'tier'>,
  series: readonly MetricSeries[],
): MetricSeries[] {
  return series.filter(
    (one) =>
      one.metric === metric && one.scope === scope && (tier === undefined || one.dimensions['StorageTier'] === tier),
  );
}
