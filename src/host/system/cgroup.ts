/** Reads the limits of this process's control group: cgroups(7), version 2, version 1 or both. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Environment } from '../../record/run-record.js';
import { type Mount, readMounts } from './mountinfo.js';

type Limits = Environment['cgroup'];
/** Returns a file's text, or null when it cannot be read. */
export type ReadText = (path: string) => string | null;

/** Values from here on mean "no limit". Version 1 writes the largest multiple of a page below 2^63 for it. */
const UNLIMITED_BYTES = 2 ** 60;

/** Returns a file's text, trimmed, or null when it cannot be read. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

/** Returns the group's directory and its parents up to the mount's top. The lowest value among them is the limit. */
function directoriesUpward(mount: Mount, group: string): string[] {
  // In a container the mount may show only a part of the tree. A group outside of that part counts as its top.
  const inside = mount.root === '/' || group === mount.root || group.startsWith(`${mount.root}/`);
  const relative = mount.root === '/' ? group : group.slice(mount.root.length);
  const directories = [];
  for (let path = join('/', inside ? relative : ''); ; path = dirname(path)) {
    directories.push(join(mount.mountPoint, path));
    if (path === '/') return directories;
  }
}

/** Returns the smallest of the values that are known, or null when none is. */
export function smallest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function bytesOf(text: string | null): number | null {
  const bytes = text === null || text === 'max' ? Number.NaN : Number(text);
  return bytes < UNLIMITED_BYTES ? bytes : null;
}

/** Returns quota / period, both in µs, or null without a quota (`max` or -1). */
function cpusOf(quota: string | null | undefined, period: string | null | undefined): number | null {
  const cpus = Number(quota) / Number(period);
  return quota && period && Number.isFinite(cpus) && cpus > 0 ? cpus : null;
}

/** Returns the directories of the lines of /proc/self/cgroup, for one controller, or of the unified tree for null. */
export function controllerDirectories(
  lines: readonly string[],
  mounts: readonly Mount[],
  controller: string | null,
): string[] {
  for (const line of lines) {
    const [, controllers = '', ...group] = line.split(':');
    if (controller === null ? controllers !== '' : !controllers.split(',').includes(controller)) continue;
    const mount = mounts.findLast((candidate) =>
      controller === null
        ? candidate.fileSystem === 'cgroup2'
        : candidate.fileSystem === 'cgroup' && candidate.superOptions.includes(controller),
    );
    if (mount !== undefined) return directoriesUpward(mount, group.join(':'));
  }
  return [];
}

/**
 * Returns the limits from the text of /proc/self/cgroup and the cgroup mounts: memory.max and cpu.max (version 2),
 * memory.limit_in_bytes and cpu.cfs_quota_us (version 1). Each is the smallest of the group and its parents.
 */
export function cgroupLimits(cgroupText: string, mounts: readonly Mount[], read: ReadText): Limits {
  const lines = cgroupText.split('\n').filter((line) => line !== '');
  const directories = (controller: string | null): string[] => controllerDirectories(lines, mounts, controller);
  const unified = directories(null);
  return {
    memoryMaxBytes: smallest([
      ...unified.map((directory) => bytesOf(read(join(directory, 'memory.max')))),
      ...directories('memory').map((directory) => bytesOf(read(join(directory, 'memory.limit_in_bytes')))),
    ]),
    cpuMax: smallest([
      ...unified.map((directory) => {
        const [quota, period] = read(join(directory, 'cpu.max'))?.split(' ') ?? [];
        return cpusOf(quota, period);
      }),
      ...directories('cpu').map((directory) =>
        cpusOf(read(join(directory, 'cpu.cfs_quota_us')), read(join(directory, 'cpu.cfs_period_us'))),
      ),
    ]),
  };
}

/**
 * Returns the directories of this process's group and its parents that have the files of a controller, in the unified tree
 * (version 2) and in the controller's own (version 1). Empty when no group is visible.
 */
export function cgroupDirectories(controller: string | null): string[] {
  const lines = (readText('/proc/self/cgroup') ?? '').split('\n').filter((line) => line !== '');
  const mounts = readMounts();
  return [...controllerDirectories(lines, mounts, null), ...controllerDirectories(lines, mounts, controller)];
}

/** Returns the limits of this process's group. A limit that is not set or cannot be read is null. */
export function readCgroupLimits(): Limits {
  return cgroupLimits(readText('/proc/self/cgroup') ?? '', readMounts(), readText);
}
