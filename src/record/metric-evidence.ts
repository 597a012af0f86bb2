/** What CloudWatch measured of the volumes of a run, as evidence of where their data was. */
import type { FsxMetricsRecord, MetricSeries } from './fsx-metrics-record.js';
import { belongs, seriesOf, spanOfTrial, type TrialSpan } from './metric-periods.js';
import type { PoolTraffic, TierFootprint } from './residency-record.js';
import type { RunRecord, TargetEnvironment } from './run-record.js';
import { residencyOf } from './tier-residency.js';
import type { TrialRecord } from './trial-record.js';

/**
 * Returns the run with the residency of each target judged with the metrics as well. A target keeps what was recorded when
 * the metrics have nothing of its volume, or when the run does not say what it was judged from.
 */
export function withMetricEvidence(
  run: RunRecord,
  trials: readonly TrialRecord[],
  metrics: FsxMetricsRecord,
): RunRecord {
  const targets = run.environment.targets.map((target) => judged(target, trials, metrics));
  return { ...run, environment: { ...run.environment, targets } };
}

function judged(
  target: TargetEnvironment,
  trials: readonly TrialRecord[],
  metrics: FsxMetricsRecord,
): TargetEnvironment {
  const facts = target.residency?.facts;
  const place = metrics.targets.find(({ name }) => name === target.name);
  const spans = trials.filter((trial) => trial.target === target.name).flatMap((trial) => spanOfTrial(trial) ?? []);
  if (facts === undefined || place === undefined || place.volumeId === null || spans.length === 0) return target;
  const series = seriesOf(place, metrics.series);
  const residency = residencyOf({
    ...facts,
    footprint: footprintAt(series, Math.max(...spans.map(({ endMs }) => endMs))) ?? facts.footprint,
    poolTraffic: trafficOf(series, spans),
    ssdUsedPart: ssdUsedPart(series, spans) ?? facts.ssdUsedPart,
  });
  return { ...target, residency };
}

/** Returns the bytes of the volume in each tier in the last period that began before this time. */
function footprintAt(series: readonly MetricSeries[], beforeMs: number): TierFootprint | null {
  const bytesIn = (tier: string) => {
    const own = series.find(
      ({ metric, scope, dimensions }) =>
        metric === 'StorageUsed' && scope === 'volume tier' && dimensions['StorageTier'] === tier,
    );
    return own?.points.findLast(([start]) => start * 1000 < beforeMs)?.[1] ?? null;
  };
  const [ssdBytes, poolBytes] = [bytesIn('SSD'), bytesIn('StandardCapacityPool')];
  return ssdBytes === null || poolBytes === null ? null : { source: 'CloudWatch StorageUsed', ssdBytes, poolBytes };
}

type ValuesByStart = ReadonlyMap<number, number>;

/**
 * Returns the traffic of the periods in which the volume was measured. An absent value is not 0: reads that were counted
 * show something, but where no read was counted, every period must have been. null: nothing can be said.
 */
function trafficOf(series: readonly MetricSeries[], spans: readonly TrialSpan[]): PoolTraffic | null {
  const reads = series.find((each) => each.metric === 'CapacityPoolReadOperations' && each.scope === 'volume');
  if (reads === undefined) return null;
  const counted = touchedBy(spans, reads);
  const others = ['CapacityPoolReadBytes', 'CapacityPoolWriteOperations', 'DataReadBytes'].map(
    (metric): ValuesByStart => {
      const own = series.find((each) => each.metric === metric && each.scope === 'volume');
      return own === undefined ? new Map() : touchedBy(spans, own);
    },
  );
  const [readBytes, writes, clientBytes] = others as [ValuesByStart, ValuesByStart, ValuesByStart];
  const starts = [...counted.keys()].filter((start) => others.every((values) => values.has(start)));
  const sum = (values: ValuesByStart) => starts.reduce((total, start) => total + (values.get(start) as number), 0);
  const [readOperations, clientReadBytes] = [sum(counted), sum(clientBytes)];
  const isWhole = periodsOf(spans, reads.periodSeconds).every((start) => starts.includes(start));
  if (clientReadBytes === 0 || (readOperations === 0 && !isWhole)) return null;
  return { readOperations, readBytes: sum(readBytes), writeOperations: sum(writes), clientReadBytes };
}

/** Returns the highest used part of the file system's SSD storage in the periods of the spans, 0 to 1. */
function ssdUsedPart(series: readonly MetricSeries[], spans: readonly TrialSpan[]): number | null {
  const own = series.find(
    ({ metric, dimensions }) => metric === 'StorageCapacityUtilization' && dimensions['StorageTier'] === 'SSD',
  );
  const percents = own === undefined ? [] : [...touchedBy(spans, own).values()];
  return percents.length === 0 ? null : Math.max(...percents) / 100;
}

/** Returns the values of the periods that a span touches, by their starts. */
function touchedBy(spans: readonly TrialSpan[], { points, periodSeconds }: MetricSeries): ValuesByStart {
  return new Map(points.filter(([start]) => spans.some((span) => belongs(span, start, periodSeconds, 'touched'))));
}

/** Returns the starts of the periods that the spans touch, in seconds since 1970. */
function periodsOf(spans: readonly TrialSpan[], periodSeconds: number): number[] {
  return spans.flatMap(({ startMs, endMs }) => {
    const first = Math.floor(startMs / 1000 / periodSeconds);
    const count = Math.ceil(endMs / 1000 / periodSeconds) - first;
    return Array.from({ length: count }, (_, index) => (first + index) * periodSeconds);
  });
}
