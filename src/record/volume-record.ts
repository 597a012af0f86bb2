/** What AWS says of the volume of Amazon FSx for NetApp ONTAP behind a target. null = the service did not say. */
import type { NfsMount } from './nfs-mount.js';

/** The time and place of an answer. */
export interface VolumeRecord {
  /** ISO 8601, UTC. */
  readonly askedAt: string;
  readonly region: string;
  /** From the file system's ARN. */
  readonly accountId: string | null;
  readonly fileSystem: FileSystemRecord;
  readonly svm: SvmRecord;
  readonly volume: OntapVolumeRecord;
}

/** What is known where AWS shows no volume, for example because `fsx:DescribeVolumes` is not allowed. */
export interface StorageRecord extends Omit<VolumeRecord, 'svm' | 'volume'> {
  /** Null where the storage virtual machines may not be listed either. */
  readonly svm: SvmRecord | null;
}

export interface FileSystemRecord {
  /** `fs-…` */
  readonly id: string;
  /** `SINGLE_AZ_1`, `MULTI_AZ_1`, `SINGLE_AZ_2`, `MULTI_AZ_2`, or one that feedrate does not know. */
  readonly deploymentType: string | null;
  readonly lifecycle: string | null;
  /** Why it is so; absent if AWS gives no reason. */
  readonly lifecycleReason?: string;
  readonly haPairs: number | null;
  /** The setting, in AWS's unit of 10^6 bytes per second, for each HA pair. */
  readonly throughputCapacityPerHaPairMBps: number | null;
  /** SSD storage of the whole file system. */
  readonly storageCapacityGiB: number | null;
  readonly iopsMode: 'AUTOMATIC' | 'USER_PROVISIONED' | null;
  /** Provisioned SSD IOPS of the whole file system. */
  readonly iops: number | null;
  readonly preferredSubnetId: string | null;
  readonly subnetIds: readonly string[];
  readonly vpcId: string | null;
  /** `d:HH:MM` in UTC, 1 = Monday. */
  readonly weeklyMaintenanceStart: string | null;
  /** 0: no automatic backups. */
  readonly automaticBackupRetentionDays: number | null;
  /** Host name of the ONTAP REST API. */
  readonly managementHost: string | null;
  /** Changes that are not finished: their type, status and progress. */
  readonly pendingActions: readonly PendingAction[];
}

/** What could be learnt of the place behind a target. A part is null if a call for it failed. */
export interface VolumeAnswer {
  /** ISO 8601, UTC. */
  readonly askedAt: string;
  readonly region: string;
  /** From an ARN. */
  readonly accountId: string | null;
  readonly fileSystem: FileSystemRecord | null;
  readonly svm: SvmRecord | null;
  readonly volume: OntapVolumeRecord | null;
  /** Junction paths of other volumes below the directory of the target. Data there is not in `volume`. */
  readonly below: readonly string[];
  /** Why a part is missing, one line each, with the statement that grants a missing permission. */
  readonly problems: readonly string[];
}

export interface PendingAction {
  readonly type: string;
  readonly status: string;
  readonly progressPercent: number | null;
}

export interface SvmRecord {
  /** `svm-…` */
  readonly id: string;
  readonly name: string | null;
  readonly lifecycle: string | null;
  /** Why it is so; absent if AWS gives no reason. */
  readonly lifecycleReason?: string;
  readonly nfsHost: string | null;
  readonly nfsAddresses: readonly string[];
  readonly managementHost: string | null;
}

export interface OntapVolumeRecord {
  /** `fsvol-…` */
  readonly id: string;
  readonly name: string | null;
  readonly uuid: string | null;
  readonly lifecycle: string | null;
  /** Why it is so; absent if AWS gives no reason. */
  readonly lifecycleReason?: string;
  readonly junctionPath: string | null;
  readonly style: 'FLEXVOL' | 'FLEXGROUP' | null;
  /** `RW`, `DP`, `LS` */
  readonly type: string | null;
  readonly sizeBytes: number | null;
  readonly tieringPolicy: TieringPolicyName | null;
  /** null for the policies NONE and ALL, which have none. */
  readonly coolingDays: number | null;
  readonly storageEfficiency: boolean | null;
  readonly snapshotPolicy: string | null;
  readonly securityStyle: string | null;
  /** `NONE`, `ORIGIN`, `CACHE` */
  readonly flexCache: string | null;
  readonly aggregates: readonly string[];
  readonly constituents: number | null;
}

export const TIERING_POLICIES = ['SNAPSHOT_ONLY', 'AUTO', 'ALL', 'NONE'] as const;
export type TieringPolicyName = (typeof TIERING_POLICIES)[number];

/** Whether a target is a volume of FSx for ONTAP: AWS described it, or its server has a name of FSx for ONTAP. */
export function isOntapVolume(target: { readonly volume?: VolumeRecord; readonly nfs?: NfsMount }): boolean {
  return target.volume !== undefined || target.nfs?.service === 'fsx-ontap';
}
