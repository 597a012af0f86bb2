/** The record of a run as a whole: `run.json`. */
import type { Plan } from '../plan/plan.js';
import type { AppliedCeilings } from './ceiling-record.js';
import type { DatasetRecord } from './dataset-manifest.js';
import type { ForeignSource } from './foreign-source.js';
import type { GroupRecord } from './group-record.js';
import type { MachineStart } from './machine-use.js';
import type { NfsMount } from './nfs-mount.js';
import type { OntapRecord } from './ontap-record.js';
import type { ResidencyRecord } from './residency-record.js';
import type { UserDataRecord } from './user-data-record.js';
import type { StorageRecord, VolumeRecord } from './volume-record.js';

export const RUN_VERSION = 1;

export interface RunRecord {
  readonly runVersion: number;
  /** The name of the run directory. */
  readonly id: string;
  /** `running` in a directory whose process is gone means that it was killed. */
  readonly status: 'running' | 'complete' | 'failed' | 'aborted';
  readonly startedAt: string;
  readonly endedAt: string | null;
  /**
   * `time`: it is complete because the time that it was given was up, and some of its planned trials were not measured. Absent
   * for other ends.
   */
  readonly endedBy?: 'time';
  /** Id of the coordinating process, which shows whether a run is still running or was killed. */
  readonly pid: number;
  readonly hostname: string;
  /** argv after `feedrate`. */
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** The workload file's text, as it was read, and the options that changed it. */
  readonly workloadSource: string;
  readonly overrides: readonly string[];
  readonly plan: Plan;
  readonly environment: Environment;
  /** Absent in runs of versions that did not measure it. */
  readonly ownCost?: OwnCost;
  /**
   * Absent unless a target was slowed down on purpose. Such a run does not measure the storage and cannot be a
   * baseline.
   */
  readonly injected?: readonly Injection[];
  /** The machines that measured it together. Absent for a run of one process. */
  readonly group?: GroupRecord;
  /** Absent unless another program measured the run. It cannot be a baseline, and `latest` passes over it. */
  readonly foreign?: ForeignSource;
  /** The looks that `gate --adaptive` took at this run, by sessions. Absent if it took none. */
  readonly looks?: readonly RecordedLook[];
  /** A target was measured against itself, by `feedrate calibrate`. See `isCalibration`. */
  readonly calibration: boolean;
  /** The kernel's caches were dropped before cold trials. */
  readonly dropCaches: boolean;
  /** NFS targets were unmounted and mounted again before cold trials. */
  readonly remount: boolean;
}

/** A look at a run that may get more sessions: it is recorded before its sessions are measured. */
export interface RecordedLook {
  /** The number of sessions that it saw. */
  readonly sessions: number;
  /** The part of alpha that it has, from above 0 to 1. */
  readonly share: number;
}

/**
 * A deliberate slow-down of a target, which is not part of the plan: the target's throughput was divided by `1 + part`,
 * and each operation took `delayNs` longer.
 */
export interface Injection {
  readonly target: string;
  /** 0.05: everything took 5 % longer. */
  readonly part: number;
  readonly delayNs: number;
}

/** The cost of the measurement itself in ns, measured at the start of the run. */
export interface OwnCost {
  readonly clockNs: number;
  readonly histogramNs: number;
  /** One operation of the null engine, clock and histogram included. */
  readonly nullNsPerOperation: number;
}

/** Limits of the control group this runs in, the smallest on the way up; null = none. */
export interface GroupLimits {
  readonly memoryMaxBytes: number | null;
  /** From here on, the kernel slows the group down instead of refusing memory. Absent in runs before 2026-11-29. */
  readonly memoryHighBytes?: number | null;
  readonly cpuMax: number | null;
  /** CPUs of the cpuset; null when it has all of the machine's. Absent in runs before 2026-11-29. */
  readonly cpusetCpus?: number | null;
  /** Limits that may exist but cannot be read here; their values are null. Absent in runs before 2026-11-29. */
  readonly unknown?: readonly ('memory' | 'cpu')[];
}

export interface Environment {
  readonly feedrate: { readonly version: string; readonly commit: string | null };
  readonly node: string;
  /** Versions of dependencies such as koffi and piscina; null = not installed. */
  readonly versions: Readonly<Record<string, string | null>>;
  readonly kernel: string;
  readonly architecture: string;
  /** `m5.xlarge`, `ml.p4d.24xlarge`. Absent outside EC2, and in runs before 2026-11-29. */
  readonly instanceType?: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly cgroup: GroupLimits;
  /** How busy the machine was as the run started. Absent in runs before 2026-11-29. */
  readonly load?: MachineStart;
  readonly targets: readonly TargetEnvironment[];
}

/** The mount behind a target. */
export interface TargetEnvironment {
  readonly name: string;
  readonly path: string;
  readonly fileSystem: string;
  /** Device or export: `/dev/nvme1n1`, `svm-1:/train`. */
  readonly source: string;
  readonly mountPoint: string;
  /** Mount and superblock options as in mountinfo, comma-separated. */
  readonly options: string;
  readonly device: string;
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** Only on NFS; absent in runs of versions that did not read it. */
  readonly nfs?: NfsMount;
  /** Only if the run used a dataset that is kept for later days. */
  readonly dataset?: DatasetRecord;
  /** Only if the run read files that were there before. Absent in runs before 2026-11-29. */
  readonly userData?: UserDataRecord;
  /** Where the data was while it was measured. Only on Amazon FSx for NetApp ONTAP, if AWS could be asked. */
  readonly residency?: ResidencyRecord;
  /** Only on Amazon FSx for NetApp ONTAP, if AWS could be asked. */
  readonly volume?: VolumeRecord;
  /** The file system, where AWS does not show the volume. Absent with `volume`. */
  readonly storage?: StorageRecord;
  /** Why the volume, or a part of its record, is not known. Absent if all is known, or if the target is no such volume. */
  readonly volumeUnknown?: string;
  /** What the ONTAP REST API says about the volume. Absent without `--ontap`, and on other file systems. */
  readonly ontap?: OntapRecord;
  /** Why ONTAP could not be asked. Absent if it was, or was not to be. */
  readonly ontapUnknown?: string;
  /** Only on Amazon FSx for NetApp ONTAP: the limits that were published or measured, as known when the run began. */
  readonly ceilings?: AppliedCeilings;
}
