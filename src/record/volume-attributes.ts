/** The attributes of a volume of FSx for ONTAP, by which runs are compared. */
import type { StorageRecord, VolumeRecord } from './volume-record.js';

/**
 * Returns the attributes in natural order. What AWS did not report is left out. `fsx.throughput` and `fsx.iops` are the
 * settings of the whole file system, which are also known without the volume.
 */
export function volumeAttributes(record: VolumeRecord | StorageRecord): [string, string][] {
  const { fileSystem, svm } = record;
  const volume: Partial<VolumeRecord['volume']> = 'volume' in record ? record.volume : {};
  const { haPairs, throughputCapacityPerHaPairMBps: each } = fileSystem;
  const throughput = each === null || haPairs === null ? null : `${each * haPairs}MBps`;
  const { tieringPolicy, coolingDays = null, storageEfficiency: efficiency = null, flexCache } = volume;
  const ssd = fileSystem.storageCapacityGiB;
  const all: [string, string | number | null | undefined][] = [
    ['fsx.tiering', tieringPolicy],
    ['fsx.cooling', coolingDays === null ? null : `${coolingDays}d`],
    ['fsx.throughput', throughput],
    ['fsx.deployment', fileSystem.deploymentType],
    ['fsx.pairs', haPairs],
    ['fsx.iops', fileSystem.iops],
    ['fsx.iops-mode', fileSystem.iopsMode],
    ['fsx.ssd', ssd === null ? null : `${ssd}GiB`],
    ['fsx.efficiency', efficiency === null ? null : efficiency ? 'on' : 'off'],
    ['fsx.style', volume.style],
    ['fsx.flexcache', flexCache],
    ['fsx.snapshots', volume.snapshotPolicy],
    ['fsx.volume', volume.id],
    ['fsx.svm', svm?.id],
    ['fsx.filesystem', fileSystem.id],
  ];
  return all.flatMap(([name, value]): [string, string][] => (value == null ? [] : [[name, String(value)]]));
}

/** Attributes whose differences between two sides are told. The others are names, or follow from these. */
export const TELLING_ATTRIBUTES: ReadonlySet<string> = new Set([
  'fsx.tiering',
  'fsx.cooling',
  'fsx.throughput',
  'fsx.deployment',
  'fsx.pairs',
  'fsx.iops',
  'fsx.ssd',
  'fsx.efficiency',
  'fsx.style',
  'fsx.flexcache',
  'fsx.volume',
]);

/** Returns the attributes whose differences are told, by name. */
export function tellingAttributes(volume: VolumeRecord): Map<string, string> {
  return new Map(volumeAttributes(volume).filter(([name]) => TELLING_ATTRIBUTES.has(name)));
}
