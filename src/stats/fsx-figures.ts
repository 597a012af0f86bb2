/**
 * Joins CloudWatch's metrics to the trials of a run. CloudWatch has one value a period, so a period belongs to a trial only
 * if the trial was busy during all of it.
 */
import type { FsxMetric } from '../record/fsx-metric-table.js';
import type { FsxMetricsRecord, MetricSeries, MetricsTarget } from '../record/fsx-metrics-record.js';
import { belongs, seriesOf, type TrialSpan } from '../record/metric-periods.js';

/** The metrics of the trials of an arm. null: CloudWatch has no value of a period that belongs to them. */
export interface ArmFigures {
  readonly arm: string;
  readonly target: string;
  readonly trials: number;
  /** Trials that contain no whole minute, so that no value is theirs alone. */
  readonly trialsWithoutPeriod: number;
  /** Whole minutes, over all trials. */
  readonly periods: number;
  /** Highest value of any file server or aggregate, in per cent. Above 100: more than the baseline, as in a burst. */
  readonly networkPercent: number | null;
  readonly diskPercent: number | null;
  readonly diskIopsPercent: number | null;
  readonly cpuPercent: number | null;
  readonly ssdIopsPercent: number | null;
  /** Lowest burst balance, in per cent, also in periods that a trial touches. */
  readonly throughputBalancePercent: number | null;
  readonly iopsBalancePercent: number | null;
  /** Bytes read from SSD for each byte that clients read, over the whole file system. */
  readonly diskPerClientByte: number | null;
  /** The part of the file system's client bytes that is the volume's. Less than 1: other volumes were busy too. */
  readonly volumeShare: number | null;
  readonly poolReadOperations: number | null;
  readonly poolReadBytes: number | null;
  /** Mean latencies in the server. CloudWatch has no percentiles. */
  readonly readMeanNs: number | null;
  readonly writeMeanNs: number | null;
}

/** Returns the figures of each arm whose target has metrics, in the order of their first trials. */
export function fsxFigures(record: FsxMetricsRecord, spans: readonly TrialSpan[]): ArmFigures[] {
  const arms = [...new Set(spans.map(({ arm }) => arm))];
  return arms.flatMap((arm) => {
    const own = spans.filter((span) => span.arm === arm);
    const target = record.targets.find(({ name }) => name === own[0]?.target);
    return target === undefined ? [] : [figuresOf(arm, own, target, record.series)];
  });
}

function figuresOf(
  arm: string,
  spans: readonly TrialSpan[],
  target: MetricsTarget,
  all: readonly MetricSeries[],
): ArmFigures {
  const series = seriesOf(target, all);
  const minutes = Math.min(...series.map(({ periodSeconds }) => periodSeconds), 300);
  const whole = new Periods(series, spans, 'whole');
  const touched = new Periods(series, spans, 'touched');
  const wholePeriods = spans.map((span) => wholePeriodsIn(span, minutes));
  const meanNs = (kind: 'Read' | 'Write') => {
    const seconds = whole.ratio([`Data${kind}OperationTime`, 'volume'], [`Data${kind}Operations`, 'volume']);
    return seconds === null ? null : seconds * 1e9;
  };
  return {
    arm,
    target: target.name,
    trials: spans.length,
    trialsWithoutPeriod: wholePeriods.filter((count) => count === 0).length,
    periods: wholePeriods.reduce((sum, count) => sum + count, 0),
    networkPercent: whole.highest('NetworkThroughputUtilization'),
    diskPercent: whole.highest('FileServerDiskThroughputUtilization'),
    diskIopsPercent: whole.highest('FileServerDiskIopsUtilization'),
    cpuPercent: whole.highest('CPUUtilization'),
    ssdIopsPercent: whole.highest('DiskIopsUtilization'),
    throughputBalancePercent: touched.lowest('FileServerDiskThroughputBalance'),
    iopsBalancePercent: touched.lowest('FileServerDiskIopsBalance'),
    diskPerClientByte: whole.ratio(['DiskReadBytes', 'aggregate'], ['DataReadBytes', 'file system']),
    volumeShare: whole.ratio(['DataReadBytes', 'volume'], ['DataReadBytes', 'file system']),
    poolReadOperations: whole.sum('CapacityPoolReadOperations', 'volume'),
    poolReadBytes: whole.sum('CapacityPoolReadBytes', 'volume'),
    readMeanNs: meanNs('Read'),
    writeMeanNs: meanNs('Write'),
  };
}

/** Returns how many periods lie entirely in a trial. */
export function wholePeriodsIn({ startMs, endMs }: TrialSpan, periodSeconds: number): number {
  const first = Math.ceil(startMs / 1000 / periodSeconds);
  const last = Math.floor(endMs / 1000 / periodSeconds);
  return Math.max(0, last - first);
}

type Key = readonly [metric: string, scope: FsxMetric['scope']];

/** The values of the periods that belong to some trials. */
class Periods {
  readonly #series: readonly MetricSeries[];
  readonly #spans: readonly TrialSpan[];
  readonly #how: 'whole' | 'touched';

  constructor(series: readonly MetricSeries[], spans: readonly TrialSpan[], how: 'whole' | 'touched') {
    this.#series = series;
    this.#spans = spans;
    this.#how = how;
  }

  /** Returns the sum of a metric over its dimensions, by the start of the period. */
  #byStart([metric, scope]: Key): Map<number, number> {
    const sums = new Map<number, number>();
    for (const series of this.#series) {
      if (series.metric !== metric || series.scope !== scope) continue;
      for (const [start, value] of this.#points(series)) sums.set(start, (sums.get(start) ?? 0) + value);
    }
    return sums;
  }

  #points({ points, periodSeconds }: MetricSeries): (readonly [number, number])[] {
    return points.filter(([start]) => this.#spans.some((span) => belongs(span, start, periodSeconds, this.#how)));
  }

  #values(metric: string): number[] {
    return this.#series
      .filter((series) => series.metric === metric)
      .flatMap((series) => this.#points(series).map(([, value]) => value));
  }

  highest(metric: string): number | null {
    const values = this.#values(metric);
    return values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b));
  }

  lowest(metric: string): number | null {
    const values = this.#values(metric);
    return values.length === 0 ? null : values.reduce((a, b) => Math.min(a, b));
  }

  sum(...key: Key): number | null {
    const values = [...this.#byStart(key).values()];
    return values.length === 0 ? null : values.reduce((a, b) => a + b);
  }

  /** Σ / Σ over the periods that have both; null without any, and when the divisor is 0. */
  ratio(dividend: Key, divisor: Key): number | null {
    const [above, below] = [this.#byStart(dividend), this.#byStart(divisor)];
    const common = [...above.keys()].filter((start) => below.has(start));
    const total = (values: Map<number, number>) =>
      common.reduce((sum, start) => sum + (values.get(start) as number), 0);
    return total(below) > 0 ? total(above) / total(below) : null;
  }
}
