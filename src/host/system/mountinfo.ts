/** The mounts of this process, as /proc/self/mountinfo tells them: see proc_pid_mountinfo(5). */
import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface Mount {
  readonly id: number;
  readonly parentId: number;
  /** `major:minor` of the files' st_dev; major 0 has no block device (NFS, tmpfs, btrfs …). */
  readonly device: string;
  /** The directory of the file system that is mounted: not `/` for a bind mount or a btrfs subvolume. */
  readonly root: string;
  readonly mountPoint: string;
  /** Of this mount: `rw,relatime`. */
  readonly options: readonly string[];
  /** With its subtype: `nfs4`, `fuse.sshfs`. */
  readonly fileSystem: string;
  /** Device or export: `/dev/nvme1n1`, `svm-1:/train`. */
  readonly source: string;
  /** Of the file system behind the mount: `rw,vers=4.1,rsize=262144`. */
  readonly superOptions: readonly string[];
}

/** The kernel writes space, tab, newline, backslash and `#` in names as a backslash and three octal digits. */
export function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function parseMount(line: string): Mount | null {
  // Single spaces part the fields, because a source may be empty. The optional fields end at a lone dash.
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
    options: splitOptions(options),
    fileSystem: unescapeOctal(fileSystem),
    source: unescapeOctal(source ?? ''),
    superOptions: splitOptions(superOptions ?? ''),
  };
}

function splitOptions(text: string): string[] {
  return text
    .split(',')
    .filter((option) => option !== '')
    .map(unescapeOctal);
}

/** Every mount in a mountinfo text, in its order. Lines of another form are left out. */
export function parseMountinfo(text: string): Mount[] {
  return text.split('\n').flatMap((line) => parseMount(line) ?? []);
}

/** The mounts of this process now; none where /proc is not mounted. */
export function readMounts(): Mount[] {
  try {
    return parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  } catch {
    return [];
  }
}

/** `/`, `/a`, `/a/b` for `/a/b`. */
function pathPrefixes(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)];
}

/**
 * The mount that an absolute path without symbolic links lies on. It walks down the path and steps onto each mount
 * that sits on the one below, as the kernel does: so a mount over a mount counts, and one that a later mount over a
 * parent directory hides does not.
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

/** In a chroot that is no mount itself there is no root to walk from: the last mount on the longest prefix. */
function deepestMount(mounts: readonly Mount[], path: string): Mount | null {
  for (const prefix of pathPrefixes(path).reverse()) {
    const mount = mounts.findLast((candidate) => candidate.mountPoint === prefix);
    if (mount !== undefined) return mount;
  }
  return null;
}

/** The path without symbolic links; of one that does not exist (yet), the nearest parent that does. */
function resolveExisting(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const parent = dirname(path);
    if (parent === path) throw error;
    return join(resolveExisting(parent), basename(path));
  }
}

/** The mount that a path lies on now, symbolic links resolved; null when mountinfo is unreadable. */
export function mountOf(path: string): Mount | null {
  return findMount(readMounts(), resolveExisting(path));
}

/**
 * The options of a mount and of its file system in one list without repeats, `ro` or `rw` first: read-only when
 * either is. So says findmnt(8), too.
 */
export function mergedOptions(mount: Mount): string {
  const all = new Set([...mount.options, ...mount.superOptions]);
  const access = all.has('ro') ? 'ro' : 'rw';
  all.delete('ro');
  all.delete('rw');
  return [access, ...all].join(',');
}
