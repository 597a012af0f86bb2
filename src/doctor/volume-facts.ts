/** The facts that the AWS API knows about the volume behind a mount. */
import type { CeilingLevel } from '../record/ceiling-record.js';
import type { FileSystemRecord, OntapVolumeRecord, SvmRecord, VolumeAnswer } from '../record/volume-record.js';
import { Fact } from './facts.js';

/** A volume of Amazon FSx for NetApp ONTAP and its place. Does not apply to other targets. */
export const VOLUME = new Fact<VolumeAnswer>(
  'volume',
  'burst credits, tiering, efficiency and snapshots are only visible in the AWS API',
);

/** The parts of the answer. None applies when there is no answer: one row says why. */
const SEE_VOLUME = 'see volume';
export const SETTINGS = new Fact<OntapVolumeRecord>('settings of the volume', SEE_VOLUME);
export const STORAGE = new Fact<FileSystemRecord>('file system of the volume', SEE_VOLUME);
export const MACHINE = new Fact<SvmRecord>('storage virtual machine of the volume', SEE_VOLUME);

/** The figures of feedrate's file of ceilings that apply to the file system. */
export const LIMITS = new Fact<StorageLimits>('limits of the file system', SEE_VOLUME);

export interface StorageLimits {
  /** Disk throughput of an HA pair, bytes per second; null = no published figure. */
  readonly disk: CeilingLevel | null;
  /** Throughput that comes with the SSD storage and its IOPS, bytes per second; null = not known. */
  readonly ssdBytesPerSecond: number | null;
  /** How long a run must load the volume for its figures to count as sustained; null = nobody watched a burst. */
  readonly runMinutes: number | null;
}

/** The next maintenance window of the file system. */
export const MAINTENANCE = new Fact<Maintenance>('maintenance', SEE_VOLUME);

export interface Maintenance {
  /** ISO 8601, UTC. */
  readonly startsAt: string;
  /** 0 or less: it has begun. */
  readonly startsInMs: number;
}

/** The subnets of this machine that are in the VPC of the file system. */
export const SUBNETS = new Fact<readonly string[]>('subnets of this machine', SEE_VOLUME);
