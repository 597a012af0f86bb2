/** What CloudWatch measured around a run: the content of `fsx-metrics.json`. */
import { FSX_METRICS, type FsxGeneration, type FsxMetric } from './fsx-metric-table.js';
import { JsonReader } from './json-reader.js';

export const METRICS_VERSION = 1;

export interface FsxMetricsRecord {
  readonly metricsVersion: number;
  /** Times are ISO 8601, UTC. */
  readonly fetchedAt: string;
  /** The time that was asked for: the run and some minutes around it. */
  readonly startAt: string;
  readonly endAt: string;
  /** CloudWatch gets metrics some minutes late. Before this time, what is absent was not published. null: nothing came. */
  readonly completeUntil: string | null;
  readonly targets: readonly MetricsTarget[];
  /** Only series with at least one point. An absent point is not 0. */
  readonly series: readonly MetricSeries[];
  /** One line for each part that could not be fetched, with the reason. */
  readonly problems: readonly string[];
}

/** The volume behind a target of the run. */
export interface MetricsTarget {
  readonly name: string;
  readonly region: string;
  readonly fileSystemId: string;
  readonly volumeId: string | null;
  readonly deploymentType: string | null;
  readonly generation: FsxGeneration | null;
}

export interface MetricSeries {
  readonly metric: string;
  readonly scope: FsxMetric['scope'];
  readonly statistic: FsxMetric['statistic'];
  readonly unit: FsxMetric['unit'];
  /** Longer than the metric's own for an old run, of which CloudWatch keeps only longer periods. */
  readonly periodSeconds: number;
  readonly dimensions: Readonly<Record<string, string>>;
  /** The start of each period in seconds since 1970, ascending, and its value in the metric's unit. */
  readonly points: readonly (readonly [startSeconds: number, value: number])[];
}

export function encodeFsxMetrics(record: FsxMetricsRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Returns the record in a `fsx-metrics.json`. Throws `FeedrateError('store')` if it is damaged or of another version. */
export function decodeFsxMetrics(text: string, where: string): FsxMetricsRecord {
  const record = JsonReader.parse(text, where);
  record.at('metricsVersion').version(METRICS_VERSION);
  for (const key of ['fetchedAt', 'startAt', 'endAt']) checkTime(record.at(key));
  if (record.at('completeUntil').value !== null) checkTime(record.at('completeUntil'));
  for (const target of record.at('targets').list()) {
    for (const key of ['name', 'region', 'fileSystemId']) target.at(key).text();
    for (const key of ['volumeId', 'deploymentType']) target.at(key).textOrNull();
    target.at('generation').numberOrNull();
  }
  for (const series of record.at('series').list()) {
    series.at('metric').text();
    series.at('scope').oneOf(FSX_METRICS.map(({ scope }) => scope));
    series.at('statistic').oneOf(FSX_METRICS.map(({ statistic }) => statistic));
    series.at('unit').oneOf(FSX_METRICS.map(({ unit }) => unit));
    if (!(series.at('periodSeconds').number() > 0)) series.at('periodSeconds').fail('a positive number');
    for (const name of Object.keys(series.at('dimensions').object())) series.at('dimensions').at(name).text();
    for (const point of series.at('points').list()) if (point.list().length !== 2) point.fail('a time and a value');
    for (const point of series.at('points').list()) for (const part of point.list()) part.number();
  }
  for (const problem of record.at('problems').list()) problem.text();
  return record.value as FsxMetricsRecord;
}

function checkTime(time: JsonReader): void {
  if (Number.isNaN(Date.parse(time.text()))) time.fail('a time');
}
