/** Turns what the FSx API answers into records. A field that the service left out is null. */
import type { AdministrativeAction, FileSystem, StorageVirtualMachine, Volume } from '@aws-sdk/client-fsx';
import {
  type FileSystemRecord,
  type OntapVolumeRecord,
  type PendingAction,
  type SvmRecord,
  TIERING_POLICIES,
} from '../record/volume-record.js';

const MIB = 2 ** 20;

/** Statuses of an administrative action that is over. All others are pending. */
const OVER: ReadonlySet<string | undefined> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', undefined]);

export function fileSystemRecordOf(fileSystem: FileSystem): FileSystemRecord {
  const ontap = fileSystem.OntapConfiguration ?? {};
  const deploymentType = ontap.DeploymentType ?? null;
  const haPairs = ontap.HAPairs ?? pairsOf(deploymentType);
  const perPair = ontap.ThroughputCapacityPerHAPair ?? null;
  const total = ontap.ThroughputCapacity ?? null;
  return {
    id: fileSystem.FileSystemId ?? '',
    deploymentType,
    lifecycle: fileSystem.Lifecycle ?? null,
    ...reasonOf(fileSystem.FailureDetails),
    haPairs,
    throughputCapacityPerHaPairMBps: perPair ?? (total === null || haPairs === null ? null : total / haPairs),
    storageCapacityGiB: fileSystem.StorageCapacity ?? null,
    iopsMode: ontap.DiskIopsConfiguration?.Mode ?? null,
    iops: ontap.DiskIopsConfiguration?.Iops ?? null,
    preferredSubnetId: ontap.PreferredSubnetId ?? null,
    subnetIds: fileSystem.SubnetIds ?? [],
    vpcId: fileSystem.VpcId ?? null,
    weeklyMaintenanceStart: ontap.WeeklyMaintenanceStartTime ?? null,
    automaticBackupRetentionDays: ontap.AutomaticBackupRetentionDays ?? null,
    managementHost: ontap.Endpoints?.Management?.DNSName ?? null,
    pendingActions: pendingOf(fileSystem.AdministrativeActions),
  };
}

function reasonOf(why: { readonly Message?: string | undefined } | undefined): { lifecycleReason?: string } {
  return why?.Message === undefined ? {} : { lifecycleReason: why.Message };
}

/** Only SINGLE_AZ_2 can have several pairs ("High-availability pairs", FSx for ONTAP user guide, read 2026-11-29). */
function pairsOf(deploymentType: string | null): number | null {
  return deploymentType === null || deploymentType === 'SINGLE_AZ_2' ? null : 1;
}

function pendingOf(actions: readonly AdministrativeAction[] = []): PendingAction[] {
  return actions
    .filter(({ Status }) => !OVER.has(Status))
    .map(({ AdministrativeActionType, Status, ProgressPercent }) => ({
      type: AdministrativeActionType ?? 'unknown',
      status: Status ?? 'unknown',
      progressPercent: ProgressPercent ?? null,
    }));
}

export function svmRecordOf(svm: StorageVirtualMachine): SvmRecord {
  const nfs = svm.Endpoints?.Nfs;
  return {
    id: svm.StorageVirtualMachineId ?? '',
    name: svm.Name ?? null,
    lifecycle: svm.Lifecycle ?? null,
    ...reasonOf(svm.LifecycleTransitionReason),
    nfsHost: nfs?.DNSName ?? null,
    nfsAddresses: [...(nfs?.IpAddresses ?? []), ...(nfs?.Ipv6Addresses ?? [])],
    managementHost: svm.Endpoints?.Management?.DNSName ?? null,
  };
}

export function ontapVolumeRecordOf(volume: Volume): OntapVolumeRecord {
  const ontap = volume.OntapConfiguration ?? {};
  const policy = ontap.TieringPolicy;
  const tieringPolicy = TIERING_POLICIES.find((name) => name === policy?.Name) ?? null;
  const cools = tieringPolicy === 'AUTO' || tieringPolicy === 'SNAPSHOT_ONLY';
  const megabytes = ontap.SizeInMegabytes;
  return {
    id: volume.VolumeId ?? '',
    name: volume.Name ?? null,
    uuid: ontap.UUID ?? null,
    lifecycle: volume.Lifecycle ?? null,
    ...reasonOf(volume.LifecycleTransitionReason),
    junctionPath: ontap.JunctionPath ?? null,
    style: ontap.VolumeStyle ?? null,
    type: ontap.OntapVolumeType ?? null,
    sizeBytes: ontap.SizeInBytes ?? (megabytes === undefined ? null : megabytes * MIB),
    tieringPolicy,
    coolingDays: cools ? (policy?.CoolingPeriod ?? null) : null,
    storageEfficiency: ontap.StorageEfficiencyEnabled ?? null,
    snapshotPolicy: ontap.SnapshotPolicy ?? null,
    securityStyle: ontap.SecurityStyle ?? null,
    flexCache: ontap.FlexCacheEndpointType ?? null,
    aggregates: ontap.AggregateConfiguration?.Aggregates ?? [],
    constituents: ontap.AggregateConfiguration?.TotalConstituents ?? null,
  };
}

/** Returns the account in an ARN: `arn:aws:fsx:us-east-1:111122223333:file-system/fs-…`. null if it is no ARN. */
export function accountOf(arn: string | undefined): string | null {
  const account = arn?.split(':')[4];
  return account !== undefined && /^\d{12}$/.test(account) ? account : null;
}
