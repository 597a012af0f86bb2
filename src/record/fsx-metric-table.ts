/**
 * The CloudWatch metrics of Amazon FSx for NetApp ONTAP that feedrate fetches: one row each.
 *
 * Names, dimensions, statistics and units: docs.aws.amazon.com/fsx/latest/ONTAPGuide, volume-metrics, file-system-metrics
 * and so-file-system-metrics, read 2026-11-29. Which dimensions exist: Yoshiki0705/FSx-for-ONTAP-Adoption-Playbook,
 * `what-block-monitoring-shows.md`, list-metrics of a MULTI_AZ_2 file system, measured 2026-09-05. Balances every five
 * minutes, and none on the first generation: Yoshiki0705/S3-Burst-on-ONTAP-Files,
 * `throughput-capacity-burst-and-baseline.md`, measured 2026-09-20.
 */

/** 1: `SINGLE_AZ_1` and `MULTI_AZ_1`. 2: `SINGLE_AZ_2` and `MULTI_AZ_2`. */
export type FsxGeneration = 1 | 2;

/**
 * What a metric is measured of, which decides its dimensions besides FileSystemId. The first generation has no dimensions
 * for file servers and aggregates.
 */
export type MetricScope =
  /** `VolumeId` */
  | 'volume'
  /** `VolumeId`, `StorageTier`, `DataType` = All */
  | 'volume tier'
  | 'file system'
  /** `StorageTier`, `DataType` = All */
  | 'file system tier'
  /** `FileServer`; generation 1: none */
  | 'file server'
  /** `Aggregate`; generation 1: none */
  | 'aggregate';

export interface FsxMetric {
  readonly name: string;
  readonly scope: MetricScope;
  /**
   * Of utilisations the maximum: in the average, the standby server counts as 0. Of balances the minimum: the server that
   * has the least left is the one that slows down.
   */
  readonly statistic: 'Sum' | 'Maximum' | 'Minimum' | 'Average';
  readonly unit: 'bytes' | 'count' | 'seconds' | 'percent';
  readonly periodSeconds: 60 | 300;
  readonly generations: readonly FsxGeneration[];
}

const BOTH: readonly FsxGeneration[] = [1, 2];

const sum = (name: string, scope: MetricScope, unit: FsxMetric['unit']): FsxMetric => {
  return { name, scope, statistic: 'Sum', unit, periodSeconds: 60, generations: BOTH };
};
const utilisation = (name: string, scope: MetricScope): FsxMetric => {
  return { name, scope, statistic: 'Maximum', unit: 'percent', periodSeconds: 60, generations: BOTH };
};
const balance = (name: string): FsxMetric => {
  return { name, scope: 'file server', statistic: 'Minimum', unit: 'percent', periodSeconds: 300, generations: [2] };
};
const used = (scope: MetricScope): FsxMetric => {
  return { name: 'StorageUsed', scope, statistic: 'Average', unit: 'bytes', periodSeconds: 60, generations: BOTH };
};

export const FSX_METRICS: readonly FsxMetric[] = [
  sum('DataReadBytes', 'volume', 'bytes'),
  sum('DataWriteBytes', 'volume', 'bytes'),
  sum('DataReadOperations', 'volume', 'count'),
  sum('DataWriteOperations', 'volume', 'count'),
  sum('MetadataOperations', 'volume', 'count'),
  sum('DataReadOperationTime', 'volume', 'seconds'),
  sum('DataWriteOperationTime', 'volume', 'seconds'),
  sum('MetadataOperationTime', 'volume', 'seconds'),
  sum('CapacityPoolReadBytes', 'volume', 'bytes'),
  sum('CapacityPoolReadOperations', 'volume', 'count'),
  sum('CapacityPoolWriteBytes', 'volume', 'bytes'),
  sum('CapacityPoolWriteOperations', 'volume', 'count'),
  used('volume tier'),
  sum('DataReadBytes', 'file system', 'bytes'),
  sum('DataWriteBytes', 'file system', 'bytes'),
  utilisation('NetworkThroughputUtilization', 'file server'),
  utilisation('FileServerDiskThroughputUtilization', 'file server'),
  utilisation('FileServerDiskIopsUtilization', 'file server'),
  utilisation('CPUUtilization', 'file server'),
  balance('FileServerDiskThroughputBalance'),
  balance('FileServerDiskIopsBalance'),
  utilisation('DiskIopsUtilization', 'aggregate'),
  sum('DiskReadBytes', 'aggregate', 'bytes'),
  sum('DiskWriteBytes', 'aggregate', 'bytes'),
  used('file system tier'),
  utilisation('StorageCapacityUtilization', 'file system tier'),
];

/** The values of the dimension `StorageTier`. */
export const STORAGE_TIERS = ['SSD', 'StandardCapacityPool'] as const;

/** Returns the generation of a deployment type; null for one that feedrate does not know. */
export function generationOf(deploymentType: string | null): FsxGeneration | null {
  const [, digit] = /^(?:SINGLE|MULTI)_AZ_([12])$/.exec(deploymentType ?? '') ?? [];
  return digit === undefined ? null : (Number(digit) as FsxGeneration);
}
