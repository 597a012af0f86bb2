/** The attributes of a volume of FSx for ONTAP, by which runs are compared. */
import type { VolumeRecord } from '../record/volume-record.js';

/**
 * Returns the attributes in natural order. What AWS did not report is left out. `fsx.throughput` and `fsx.iops` are the
 * settings of the whole file system.
 */
export function volumeAttributes({ fileSystem, svm, volume }: VolumeRecord): [string, string][] {
  const { haPairs, throughputCapacityPerHaPairMBps: each } = fileSystem;
  const throughput = each === null || haPairs === null ? null : `${each * haPairs}MBps`;
  const { tieringPolicy, coolingDays, storageEfficiency: efficiency, flexCache } = volume;
  const ssd = fileSystem.storageCapacityGiB;
  const all: [string, string | number | null][] = [
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
    ['fsx.svm', svm.id],
    ['fsx.filesystem', fileSystem.id],
  ];
  return all.flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, String(value)]]));
}

/** Attributes whose differences between two runs are told. The others are names, or follow from these. */
const TOLD: ReadonlySet<string> = new Set([
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

/** Returns the attributes that make a difference between two runs, by name. */
export function tellingAttributes(volume: VolumeRecord): Map<string, string> {
  return new Map(volumeAttributes(volume).filter(([name]) => TOLD.has(name)));
}
