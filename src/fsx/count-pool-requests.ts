/** Asks CloudWatch for one volume's traffic with the capacity pool, and for its bytes in each tier. */
import { STORAGE_TIERS } from '../record/fsx-metric-table.js';
import type { MetricSeries } from '../record/fsx-metrics-record.js';
import { POOL_METRICS, type PoolRequests, poolRequestsIn } from '../record/pool-requests.js';
import type { MetricQuery, MetricsApi } from './cloudwatch.js';
import { keptPeriodSeconds } from './metric-queries.js';
import { allPages, type MetricsWindow } from './metrics-fetch.js';
import { isCompleteFor, SETTLED_MS } from './run-metrics.js';

export interface VolumePlace {
  readonly fileSystemId: string;
  readonly volumeId: string;
}

export interface CountedRequests extends PoolRequests {
  /** Whether nothing of that time is still to come. CloudWatch gets its values some minutes late. */
  readonly isComplete: boolean;
}

/** A longer time is asked for in periods of five minutes, so that an answer has a few pages at most. */
const FINE_MS = 86_400_000;

/** Returns the requests of a time. Throws `FeedrateError('cloud')` when CloudWatch refuses or does not answer. */
export async function countPoolRequests(
  api: MetricsApi,
  place: VolumePlace,
  startMs: number,
  endMs: number,
  nowMs: number,
): Promise<CountedRequests> {
  const kept = keptPeriodSeconds((nowMs - startMs) / 1000) ?? 3600;
  const periodSeconds = Math.max(kept, endMs - startMs > FINE_MS ? 300 : 60);
  const queries = Object.values(POOL_METRICS).map((name): MetricQuery => {
    return { name, statistic: 'Sum', periodSeconds, dimensions: dimensionsOf(place) };
  });
  const series = await seriesFrom(api, queries, {
    startSeconds: Math.floor(startMs / 1000 / periodSeconds) * periodSeconds,
    endSeconds: Math.ceil(endMs / 1000 / periodSeconds) * periodSeconds,
  });
  const ends = series.flatMap(({ points }) => points.map(([start]) => (start + periodSeconds) * 1000));
  const completeUntil = ends.length === 0 ? null : new Date(Math.max(...ends) - SETTLED_MS).toISOString();
  const isComplete = isCompleteFor({ completeUntil, fetchedAt: new Date(nowMs).toISOString() }, endMs);
  return { ...poolRequestsIn(series, startMs, endMs), isComplete };
}

function dimensionsOf({ fileSystemId, volumeId }: VolumePlace): Record<string, string> {
  return { FileSystemId: fileSystemId, VolumeId: volumeId };
}

/** What CloudWatch returns of a time: how far back a footprint is looked for. Its values are some minutes late. */
const FOOTPRINT_MS = 20 * 60_000;

/** Returns `StorageUsed` of the volume by tier in the last minutes, or of one tier, or of none. Throws as above. */
export function storageUsed(api: MetricsApi, place: VolumePlace, nowMs: number): Promise<MetricSeries[]> {
  const queries = STORAGE_TIERS.map((StorageTier): MetricQuery => {
    const dimensions = { ...dimensionsOf(place), StorageTier, DataType: 'All' };
    return { name: 'StorageUsed', statistic: 'Average', periodSeconds: 60, dimensions };
  });
  const minute = (ms: number) => Math.floor(ms / 60_000) * 60;
  return seriesFrom(api, queries, { startSeconds: minute(nowMs - FOOTPRINT_MS), endSeconds: minute(nowMs) });
}

async function seriesFrom(
  api: MetricsApi,
  queries: readonly MetricQuery[],
  window: MetricsWindow,
): Promise<MetricSeries[]> {
  const values = await allPages((next) => api.data(queries, window, next));
  return queries.map(({ name, dimensions, periodSeconds, statistic }, index) => {
    const points = values.flatMap((each) => (each.index === index ? each.points : [])).sort(([a], [b]) => a - b);
    const isStorage = statistic === 'Average';
    return {
      metric: name,
      scope: isStorage ? 'volume tier' : 'volume',
      statistic: isStorage ? 'Average' : 'Sum',
      unit: isStorage || name.endsWith('Bytes') ? 'bytes' : 'count',
      periodSeconds,
      dimensions,
      points,
    };
  });
}
