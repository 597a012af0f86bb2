/** Reads the mounts of this process from /proc/self/mountinfo. See proc_pid_mountinfo(5). */
import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { splitMountOptions } from '../../base/mount-command.js';

export interface Mount {
  readonly id: number;
  readonly parentId: number;
  /** `major:minor` of the files' st_dev. Major 0 means no block device (NFS, tmpfs, btrfs …). */
  readonly device: string;
  /** The directory of the file system that is mounted. It is not `/` for a bind mount or a btrfs subvolume. */
  readonly root: string;
  readonly mountPoint: string;
  /** The options of this mount: `rw,relatime`. */
  readonly options: readonly string[];
  /** The type with its subtype: `nfs4`, `fuse.sshfs`. */
  readonly fileSystem: string;
  /** The device or export: `/dev/nvme1n1`, `svm-1:/train`. */
  readonly source: string;
  /** The options of the file system behind the mount: `rw,vers=4.1,rsize=262144`. */
  readonly superOptions: readonly string[];
}

/** Decodes a name. The kernel writes space, tab, newline, backslash and `#` as a backslash and three octal digits. */
export function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function parseMount(line: string): Mount | null {
  // Single spaces separate the fields, because a source may be empty. A lone dash ends the optional fields.
  const fields = line.split(' ');
  const dash = fields.indexOf('-', 6);
  const [id, parentId, device, root, mountPoint, options] = fields;
  const [fileSystem, source, superOptions] = dash < 0 ? [] : fields.slice(dash + 1);
  if (id === undefined || parentId === undefined || device === undefined || root === undefined) return null;
  if (mountPoint === undefined || options === undefined || fileSystem === undefined) return null;
  return {
    id: Number(id),
    parentId: Number(parentId),
    device,
    root: unescapeOctal(root),
    mountPoint: unescapeOctal(mountPoint),
    options: splitMountOptions(options).map(unescapeOctal),
    fileSystem: unescapeOctal(fileSystem),
    source: unescapeOctal(source ?? ''),
    superOptions: splitMountOptions(superOptions ?? '').map(unescapeOctal),
  };
}

/** Returns every mount in a mountinfo text, in its order. Skips lines in another format. */
export function parseMountinfo(text: string): Mount[] {
  return text.split('\n').flatMap((line) => parseMount(line) ?? []);
}

/** Returns the current mounts of this process. Empty when /proc is not mounted. */
export function readMounts(): Mount[] {
  try {
    return parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  } catch {
    return [];
  }
}

/** Returns a path and all its parents, shortest first: `/`, `/a`, `/a/b` for `/a/b`. */
function pathPrefixes(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)];
}

/**
 * Returns the mount that contains an absolute path without symbolic links, or null. Like the kernel, it walks down
 * the path and follows each mount on top of the current one. A mount on top of another mount is therefore found, and
 * a mount that is hidden by a later mount on a parent directory is not.
 */
export function findMount(mounts: readonly Mount[], path: string): Mount | null {
  const ids = new Set(mounts.map((mount) => mount.id));
  const isRoot = (mount: Mount): boolean => !ids.has(mount.parentId) || mount.parentId === mount.id;
  let current = mounts.find((mount) => mount.mountPoint === '/' && isRoot(mount));
  if (current === undefined) return deepestMount(mounts, path);
  for (const prefix of pathPrefixes(path)) {
    const onTop = (below: Mount) =>
      mounts.findLast((mount) => mount.parentId === below.id && mount.id !== below.id && mount.mountPoint === prefix);
    for (let next = onTop(current); next !== undefined; next = onTop(current)) current = next;
  }
  return current;
}

/** Returns the last mount on the longest prefix. A chroot that is not a mount itself has no root mount to walk from. */
function deepestMount(mounts: readonly Mount[], path: string): Mount | null {
  for (const prefix of pathPrefixes(path).reverse()) {
    const mount = mounts.findLast((candidate) => candidate.mountPoint === prefix);
    if (mount !== undefined) return mount;
  }
  return null;
}

/** Returns the path without symbolic links. A path that does not exist is resolved from its nearest existing parent. */
function resolveExisting(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const parent = dirname(path);
    if (parent === path) throw error;
    return join(resolveExisting(parent), basename(path));
  }
}

/** Returns the mount that contains a path, after resolving symbolic links. Null when mountinfo cannot be read. */
export function mountOf(path: string): Mount | null {
  return findMount(readMounts(), resolveExisting(path));
}

/**
 * Returns the options of a mount and of its file system in one text without duplicates. `ro` or `rw` comes first. It is
 * `ro` when either is read-only, as in findmnt(8).
 */
export function mergedOptions(mount: Mount): string {
  return optionsOf(mount).join(',');
}

/** Returns the options as mount(8) accepts them. The kernel shows `strictatime` by naming no other rule for atime. */
export function mountableOptions(mount: Mount): string[] {
  const hasRule = mount.options.some((option) => option === 'relatime' || option === 'noatime');
  return [...optionsOf(mount), ...(hasRule ? [] : ['strictatime'])];
}

function optionsOf(mount: Mount): string[] {
  const all = new Set([...mount.options, ...mount.superOptions]);
  const access = all.has('ro') ? 'ro' : 'rw';
  all.delete('ro');
  all.delete('rw');
  return [access, ...all];
}
