/** Checks a target, the directory that a user names, before a run uses it. */
import { accessSync, constants, realpathSync, statfsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import type { TargetEnvironment } from '../record/run-record.js';
import { readMarker } from './files/marker.js';
import { OWN_PREFIX } from './files/own-names.js';
import { withProbeFile } from './files/probe-file.js';
import { storeOf } from './files/store-of.js';
import { connectTarget } from './libnfs/nfs-target.js';
import { isNfsUrl } from './libnfs/nfs-url.js';
import type { FileSystemSpace } from './system/file-store.js';
import { codeOf } from './system/libc.js';
import { undecodablePath } from './system/undecodable.js';

/** A target's name and real path, the only fields of the plan's `Target` that this room needs. */
export type TargetPath = Pick<TargetEnvironment, 'name' | 'path'>;

/** The meaning of common file system errors, and what to do about each. */
const REMEDIES: Readonly<Record<string, string>> = {
  EROFS:
    'its file system is read-only; remount it with rw, allow writing in its export, or run a workload that only reads',
  EACCES: 'permission denied; give this user read and search permission (rx) on it, or name a directory of your own',
  EPERM: 'the system does not permit it; check attributes (lsattr) and the security policy, or name another directory',
  ENOSPC: 'its file system is full; free some space or inodes, or name another directory',
  EDQUOT: "this user's quota on its file system is used up; free some space, or have the quota raised",
  ESTALE: 'its NFS file handle is stale: the export was replaced on the server; unmount it and mount it again',
  EIO: 'its file system reports I/O errors; check dmesg before you measure anything',
  ENOENT: 'it does not exist; create it first (mkdir -p), or check that the file system is mounted',
  ENOTDIR: 'part of the path is not a directory; name a directory',
  ELOOP: 'its symbolic links form a loop; name the directory itself',
  EMFILE: 'this process may open no more files; raise the limit (ulimit -n)',
  ENFILE: 'this machine may open no more files; raise the limit (sysctl fs.file-max)',
  ETIMEDOUT: 'its server does not answer; check the network and the mount',
};

/** The meaning of errors of a write. The directory itself exists, because it was found before. */
const WRITE_REMEDIES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; give this user write permission on it, or name a directory of your own',
  ENOENT: 'files cannot be created there (a virtual file system?); name a directory on a disk or a mount',
};

function refusal(name: string, path: string, intent: string, cause: unknown): FeedrateError {
  if (cause instanceof FeedrateError) return cause;
  const code = codeOf(cause) ?? 'EUNKNOWN';
  const remedy =
    (intent === 'write in' ? WRITE_REMEDIES[code] : undefined) ?? REMEDIES[code] ?? systemFaultOf(cause).message;
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
    // Unlike stat(2), statfs(2) triggers an automounter. The mount must exist before it is checked later.
    statfsSync(path);
    real = realpathSync(path);
    directory = storeOf(real).statusBehind(real)?.kind === 'directory';
    if (directory) accessSync(real, constants.X_OK);
  } catch (error) {
    const lost = undecodablePath(error, path);
    if (lost !== null) throw undecodable(name, path, lost);
    throw refusal(name, path, 'use', error);
  }
  if (!directory) throw new FeedrateError('target', `target ${name}: ${path} is not a directory; name a directory`);
  return real;
}

/** Returns the refusal of a link to a directory whose name Node cannot pass on as a text. */
function undecodable(name: string, path: string, real: string): FeedrateError {
  const why = `${path} leads to ${real}, whose name is not valid UTF-8`;
  return new FeedrateError('target', `target ${name}: ${why}; rename that directory, or bind-mount it elsewhere`);
}

function refuseOwnDirectory(name: string, path: string): void {
  for (let directory = path; ; directory = dirname(directory)) {
    // Skip other directories: opening a marker there could make an automounter mount something of that name.
    if (basename(directory).startsWith(OWN_PREFIX) && readMarker(directory) !== null) {
      const parent = dirname(directory);
      const advice = `feedrate may remove its files; name ${parent} or another directory`;
      throw new FeedrateError(
        'target',
        `target ${name}: ${path} is inside feedrate's directory ${directory}: ${advice}`,
      );
    }
    // The directories above an export are not visible.
    if (isNfsUrl(path) || directory === dirname(directory)) return;
  }
}

/** Large enough that a full file system or an exhausted quota returns an error. */
const PROBE_BYTES = 4096;

/**
 * Writes, syncs and removes a small file. Only this test detects read-only mounts, quotas, squashed roots and ACLs
 * alike.
 */
function probeWriting(name: string, path: string): void {
  try {
    withProbeFile(path, new Uint8Array(PROBE_BYTES), () => {});
  } catch (error) {
    throw refusal(name, path, 'write in', error);
  }
}

/**
 * Checks a directory that a user named. Returns the target with its real path. Throws a FeedrateError with code
 * `target` when it does not exist, is not a directory, is inside one of feedrate's own directories, or is not
 * writable and `needs.write` is set.
 */
export function openTarget(name: string, path: string, needs: { readonly write: boolean }): TargetPath {
  const real = resolveDirectory(name, path);
  refuseOwnDirectory(name, real);
  if (needs.write) probeWriting(name, real);
  return { name, path: real };
}

/** Returns the size of the target's file system and what an ordinary user can still fill. */
export function statTarget({ path }: Pick<TargetPath, 'path'>): FileSystemSpace {
  return storeOf(path).space(path);
}
