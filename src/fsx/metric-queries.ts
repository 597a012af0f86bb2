/** Which queries the metric table makes for a file system. */
import { FSX_METRICS, type FsxGeneration, type FsxMetric, STORAGE_TIERS } from '../record/fsx-metric-table.js';
import type { ListedMetric, MetricQuery } from './cloudwatch.js';

/** A file system, as far as it is known. */
export interface MetricSource {
  readonly region: string;
  readonly fileSystemId: string;
  readonly volumeIds: readonly string[];
  /** null: not known, unless CloudWatch lists a file server. */
  readonly generation: FsxGeneration | null;
  readonly haPairs: number | null;
}

/** A query, and the row of the table that it is for. */
export interface PlannedQuery extends MetricQuery {
  readonly metric: FsxMetric;
}

/** The parts of a file system that have metrics of their own; empty on the first generation. */
export interface FileSystemParts {
  readonly servers: readonly string[];
  readonly aggregates: readonly string[];
}

/**
 * Returns the file servers and aggregates: those that CloudWatch lists, otherwise those that this many HA pairs have. Two
 * file servers and one aggregate belong to a pair (docs.aws.amazon.com/fsx/latest/ONTAPGuide, so-file-system-metrics and
 * HA-pairs, read 2026-11-29).
 */
export function partsOf(
  { fileSystemId, generation, haPairs }: MetricSource,
  listed: readonly ListedMetric[],
): FileSystemParts {
  const namesOf = (dimension: string) =>
    [...new Set(listed.flatMap(({ dimensions }) => dimensions[dimension] ?? []))].sort();
  const parts = { servers: namesOf('FileServer'), aggregates: namesOf('Aggregate') };
  if (parts.servers.length > 0 || generation !== 2) return parts;
  const pairs = haPairs ?? 1;
  const digits = (index: number) => String(index + 1).padStart(2, '0');
  const node = fileSystemId.replace(/^fs-/, 'FsxId');
  return {
    servers: Array.from({ length: 2 * pairs }, (_, index) => `${node}-${digits(index)}`),
    aggregates: Array.from({ length: pairs }, (_, index) => `aggr${index + 1}`),
  };
}

/**
 * CloudWatch keeps one-minute periods for 15 days, five-minute periods for 63 days and hours for 455 days
 * (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html, read 2026-11-29).
 */
const KEPT: readonly (readonly [ageSeconds: number, periodSeconds: number])[] = [
  [15 * 86_400, 60],
  [63 * 86_400, 300],
  [455 * 86_400, 3600],
];

/** Returns the shortest period that is kept at this age, or null when nothing is. */
export function keptPeriodSeconds(ageSeconds: number): number | null {
  return KEPT.find(([limit]) => ageSeconds < limit)?.[1] ?? null;
}

/** Returns the queries for a file system and its volumes. No period is shorter than `leastPeriodSeconds`. */
export function queriesOf(
  source: MetricSource,
  { servers, aggregates }: FileSystemParts,
  leastPeriodSeconds: number,
): PlannedQuery[] {
  const generation = servers.length > 0 ? 2 : source.generation;
  return FSX_METRICS.filter(({ generations }) => generation === null || generations.includes(generation)).flatMap(
    (metric) =>
      dimensionsOf(metric.scope, source.volumeIds, servers, aggregates).map((others) => ({
        metric,
        name: metric.name,
        statistic: metric.statistic,
        periodSeconds: Math.max(metric.periodSeconds, leastPeriodSeconds),
        dimensions: { FileSystemId: source.fileSystemId, ...others },
      })),
  );
}

type Dimensions = Readonly<Record<string, string>>;

function dimensionsOf(
  scope: FsxMetric['scope'],
  volumeIds: readonly string[],
  servers: readonly string[],
  aggregates: readonly string[],
): Dimensions[] {
  const tiers = STORAGE_TIERS.map((StorageTier) => ({ StorageTier, DataType: 'All' }));
  const orWhole = (parts: readonly Dimensions[]): Dimensions[] => (parts.length === 0 ? [{}] : [...parts]);
  switch (scope) {
    case 'volume':
      return volumeIds.map((VolumeId) => ({ VolumeId }));
    case 'volume tier':
      return volumeIds.flatMap((VolumeId) => tiers.map((tier) => ({ VolumeId, ...tier })));
    case 'file system':
      return [{}];
    case 'file system tier':
      return tiers;
    case 'file server':
      return orWhole(servers.map((FileServer) => ({ FileServer })));
    case 'aggregate':
      return orWhole(aggregates.map((Aggregate) => ({ Aggregate })));
  }
}
