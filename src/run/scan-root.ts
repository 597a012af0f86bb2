/** Finds the place that a dataset names in a target, and refuses those that the target does not have. */
import { lstatSync, readFileSync, realpathSync, type Stats } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { passingOf } from '../host/files/own-names.js';
import { codeOf } from '../host/system/libc.js';
import { findMount, readMounts } from '../host/system/mountinfo.js';

/** Where the files of a dataset are in a target. */
export interface ScanRoot {
  /** Absolute, without links. */
  readonly path: string;
  /** Relative to the target; empty: the target itself. */
  readonly inTarget: string;
  readonly stats: Stats;
}

/** Returns the place of `path` in a target. Throws `FeedrateError('target')` when it is missing or elsewhere. */
export function rootOf(target: { readonly name: string; readonly path: string }, path: string): ScanRoot {
  const refuse = (why: string) => new FeedrateError('target', `target ${target.name}: dataset.path ${path}: ${why}`);
  if (passingOf(basename(target.path))?.kind === 'exported')
    throw refuse(
      'mount-matrix measures in new directories; mount by hand and use: feedrate run WORKLOAD -t a=/mnt/a -t b=/mnt/b',
    );
  const wanted = resolve(target.path, path);
  if (!isIn(wanted, target.path)) throw refuse(`is outside ${target.path}; use -t ${wanted}`);
  let real: string;
  try {
    real = realpathSync(wanted);
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw refuse(`there is no ${wanted}; name a directory or file of the target`);
    throw refuse(`${wanted} cannot be reached (${code})`);
  }
  if (!isIn(real, target.path)) throw refuse(`is a link to ${real}, outside ${target.path}; use -t ${real}`);
  const mounts = readMounts();
  const mount = findMount(mounts, real);
  if (mount !== null && mount.id !== findMount(mounts, target.path)?.id)
    throw refuse(`is on another mount (${mount.source} on ${mount.mountPoint}); use -t ${mount.mountPoint}`);
  return { path: real, inTarget: relative(target.path, real), stats: lstatSync(real) };
}

/** Returns the mount points below a directory. */
export function mountsBelow(directory: string): ReadonlySet<string> {
  return new Set(
    readMounts()
      .map(({ mountPoint }) => mountPoint)
      .filter((point) => point !== directory && isIn(point, directory)),
  );
}

/** Returns whether a path is a directory or below it. Both are absolute. */
export function isIn(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/** The kernel counts in these, whatever the sectors of the device. */
const SECTOR_BYTES = 512;

/** Returns the bytes of a block device, or null when the kernel does not say. */
export function deviceBytes({ rdev }: Stats): number | null {
  // Node gives dev_t of glibc as a number: 12 bits of major above 8 bits of minor, whose rest is above both.
  const [major, minor] = [(rdev >>> 8) & 0xfff, (rdev & 0xff) | ((rdev >>> 12) & ~0xff)];
  try {
    return Number(readFileSync(join('/sys/dev/block', `${major}:${minor}`, 'size'), 'utf8')) * SECTOR_BYTES;
  } catch {
    return null;
  }
}
