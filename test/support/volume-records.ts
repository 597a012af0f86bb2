/** Records of a volume of FSx for ONTAP, as AWS would describe it. */
import type {
  FileSystemRecord,
  OntapVolumeRecord,
  SvmRecord,
  VolumeAnswer,
  VolumeRecord,
} from '../../src/record/volume-record.js';

const FILE_SYSTEM: FileSystemRecord = {
  id: 'fs-0123456789abcdef0',
  deploymentType: 'SINGLE_AZ_1',
  lifecycle: 'AVAILABLE',
  haPairs: 1,
  throughputCapacityPerHaPairMBps: 512,
  storageCapacityGiB: 1024,
  iopsMode: 'AUTOMATIC',
  iops: 3072,
  preferredSubnetId: 'subnet-0123456789abcdef0',
  subnetIds: ['subnet-0123456789abcdef0'],
  vpcId: 'vpc-0123456789abcdef0',
  weeklyMaintenanceStart: '7:05:30',
  automaticBackupRetentionDays: 0,
  managementHost: 'management.fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com',
  pendingActions: [],
};

const SVM: SvmRecord = {
  id: 'svm-0123456789abcdef0',
  name: 'svm1',
  lifecycle: 'CREATED',
  nfsHost: 'svm-0123456789abcdef0.fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com',
  nfsAddresses: ['10.0.0.20'],
  managementHost: 'svm-0123456789abcdef0.fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com',
};

const VOLUME: OntapVolumeRecord = {
  id: 'fsvol-00000000000000002',
  name: 'train',
  uuid: '00000000-0000-0000-0000-000000000002',
  lifecycle: 'CREATED',
  junctionPath: '/train',
  style: 'FLEXVOL',
  type: 'RW',
  sizeBytes: 107_374_182_400,
  tieringPolicy: 'NONE',
  coolingDays: null,
  storageEfficiency: false,
  snapshotPolicy: 'none',
  securityStyle: 'UNIX',
  flexCache: 'NONE',
  aggregates: ['aggr1'],
  constituents: null,
};

interface Changes {
  readonly fileSystem?: Partial<FileSystemRecord>;
  readonly svm?: Partial<SvmRecord>;
  readonly volume?: Partial<OntapVolumeRecord>;
}

/** A volume that nothing is wrong with, and these changes. */
export function volumeRecord({ fileSystem, svm, volume }: Changes = {}): VolumeRecord {
  return {
    askedAt: '2026-11-29T12:00:00.000Z',
    region: 'us-east-1',
    accountId: '111122223333',
    fileSystem: { ...FILE_SYSTEM, ...fileSystem },
    svm: { ...SVM, ...svm },
    volume: { ...VOLUME, ...volume },
  };
}

/** The same as an answer without problems. */
export function volumeAnswer(changes: Changes = {}): VolumeAnswer {
  return { ...volumeRecord(changes), below: [], problems: [] };
}
