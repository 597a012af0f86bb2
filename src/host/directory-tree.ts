/**
 * Walks of a directory that feedrate made. Each directory is held open while it is worked on and its entries are
 * reached through /proc/self/fd, so that nobody can slip a link or another directory under a path meanwhile.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { codeOf } from './libc.js';

/** Opens the directory itself: fails with ELOOP or ENOTDIR on a link to one. */
export function openDirectory(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

/** A path to what an open directory holds. */
export function pathBelow(fd: number, name = ''): string {
  return `/proc/self/fd/${fd}/${name}`;
}

/** Device and mount of an open directory: the mount tells a bind mount of the same device. */
export function placeOf(fd: number): string {
  const mountId = /^mnt_id:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
  return `${fstatSync(fd).dev} ${mountId}`;
}

/** Runs a removal; what is gone already needs none. */
export function ifPresent(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/**
 * Removes everything in an open directory but the entry `keep`. Links are removed, never followed; what is mounted
 * below is left alone. `path` is the directory's name for people. Returns the mount points that were left; throws
 * Node's error when something cannot be removed.
 */
export function removeContents(fd: number, path: string, keep: string | null): string[] {
  const place = placeOf(fd);
  const left: string[] = [];
  for (const entry of readdirSync(pathBelow(fd), { withFileTypes: true })) {
    if (entry.name === keep) continue;
    const child = pathBelow(fd, entry.name);
    if (entry.isDirectory()) left.push(...removeDirectory(child, join(path, entry.name), place));
    else ifPresent(() => unlinkSync(child));
  }
  return left;
}

function removeDirectory(path: string, shownPath: string, place: string): string[] {
  const fd = openDirectory(path);
  let left: string[];
  try {
    left = placeOf(fd) === place ? removeContents(fd, shownPath, null) : [shownPath];
  } finally {
    closeSync(fd);
  }
  if (left.length === 0) ifPresent(() => rmdirSync(path));
  return left;
}

/** stat(2) counts allocated space in units of 512 bytes, whatever the file system's block size is. */
const STAT_BLOCK_BYTES = 512;

/** The space that a directory and all in it take up on its device, bytes; links are not followed, nor mounts entered. */
export function allocatedBytes(path: string): number {
  const { dev } = lstatSync(path);
  const measure = (entryPath: string): number => {
    const stat = lstatSync(entryPath, { throwIfNoEntry: false });
    if (stat === undefined || stat.dev !== dev) return 0;
    const children = stat.isDirectory() ? readdirSync(entryPath) : [];
    return children.reduce((sum, name) => sum + measure(join(entryPath, name)), stat.blocks * STAT_BLOCK_BYTES);
  };
  return measure(path);
}
