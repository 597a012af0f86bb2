/** Reads the limits of this process's control group: cgroups(7), version 2, version 1 or both. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../record/run-record.js';
import { findMount, type Mount, readMounts } from './mountinfo.js';

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

/**
 * Returns the names that lead from a mount's root to a group, or null when the group is not below it or the names are not
 * known. Both paths begin at the root of this process's namespace: `/../..` is two levels above it, and `/../b` is a
 * group beside it.
 */
function namesBelow(root: string, group: string): string[] | null {
  const [from, to] = [root, group].map((path) => path.split('/').filter((name) => name !== '')) as [string[], string[]];
  const levelsUp = (names: readonly string[]) => names.filter((name) => name === '..').length;
  // From a root further up, the way down to the namespace has names that the kernel does not tell.
  if (levelsUp(from) !== levelsUp(to)) return null;
  return from.every((name, level) => to[level] === name) ? to.slice(from.length) : null;
}

/** Returns the group's directory in a mount and its parents up to the mount's top; empty when they are not visible. */
function directoriesUpward({ root, mountPoint }: Mount, group: string): string[] {
  const names = namesBelow(root, group);
  if (names === null) return [];
  return [...names, ''].map((_, level) => join(mountPoint, ...names.slice(0, names.length - level)));
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

/**
 * Returns the own directory of the group and its parents, in each mount that shows it: for one controller (version 1), or
 * in the unified tree for null. Empty: no mount shows the group. Null: there is no such group.
 */
function placesOf(lines: readonly string[], mounts: readonly Mount[], controller: string | null): string[] | null {
  for (const line of lines) {
    const [, controllers, ...group] = line.split(':');
    if (controllers === undefined || group.length === 0) continue;
    if (controller === null ? controllers !== '' : !controllers.split(',').includes(controller)) continue;
    const shows = (mount: Mount): boolean =>
      (controller === null
        ? mount.fileSystem === 'cgroup2'
        : mount.fileSystem === 'cgroup' && mount.superOptions.includes(controller)) &&
      // A mount below another one is out of reach: its path leads to the files of the upper one.
      findMount(mounts, mount.mountPoint)?.id === mount.id;
    const found = mounts.filter(shows).flatMap((mount) => directoriesUpward(mount, group.join(':')));
    return [...new Set(found)];
  }
  return null;
}

/** Returns the directories of the lines of /proc/self/cgroup, for one controller, or of the unified tree for null. */
export function controllerDirectories(
  lines: readonly string[],
  mounts: readonly Mount[],
  controller: string | null,
): readonly string[] {
  return placesOf(lines, mounts, controller) ?? [];
}

/** Files that every group has: of version 2 and of version 1. */
const FILES_OF_ALL = ['cgroup.controllers', 'notify_on_release'];

/** A limit of control groups, in both versions. */
interface LimitFiles {
  readonly controller: 'memory' | 'cpu';
  /** Returns the limit that a directory sets in version 2, and in version 1; null: none. */
  readonly unified: (read: ReadText, directory: string) => number | null;
  readonly own: (read: ReadText, directory: string) => number | null;
  /** A file of the limit in each version, which shows that the directory can be read. */
  readonly files: readonly string[];
}

const MEMORY_MAX: LimitFiles = {
  controller: 'memory',
  unified: (read, directory) => bytesOf(read(join(directory, 'memory.max'))),
  own: (read, directory) => {
    // The kernel has worked out the smallest on the way up, also above the mount's top.
    const stat = read(join(directory, 'memory.stat')) ?? '';
    const inherited = /^hierarchical_memory_limit (\d+)$/m.exec(stat)?.[1] ?? null;
    return smallest([bytesOf(read(join(directory, 'memory.limit_in_bytes'))), bytesOf(inherited)]);
  },
  files: ['memory.max', 'memory.limit_in_bytes'],
};

/** Version 1 has no such limit. */
const MEMORY_HIGH: LimitFiles = {
  controller: 'memory',
  unified: (read, directory) => bytesOf(read(join(directory, 'memory.high'))),
  own: () => null,
  files: ['memory.high', 'memory.limit_in_bytes'],
};

const CPU_MAX: LimitFiles = {
  controller: 'cpu',
  unified: (read, directory) => {
    const [quota, period] = read(join(directory, 'cpu.max'))?.split(' ') ?? [];
    return cpusOf(quota, period);
  },
  own: (read, directory) =>
    cpusOf(read(join(directory, 'cpu.cfs_quota_us')), read(join(directory, 'cpu.cfs_period_us'))),
  files: ['cpu.max', 'cpu.cfs_quota_us'],
};

/**
 * Returns the limits from the text of /proc/self/cgroup and the cgroup mounts, each the smallest of the group and its
 * visible parents: memory.max, memory.high and cpu.max (version 2), memory.limit_in_bytes and cpu.cfs_quota_us
 * (version 1), and the CPUs of the cpuset if they are not all. A limit whose group no mount shows is `unknown`.
 */
export function cgroupLimits(cgroupText: string, mounts: readonly Mount[], read: ReadText): Limits {
  const lines = cgroupText.split('\n');
  const unified = placesOf(lines, mounts, null);
  const limitOf = ({ controller, unified: ofUnified, own, files }: LimitFiles) => {
    // A controller of version 1 has a line of its own, and is then not part of the unified tree.
    const version1 = placesOf(lines, mounts, controller);
    const directories = version1 ?? unified ?? [];
    const isRead = directories.some((at) => [...FILES_OF_ALL, ...files].some((file) => read(join(at, file)) !== null));
    const limit = smallest(directories.map((at) => (version1 === null ? ofUnified : own)(read, at)));
    return { limit, isUnknown: (version1 ?? unified) !== null && !isRead };
  };
  const [memory, cpu] = [limitOf(MEMORY_MAX), limitOf(CPU_MAX)];
  return {
    memoryMaxBytes: memory.limit,
    memoryHighBytes: limitOf(MEMORY_HIGH).limit,
    cpuMax: cpu.limit,
    cpusetCpus: cpusetOf([...controllerDirectories(lines, mounts, 'cpuset'), ...(unified ?? [])], read),
    unknown: [...(memory.isUnknown ? (['memory'] as const) : []), ...(cpu.isUnknown ? (['cpu'] as const) : [])],
  };
}

/** Returns the number of CPUs in the cpuset of the group; null when it is not visible or has all CPUs. */
function cpusetOf(directories: readonly string[], read: ReadText): number | null {
  const online = numbersOfList(read('/sys/devices/system/cpu/online') ?? '').length;
  for (const directory of directories) {
    const list = read(join(directory, 'cpuset.cpus.effective')) ?? read(join(directory, 'cpuset.effective_cpus'));
    const cpus = numbersOfList(list ?? '').length;
    if (cpus > 0) return cpus < online ? cpus : null;
  }
  return null;
}

/** Returns the numbers in a list of the kernel's, such as `0-3,8`. */
export function numbersOfList(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [first = Number.NaN, last = first] = part.split('-').map((end) => Number.parseInt(end, 10));
    return first <= last ? Array.from({ length: last - first + 1 }, (_, index) => first + index) : [];
  });
}

const linesOfGroups = (): string[] => (readText('/proc/self/cgroup') ?? '').split('\n');

/** Returns the directories of this process's group and its parents in the unified tree (version 2). */
export function unifiedDirectories(): readonly string[] {
  return controllerDirectories(linesOfGroups(), readMounts(), null);
}

/**
 * Returns the directories of this process's group and its parents that have the files of a controller, in the unified tree
 * (version 2) and in the controller's own (version 1). Empty when no group is visible.
 */
export function cgroupDirectories(controller: string): string[] {
  const [lines, mounts] = [linesOfGroups(), readMounts()];
  return [...controllerDirectories(lines, mounts, null), ...controllerDirectories(lines, mounts, controller)];
}

/** Returns the limits of this process's group. Null: not set. Those that cannot be read are also listed as unknown. */
export function readCgroupLimits(): Limits {
  const text = readText('/proc/self/cgroup');
  if (text !== null) return cgroupLimits(text, readMounts(), readText);
  // A kernel without control groups has no such file. Without /proc nothing is known.
  const unknown = readText('/proc/self/status') === null ? (['memory', 'cpu'] as const) : [];
  return { ...cgroupLimits('', [], readText), unknown };
}
