/**
 * Checks whether an NFS mount can be unmounted and mounted again, which drops everything that this client caches of
 * it.
 */
import { FeedrateError } from '../base/errors.js';
import { isNfsUrl } from './libnfs/nfs-url.js';
import { holdersOf } from './nfs/holders.js';
import { isNfs } from './nfs/nfs-options.js';
import { findMount, type Mount, readMounts } from './system/mountinfo.js';
import type { TargetPath } from './target.js';

/** Returns why a mount cannot be remounted, or null when it can. Does not check whether the mount is in use. */
export function remountObstacle(mounts: readonly Mount[], mount: Mount): string | null {
  const { mountPoint } = mount;
  if (!isNfs(mount)) return `it is ${mount.fileSystem}, not NFS`;
  const below = mounts.find(({ parentId, id }) => parentId === mount.id && id !== mount.id);
  if (below !== undefined) return `${below.mountPoint} is mounted below it; unmount that first`;
  const parent = mounts.find(({ id }) => id === mount.parentId && id !== mount.id);
  if (parent?.fileSystem === 'autofs')
    return `an automounter mounted it (autofs on ${parent.mountPoint}) and would interfere; mount the export by hand elsewhere`;
  if (parent?.mountPoint === mountPoint)
    return `it covers another mount at the same mount point; unmount one of the two`;
  if (parent !== undefined && isNfs(parent))
    return `it is inside another NFS mount (${parent.mountPoint}), which may mount it automatically; mount it elsewhere`;
  const twin = mounts.find(({ device, id }) => device === mount.device && id !== mount.id);
  if (twin !== undefined)
    return `${twin.mountPoint} shows the same file system (a bind mount, or the export mounted twice) and would keep its caches; unmount that first`;
  return mount.root === '/' ? null : `it is a bind mount of ${mount.root}; use the original mount instead`;
}

/** Throws `FeedrateError('target')` when the target's mount cannot be remounted or is in use. */
export function requireRemountable({ name, path }: TargetPath, mounts: readonly Mount[] = readMounts()): void {
  const refuse = (what: string, why: string) =>
    new FeedrateError('target', `target ${name}: ${what} cannot be remounted: ${why}`);
  if (isNfsUrl(path)) throw refuse(path, 'it has no mount, and every read already comes from the server');
  const mount = findMount(mounts, path);
  if (mount === null) throw refuse(path, 'its mount is unknown because /proc/self/mountinfo is not available');
  const obstacle = remountObstacle(mounts, mount);
  if (obstacle !== null) throw refuse(mount.mountPoint, obstacle);
  const holders = holdersOf(mount.mountPoint);
  if (holders.length > 0) throw refuse(mount.mountPoint, `it is used by ${holders.join(', ')}; stop using it there`);
}
