/** A target: the directory that a user names, looked at before anything is done to it. */
import { realpathSync, statfsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import type { TargetEnvironment } from '../record/run-record.js';
import { readMarker } from './files/marker.js';
import { OWN_PREFIX } from './files/own-directory.js';
import { withProbeFile } from './files/probe-file.js';
import { storeOf } from './files/store-of.js';
import { connectTarget } from './libnfs/nfs-target.js';
import { isNfsUrl } from './libnfs/nfs-url.js';
import { codeOf } from './system/libc.js';

/** A target's name and real path: all that is needed of the plan's `Target` here. */
export type TargetPath = Pick<TargetEnvironment, 'name' | 'path'>;

/** What the usual refusals of a file system mean for a user, and what to do. */
const REMEDIES: Readonly<Record<string, string>> = {
  EROFS: 'its file system is mounted read-only; remount it with rw, or run a workload that only reads',
  EACCES: 'permission denied; give this user write permission on it, or name a directory of your own',
  EPERM: 'the system does not permit it; check attributes (lsattr) and the security policy, or name another directory',
  ENOSPC: 'its file system is full; free some space or inodes, or name another directory',
  EDQUOT: "this user's quota on its file system is used up; free some space, or have the quota raised",
  ESTALE: 'its NFS file handle is stale: the export was replaced on the server; unmount and mount it again',
  EIO: 'its file system reports I/O errors; look at dmesg before measuring anything',
  ENOENT: 'it does not exist; create it first (mkdir -p), or check that the file system is mounted',
  ENOTDIR: 'a part of it is not a directory; name a directory',
  ELOOP: 'its symbolic links form a loop; name the directory itself',
  ETIMEDOUT: 'its server does not answer; check the network and the mount',
};

/** The directory itself was found before it was written in. */
const WRITE_REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'it takes no files, as virtual file systems do; name a directory on a disk or a mount',
};

function refusal(name: string, path: string, intent: string, cause: unknown): FeedrateError {
  const code = codeOf(cause) ?? 'EUNKNOWN';
  const remedy =
    (intent === 'write in' ? WRITE_REMEDIES[code] : undefined) ?? REMEDIES[code] ?? (cause as Error).message;
  return new FeedrateError('target', `target ${name}: cannot ${intent} ${path} (${code}): ${remedy}`, { cause });
}

function resolveDirectory(name: string, path: string): string {
  if (isNfsUrl(path)) {
    connectTarget(name, path);
    return path;
  }
  let real: string;
  let directory: boolean;
  try {
    // Unlike stat(2), it has an automounter mount what belongs here; the mount is looked at later.
    statfsSync(path);
    real = realpathSync(path);
    directory = storeOf(real).statusBehind(real)?.kind === 'directory';
  } catch (error) {
    throw refusal(name, path, 'use', error);
  }
  if (!directory) throw new FeedrateError('target', `target ${name}: ${path} is not a directory; name a directory`);
  return real;
}

function refuseOwnDirectory(name: string, path: string): void {
  for (let directory = path; ; directory = dirname(directory)) {
    // Others are not looked into: an automounter would be asked to mount something of the marker's name.
    if (basename(directory).startsWith(OWN_PREFIX) && readMarker(directory) !== null) {
      const parent = dirname(directory);
      const advice = `its files are feedrate's own and may be removed; name ${parent} or another directory`;
      throw new FeedrateError(
        'target',
        `target ${name}: ${path} is inside feedrate's directory ${directory}: ${advice}`,
      );
    }
    // What lies above an export cannot be seen.
    if (isNfsUrl(path) || directory === dirname(directory)) return;
  }
}

/** Enough that a full file system, or a used-up quota, must say so. */
const PROBE_BYTES = 4096;

/** Writes, syncs and removes a small file: the only test that knows read-only mounts, quotas, squashed roots and ACLs. */
function probeWriting(name: string, path: string): void {
  try {
    withProbeFile(path, new Uint8Array(PROBE_BYTES), () => {});
  } catch (error) {
    throw refusal(name, path, 'write in', error);
  }
}

/**
 * Looks at a directory that a user named. Throws a FeedrateError with code `target` when it does not exist, is not a
 * directory, lies inside one of feedrate's own directories, or (when `needs.write`) cannot be written in.
 */
export function openTarget(name: string, path: string, needs: { readonly write: boolean }): TargetPath {
  const real = resolveDirectory(name, path);
  refuseOwnDirectory(name, real);
  if (needs.write) probeWriting(name, real);
  return { name, path: real };
}

/** The size of the target's file system and what an ordinary user may still fill of it, bytes. */
export function statTarget({ path }: Pick<TargetPath, 'path'>): { totalBytes: number; freeBytes: number } {
  return storeOf(path).space(path);
}
