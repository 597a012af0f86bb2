/** The machine's properties that every run records, so that a reader can judge whether two runs are comparable. */
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, totalmem } from 'node:os';
import type { Environment, TargetEnvironment } from '../record/run-record.js';
import { describeNfsTarget } from './libnfs/nfs-target.js';
import { isNfsUrl } from './libnfs/nfs-url.js';
import { nfsMountOf } from './nfs/read-nfs.js';
import { blockDeviceOf } from './system/block-device.js';
import { readCgroupLimits } from './system/cgroup.js';
import { readInstallation } from './system/installation.js';
import { readInstanceType } from './system/instance-type.js';
import { readMachineStart } from './system/machine-load.js';
import { mergedOptions, mountOf } from './system/mountinfo.js';
import { statTarget, type TargetPath } from './target.js';

/**
 * Returns the processor model from the text of /proc/cpuinfo, or null when it has none. arm64 kernels print only
 * numbers: implementer 0x41, part 0xd40 is Arm's Neoverse V1.
 */
export function cpuModelOf(cpuinfo: string): string | null {
  const value = (key: string): string | undefined => new RegExp(`^${key}\\s*: *(.+)$`, 'm').exec(cpuinfo)?.[1]?.trim();
  const implementer = value('CPU implementer');
  const part = value('CPU part');
  if (implementer !== undefined && part !== undefined) return `implementer ${implementer}, part ${part}`;
  return value('model name') ?? null;
}

function readCpuModel(): string {
  try {
    const model = cpuModelOf(readFileSync('/proc/cpuinfo', 'utf8'));
    if (model !== null) return model;
  } catch {
    // /proc is not available. Node's own answer is the best one left.
  }
  return cpus()[0]?.model ?? 'unknown';
}

function captureTarget(target: TargetPath): TargetEnvironment {
  if (isNfsUrl(target.path)) return describeNfsTarget(target.name, target.path);
  const mount = mountOf(target.path);
  const nfs = nfsMountOf(mount);
  return {
    name: target.name,
    path: target.path,
    fileSystem: mount?.fileSystem ?? 'unknown',
    source: mount?.source ?? 'unknown',
    mountPoint: mount?.mountPoint ?? 'unknown',
    options: mount === null ? '' : mergedOptions(mount),
    device: blockDeviceOf(target.path)?.name ?? mount?.device ?? 'unknown',
    ...statTarget(target),
    ...(nfs === null ? {} : { nfs }),
  };
}

/**
 * Returns the current properties of the machine and of the targets' mounts. `cpuCount` counts the CPUs that this
 * process may use, as nproc(1) does. `memoryBytes` is the memory of the whole machine. `device` is the name of the
 * block device, or `major:minor` when there is none. Throws Node's error when a target's path does not exist.
 */
export function captureEnvironment(targets: readonly TargetPath[]): Environment {
  const instanceType = readInstanceType();
  return {
    ...readInstallation(),
    node: process.version,
    kernel: release(),
    architecture: arch(),
    ...(instanceType === undefined ? {} : { instanceType }),
    cpuModel: readCpuModel(),
    cpuCount: availableParallelism(),
    memoryBytes: totalmem(),
    cgroup: readCgroupLimits(),
    load: readMachineStart(),
    targets: targets.map(captureTarget),
  };
}
