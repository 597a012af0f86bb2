/** Accounts for the FSx server of the tests: file systems, storage virtual machines and volumes, as JSON carries them. */

/** Any JSON object. The server checks it against the schema of the SDK. */
export type Json = { readonly [key: string]: unknown };

export interface RegionWorld {
  readonly fileSystems: readonly Json[];
  readonly virtualMachines: readonly Json[];
  readonly volumes: readonly Json[];
}

export interface FsxWorld {
  /** By the name of the region. Others have nothing. */
  readonly regions: Readonly<Record<string, RegionWorld>>;
  /** Items of a page. Default: 100. */
  readonly pageItems?: number;
  /** How often a volume is described until it shows a change that was accepted. Default: 0. */
  readonly describesUntilVisible?: number;
}

export const REGION = 'us-east-1';
export const ACCOUNT = '111122223333';
export const FILE_SYSTEM = 'fs-0123456789abcdef0';
export const SVM = 'svm-0123456789abcdef0';
export const MANAGEMENT = `management.${FILE_SYSTEM}.fsx.${REGION}.amazonaws.com`;
export const SVM_HOST = `${SVM}.${FILE_SYSTEM}.fsx.${REGION}.amazonaws.com`;

const arn = (resource: string): string => `arn:aws:fsx:${REGION}:${ACCOUNT}:${resource}`;
const CREATED = 1_764_000_000;

/** Returns the id of the volume with this number. */
export function volumeId(number: number): string {
  return `fsvol-${number.toString(16).padStart(17, '0')}`;
}

/** A file system of one HA pair: first generation, one availability zone, 1024 GiB, 512 MBps. */
export function fileSystemJson(changes: Json = {}, ontap: Json = {}): Json {
  const id = (changes['FileSystemId'] as string | undefined) ?? FILE_SYSTEM;
  return {
    OwnerId: ACCOUNT,
    CreationTime: CREATED,
    FileSystemId: id,
    FileSystemType: 'ONTAP',
    Lifecycle: 'AVAILABLE',
    StorageCapacity: 1024,
    StorageType: 'SSD',
    VpcId: 'vpc-0123456789abcdef0',
    SubnetIds: ['subnet-0123456789abcdef0'],
    NetworkInterfaceIds: ['eni-0123456789abcdef0', 'eni-0123456789abcdef1'],
    KmsKeyId: `arn:aws:kms:${REGION}:${ACCOUNT}:key/00000000-0000-0000-0000-000000000000`,
    ResourceARN: arn(`file-system/${id}`),
    Tags: [{ Key: 'Name', Value: 'training' }],
    OntapConfiguration: {
      AutomaticBackupRetentionDays: 7,
      DailyAutomaticBackupStartTime: '05:00',
      DeploymentType: 'SINGLE_AZ_1',
      Endpoints: {
        Management: { DNSName: `management.${id}.fsx.${REGION}.amazonaws.com`, IpAddresses: ['10.0.0.10'] },
      },
      DiskIopsConfiguration: { Mode: 'AUTOMATIC', Iops: 3072 },
      PreferredSubnetId: 'subnet-0123456789abcdef0',
      ThroughputCapacity: 512,
      ThroughputCapacityPerHAPair: 512,
      HAPairs: 1,
      WeeklyMaintenanceStartTime: '7:05:30',
      ...ontap,
    },
    ...changes,
  };
}

/** A storage virtual machine that answers NFS at 10.0.0.20. */
export function svmJson(changes: Json = {}): Json {
  const id = (changes['StorageVirtualMachineId'] as string | undefined) ?? SVM;
  const fileSystem = (changes['FileSystemId'] as string | undefined) ?? FILE_SYSTEM;
  const host = `${id}.${fileSystem}.fsx.${REGION}.amazonaws.com`;
  const endpoint = { DNSName: host, IpAddresses: ['10.0.0.20'] };
  return {
    CreationTime: CREATED,
    Endpoints: { Management: endpoint, Nfs: endpoint, Iscsi: { DNSName: `iscsi.${host}`, IpAddresses: ['10.0.0.21'] } },
    FileSystemId: fileSystem,
    Lifecycle: 'CREATED',
    Name: 'svm1',
    ResourceARN: arn(`storage-virtual-machine/${fileSystem}/${id}`),
    StorageVirtualMachineId: id,
    Subtype: 'DEFAULT',
    UUID: '00000000-0000-0000-0000-000000000001',
    RootVolumeSecurityStyle: 'UNIX',
    ...changes,
  };
}

/** A FlexVol of 100 GiB with the tiering policy AUTO after 31 days. */
export function volumeJson(number: number, junctionPath: string | null, ontap: Json = {}, changes: Json = {}): Json {
  const id = volumeId(number);
  return {
    CreationTime: CREATED,
    FileSystemId: FILE_SYSTEM,
    Lifecycle: 'CREATED',
    Name: `vol${number}`,
    OntapConfiguration: {
      FlexCacheEndpointType: 'NONE',
      ...(junctionPath === null ? {} : { JunctionPath: junctionPath }),
      SecurityStyle: 'UNIX',
      SizeInMegabytes: 102_400,
      SizeInBytes: 107_374_182_400,
      StorageEfficiencyEnabled: false,
      StorageVirtualMachineId: SVM,
      StorageVirtualMachineRoot: false,
      TieringPolicy: { Name: 'AUTO', CoolingPeriod: 31 },
      UUID: `00000000-0000-0000-0000-${number.toString(16).padStart(12, '0')}`,
      OntapVolumeType: 'RW',
      SnapshotPolicy: 'default',
      CopyTagsToBackups: false,
      VolumeStyle: 'FLEXVOL',
      AggregateConfiguration: { Aggregates: ['aggr1'] },
      ...ontap,
    },
    ResourceARN: arn(`volume/${FILE_SYSTEM}/${id}`),
    VolumeId: id,
    VolumeType: 'ONTAP',
    ...changes,
  };
}

/** The root volume of the storage virtual machine. */
export function rootVolumeJson(): Json {
  return volumeJson(1, '/', { StorageVirtualMachineRoot: true }, { Name: 'svm1_root' });
}

/** One file system with one storage virtual machine, its root and these volumes. */
export function worldOf(volumes: readonly Json[], changes: Omit<Partial<FsxWorld>, 'regions'> = {}): FsxWorld {
  const region = { fileSystems: [fileSystemJson()], virtualMachines: [svmJson()] };
  return { regions: { [REGION]: Object.assign(region, { volumes: [rootVolumeJson(), ...volumes] }) }, ...changes };
}
