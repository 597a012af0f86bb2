/** Fetches the metrics of file systems around a time from CloudWatch. */
import { FeedrateError } from '../base/errors.js';
import type { MetricSeries } from '../record/fsx-metrics-record.js';
import type { ListedMetric, MetricsApi, MetricsPage, QueryValues } from './cloudwatch.js';
import { keptPeriodSeconds, type MetricSource, type PlannedQuery, partsOf, queriesOf } from './metric-queries.js';

/** GetMetricData's limit (API reference of CloudWatch, read 2026-11-29). */
const MOST_QUERIES = 500;
/** The start and the end of a window lie on a multiple of the longest period of the table. */
const LONGEST_PERIOD_SECONDS = 300;

/** Times in seconds since 1970. */
export interface MetricsWindow {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

export interface FetchedMetrics {
  readonly series: readonly MetricSeries[];
  /** The end of the newest period that has a value for every file system; null when one of them has none. */
  readonly newestSeconds: number | null;
  readonly problems: readonly string[];
}

/** Returns the window around a run: the periods that it touches, one more before it, and one after it. */
export function windowAround(startMs: number, endMs: number): MetricsWindow {
  const periods = (ms: number) => ms / 1000 / LONGEST_PERIOD_SECONDS;
  return {
    startSeconds: (Math.floor(periods(startMs)) - 1) * LONGEST_PERIOD_SECONDS,
    endSeconds: (Math.ceil(periods(endMs)) + 1) * LONGEST_PERIOD_SECONDS,
  };
}

/**
 * Fetches every metric of the table for these file systems, all of the region of the API.
 * @param nowMs decides which periods CloudWatch still keeps
 * @throws FeedrateError `cloud` when CloudWatch refuses, or keeps nothing of that time any more
 */
export async function fetchMetrics(
  api: MetricsApi,
  sources: readonly MetricSource[],
  window: MetricsWindow,
  nowMs: number,
): Promise<FetchedMetrics> {
  const least = keptPeriodSeconds(nowMs / 1000 - window.startSeconds);
  if (least === null)
    throw new FeedrateError('cloud', 'CloudWatch keeps metrics for 455 days only, and the run is older');
  const problems: string[] = [];
  const planned: PlannedQuery[] = [];
  for (const source of sources) {
    const listed = await listedMetrics(api, source, problems);
    planned.push(...queriesOf(source, partsOf(source, listed), least));
  }
  const points = await pointsOf(api, planned, window, problems);
  const series = planned.flatMap(({ metric, name, dimensions, periodSeconds }, index): MetricSeries[] => {
    const found = points[index] as Map<number, number>;
    if (found.size === 0) return [];
    const sorted = [...found].sort(([a], [b]) => a - b);
    const { scope, statistic, unit } = metric;
    return [{ metric: name, scope, statistic, unit, periodSeconds, dimensions, points: sorted }];
  });
  if (least > 60) problems.push(`the run is so old that CloudWatch keeps periods of ${least / 60} minutes only`);
  return { series, newestSeconds: newestOf(sources, series), problems };
}

/** Without the permission to list, the parts of a file system follow from its HA pairs. */
async function listedMetrics(api: MetricsApi, source: MetricSource, problems: string[]): Promise<ListedMetric[]> {
  try {
    return await allPages((next) => api.list(source.fileSystemId, next));
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    problems.push(`${thrown.message} (used the file servers and aggregates that such a file system has)`);
    return [];
  }
}

/** Returns the points of each query. A query may have points on several pages. */
async function pointsOf(
  api: MetricsApi,
  planned: readonly PlannedQuery[],
  window: MetricsWindow,
  problems: string[],
): Promise<Map<number, number>[]> {
  const points = planned.map(() => new Map<number, number>());
  const said = new Set<string>();
  for (let first = 0; first < planned.length; first += MOST_QUERIES) {
    const part = planned.slice(first, first + MOST_QUERIES);
    const values: QueryValues[] = await allPages((next) => api.data(part, window, next));
    for (const { index, points: found, messages } of values) {
      for (const [start, value] of found) points[first + index]?.set(start, value);
      for (const message of messages) said.add(`${part[index]?.name}: ${message}`);
    }
  }
  problems.push(...said);
  return points;
}

/** Returns the items of all pages. Throws `FeedrateError('cloud')` when the pages never end. */
export async function allPages<Item>(ask: (next: string | null) => Promise<MetricsPage<Item>>): Promise<Item[]> {
  const all: Item[] = [];
  const seen = new Set<string>();
  for (let next: string | null = null; ; ) {
    const page: MetricsPage<Item> = await ask(next);
    all.push(...page.items);
    next = page.next;
    if (next === null) return all;
    if (seen.has(next)) throw new FeedrateError('cloud', 'CloudWatch: the pages of an answer never end');
    seen.add(next);
  }
}

function newestOf(sources: readonly MetricSource[], series: readonly MetricSeries[]): number | null {
  const ends = sources.map(({ fileSystemId }) => {
    const own = series.filter(({ dimensions }) => dimensions['FileSystemId'] === fileSystemId);
    const shortest = Math.min(...own.map(({ periodSeconds }) => periodSeconds));
    const starts = own.flatMap(({ points, periodSeconds }) =>
      periodSeconds === shortest ? (points.at(-1)?.[0] ?? []) : [],
    );
    return Math.max(...starts) + shortest;
  });
  const newest = Math.min(...ends);
  return Number.isFinite(newest) ? newest : null;
}
