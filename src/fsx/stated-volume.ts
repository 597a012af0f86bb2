/** States to the doctor's checks what AWS said about a target. */
import { existsSync } from 'node:fs';
import type { InstancePlace } from '../aws/instance-metadata.js';
import type { StatedFact } from '../doctor/facts.js';
import { LIMITS, MACHINE, MAINTENANCE, SETTINGS, STORAGE, SUBNETS, VOLUME } from '../doctor/volume-facts.js';
import { figureIn } from '../record/ceiling-figure.js';
import type { FileSystemRecord } from '../record/volume-record.js';
import { shippedCeilings } from './look-up-ceilings.js';
import { nextMaintenanceMs } from './maintenance.js';
import type { TargetVolume } from './target-volumes.js';

/** Exists on notebook instances and Studio ("Get notebook instance metadata", SageMaker AI developer guide). */
const SAGEMAKER_METADATA = '/opt/ml/metadata/resource-metadata.json';

/**
 * Returns the facts about a target.
 * @param found undefined: the target is no volume of FSx
 * @param place where this machine is
 */
export function statedVolume(found: TargetVolume | undefined, place: InstancePlace, nowMs: number): StatedFact[] {
  if (found === undefined) return [VOLUME.state(null)];
  if ('unknown' in found) return [VOLUME.missing(found.unknown)];
  const { answer } = found;
  const { fileSystem, svm, volume } = answer;
  const parts = [
    ...(volume === null ? [] : [SETTINGS.state(volume)]),
    // Without permission, only the ids are known.
    ...(svm?.lifecycle == null ? [] : [MACHINE.state(svm)]),
    ...(fileSystem?.lifecycle == null
      ? []
      : [statedLimits(answer.region, fileSystem), ...statedFileSystem(fileSystem, place, nowMs)]),
  ];
  return parts.length === 0 ? [VOLUME.missing(answer.problems.join('; '))] : [VOLUME.state(answer), ...parts];
}

function statedFileSystem(storage: FileSystemRecord, place: InstancePlace, nowMs: number): StatedFact[] {
  const startsMs = nextMaintenanceMs(storage.weeklyMaintenanceStart, nowMs);
  return [
    STORAGE.state(storage),
    startsMs === null
      ? MAINTENANCE.missing('AWS does not report a maintenance window')
      : MAINTENANCE.state({ startsAt: new Date(startsMs).toISOString(), startsInMs: startsMs - nowMs }),
    statedSubnets(storage, place),
  ];
}

function statedSubnets({ vpcId, preferredSubnetId }: FileSystemRecord, { networks }: InstancePlace): StatedFact {
  const mine = networks.filter((network) => network.vpcId === vpcId).map(({ subnetId }) => subnetId);
  if (mine.length > 0) return SUBNETS.state([...new Set(mine)]);
  const preferred = preferredSubnetId === null ? '' : `; the file system prefers ${preferredSubnetId}`;
  if (existsSync(SAGEMAKER_METADATA)) return SUBNETS.missing(`not reported on SageMaker${preferred}`);
  if (networks.length === 0) return SUBNETS.missing(`this machine does not report its subnet${preferred}`);
  return SUBNETS.missing(`this machine has no interface in ${vpcId ?? 'the VPC'}${preferred}`);
}

function statedLimits(region: string, fileSystem: FileSystemRecord): StatedFact {
  const ceilings = shippedCeilings({ region, fileSystem });
  if (ceilings === null) return LIMITS.missing('feedrate’s file of ceilings cannot be read');
  const disk = figureIn(ceilings.fileServer, ({ diskBytesPerSecond }) => diskBytesPerSecond);
  const rule = figureIn(ceilings.ssd, (row) => row);
  const { storageCapacityGiB: gib, iopsMode, iops } = fileSystem;
  const tib = gib === null ? null : gib / 1024;
  const perTiB = rule === null || rule === 'conflict' ? null : rule.value;
  const worth = iopsMode === 'USER_PROVISIONED' && iops !== null && perTiB !== null ? iops / perTiB.iopsPerTiB : tib;
  return LIMITS.state({
    disk: disk === null || disk === 'conflict' ? null : disk.value,
    ssdBytesPerSecond: perTiB === null || worth === null ? null : perTiB.bytesPerSecondPerTiB * worth,
    runMinutes: ceilings.bursts[0]?.runMinutes ?? null,
  });
}
