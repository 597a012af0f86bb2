/** Volumes of FSx for ONTAP made by hand, with the mount and the ceilings that a run would have recorded. */
import { withCeilings } from '../../src/fsx/look-up-ceilings.js';
import type { NfsMount } from '../../src/record/nfs-mount.js';
import type { RunRecord } from '../../src/record/run-record.js';
import type { VolumeRecord } from '../../src/record/volume-record.js';
import { makeRun } from './records.js';

interface VolumeChanges {
  readonly region?: string;
  readonly fileSystem?: Partial<VolumeRecord['fileSystem']>;
  readonly volume?: Partial<VolumeRecord['volume']>;
}

/** A FlexVol on one pair of SINGLE_AZ_2 at 1536 MBps in Tokyo, with 10 TiB of SSD and no IOPS beyond those. */
export function makeVolume({ region = 'ap-northeast-1', fileSystem, volume }: VolumeChanges = {}): VolumeRecord {
  return {
    askedAt: '2026-11-23T19:12:03.000Z',
    region,
    accountId: '111122223333',
    fileSystem: {
      id: 'fs-0123456789abcdef0',
      deploymentType: 'SINGLE_AZ_2',
      lifecycle: 'AVAILABLE',
      haPairs: 1,
      throughputCapacityPerHaPairMBps: 1536,
      storageCapacityGiB: 10_240,
      iopsMode: 'AUTOMATIC',
      iops: 30_720,
      preferredSubnetId: 'subnet-1',
      subnetIds: ['subnet-1'],
      vpcId: 'vpc-1',
      weeklyMaintenanceStart: '1:05:00',
      automaticBackupRetentionDays: 0,
      managementHost: null,
      pendingActions: [],
      ...fileSystem,
    },
    svm: {
      id: 'svm-0123456789abcdef0',
      name: 'svm1',
      lifecycle: 'CREATED',
      nfsHost: null,
      nfsAddresses: [],
      managementHost: null,
    },
    volume: {
      id: 'fsvol-0123456789abcdef0',
      name: 'train',
      uuid: null,
      lifecycle: 'CREATED',
      junctionPath: '/train',
      style: 'FLEXVOL',
      type: 'RW',
      sizeBytes: 2 ** 40,
      tieringPolicy: 'NONE',
      coolingDays: null,
      storageEfficiency: false,
      snapshotPolicy: 'none',
      securityStyle: 'UNIX',
      flexCache: 'NONE',
      aggregates: ['aggr1'],
      constituents: null,
      ...volume,
    },
  };
}

export function makeNfsMount(connections = 16, changes: Partial<NfsMount> = {}): NfsMount {
  return {
    options: {
      version: '4.1',
      readBytes: 2 ** 20,
      writeBytes: 2 ** 20,
      connections,
      transport: 'tcp',
      port: null,
      security: 'sys',
      recovery: 'hard',
      timeoutNs: 6e10,
      retransmissions: 2,
      attributeCache: { fileMinNs: 3e9, fileMaxNs: 6e10, directoryMinNs: 3e10, directoryMaxNs: 6e10 },
      attributeCaching: true,
      closeToOpen: true,
      lookupCache: 'all',
      localLock: 'none',
      serverAddress: '10.0.0.10',
      clientAddress: '10.0.0.20',
      localDiskCache: false,
    },
    service: 'fsx-ontap',
    serverImplementation: null,
    ontapRelease: '9.17.1',
    pnfs: 'not configured',
    openTransports: connections,
    readAheadBytes: 15 * 2 ** 20,
    limits: { tcpSlots: 2, tcpMaxSlots: 65_536, sessionSlots: 64 },
    ...changes,
  };
}

interface Given {
  readonly volume?: VolumeRecord | null;
  readonly nfs?: NfsMount;
  readonly instanceType?: string;
  readonly ceilingsFile?: string;
}

/** Puts the target of a run of `makeRun` on such a volume, and looks its ceilings up. */
export function onVolume(
  run: RunRecord,
  { volume = makeVolume(), nfs = makeNfsMount(), instanceType = 'c5n.18xlarge', ceilingsFile }: Given = {},
): RunRecord {
  const targets = run.environment.targets.map((target) => ({ ...target, nfs, ...(volume === null ? {} : { volume }) }));
  const { environment, problem } = withCeilings({ ...run.environment, instanceType, targets }, ceilingsFile ?? null);
  if (problem !== null) throw new Error(problem);
  return { ...run, environment };
}

/** The target of a run that is on a volume. */
export function volumeTarget(given: Given = {}): RunRecord['environment']['targets'][number] {
  return onVolume(makeRun([], 1), given).environment.targets[0]!;
}
