/** The volume of FSx for ONTAP behind a target, as a line of a run's header. */
import type { TargetEnvironment } from '../../record/run-record.js';
import { volumeAttributes } from '../../record/volume-attributes.js';
import type { StorageRecord, VolumeRecord } from '../../record/volume-record.js';

/**
 * Returns what AWS said about the target's volume, what it did not say, and where the data was. Empty for other targets.
 */
export function volumeLines({ name, volume, storage, volumeUnknown, residency }: TargetEnvironment): string[] {
  return [
    ...(storage === undefined ? [] : [`file system of ${name}: ${storageText(storage)}`]),
    ...(volume === undefined ? [] : [`volume of ${name}: ${volumeText(volume)}`]),
    ...(volumeUnknown === undefined ? [] : [`volume of ${name}: not fully known: ${volumeUnknown}`]),
    ...(residency === undefined ? [] : [`data of ${name}: ${[residency.residency, ...residency.evidence].join('; ')}`]),
  ];
}

function storageText(record: StorageRecord): string {
  const { fileSystem, svm } = record;
  const server = svm === null ? null : `${svm.id}${svm.name === null ? '' : ` (${svm.name})`}`;
  return [fileSystem.id, server, ...fileSystemParts(record)].filter((text) => text !== null).join(', ');
}

/** The settings of the file system, and what changes them now. */
function fileSystemParts(record: StorageRecord | VolumeRecord): (string | null)[] {
  const of = new Map(volumeAttributes(record));
  const part = (label: string, attribute: string) => {
    const value = of.get(attribute);
    return value === undefined ? null : `${label} ${value}`;
  };
  return [
    record.fileSystem.deploymentType,
    part('throughput capacity', 'fsx.throughput'),
    part('SSD', 'fsx.ssd'),
    part('IOPS', 'fsx.iops'),
    ...record.fileSystem.pendingActions.map(({ type, status }) => `${type} ${status}`),
  ];
}

const STYLES = { FLEXVOL: 'FlexVol', FLEXGROUP: 'FlexGroup' } as const;

function volumeText(record: VolumeRecord): string {
  const { fileSystem, volume } = record;
  const efficiency = new Map(volumeAttributes(record)).get('fsx.efficiency');
  const cooling = volume.coolingDays === null ? '' : ` after ${volume.coolingDays} days`;
  const flexCache = volume.flexCache === null || volume.flexCache === 'NONE' ? null : `FlexCache ${volume.flexCache}`;
  return [
    `${volume.id}${volume.name === null ? '' : ` (${volume.name})`} on ${fileSystem.id}`,
    volume.style === null ? null : STYLES[volume.style],
    volume.tieringPolicy === null ? null : `tiering ${volume.tieringPolicy}${cooling}`,
    efficiency === undefined ? null : `efficiency ${efficiency}`,
    flexCache,
    ...fileSystemParts(record),
  ]
    .filter((text) => text !== null)
    .join(', ');
}
