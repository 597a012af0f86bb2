import {
  accessSync,
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmdirSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { EntryStatus, FileStore, OpenFlags } from '../system/file-store.js';
import { foreignFile, onAnotherMount } from '../system/foreign-entry.js';
import { codeOf } from '../system/libc.js';
import { preallocate } from '../system/preallocation.js';
import { kindOf, statusOf } from '../system/stat-status.js';
import { withFile } from '../system/with-file.js';
import { beginWriteback } from '../system/writeback.js';
import {
  descriptorOf,
  forgetReached,
  hold,
  isKnownMissing,
  mountIdOf,
  placeBelow,
  reach,
  reachBoth,
  reachDirectory,
} from './held-directories.js';
import { makeBlocking, quickOpen, quickStatus } from './quick-open.js';
import { openUserFile } from './user-file.js';

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** An open with these waits for nobody, and follows no link. */
const CAREFUL = constants.O_NOFOLLOW | constants.O_NONBLOCK;

function status(path: string): EntryStatus | null {
  const fd = descriptorOf(path);
  if (fd !== null) return statusOf(fstatSync(fd));
  if (isKnownMissing(path)) return null;
  try {
    return statusOf(reach(path, (entry) => lstatSync(entry, { throwIfNoEntry: false })));
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}

function open(path: string, { write, create, direct, opening }: OpenFlags): number {
  if (opening != null) return openUserFile(path, opening, direct);
  const access = write ? constants.O_RDWR : constants.O_RDONLY;
  const flags = access | (create ? constants.O_CREAT : 0) | (direct ? constants.O_DIRECT : 0) | CAREFUL;
  const below = placeBelow(path);
  const quick = below === null ? -1 : quickOpen(below, flags, NEW_FILE_MODE);
  const fd = quick < 0 ? openByWalk(path, flags) : quick;
  try {
    // Only what is below a held directory is feedrate's own: a rehearsal opens /dev/zero.
    const { size } = below === null ? fstatSync(fd) : requireOwn(path, fd, quick < 0 ? below.fd : null);
    // Not truncated by the open, which came before the check.
    if (create && size > 0) ftruncateSync(fd, 0);
    makeBlocking(fd, flags);
    return fd;
  } catch (thrown) {
    closeSync(fd);
    throw thrown;
  }
}

const NEW_FILE_MODE = 0o644;

function openByWalk(path: string, flags: number): number {
  return reach(path, (entry) => {
    try {
      return openSync(entry, flags, NEW_FILE_MODE);
    } catch (thrown) {
      const found = lstatSync(entry, { throwIfNoEntry: false });
      const refusal = found === undefined ? null : foreignFile(path, { kind: kindOf(found), links: 1 });
      throw refusal ?? thrown;
    }
  });
}

/**
 * Throws a FeedrateError unless an open file is regular and has a single name.
 * @param directory on whose mount it must be; null when the open made sure
 */
function requireOwn(path: string, fd: number, directory: number | null): { readonly size: number } {
  const opened = quickStatus(fd) ?? fstatSync(fd);
  const foreign = foreignFile(path, { kind: kindOf(opened), links: opened.nlink });
  if (foreign !== null) throw foreign;
  // An overlay may give its files another device than its directories, but never another mount.
  const isElsewhere =
    directory !== null && fstatSync(fd).dev !== fstatSync(directory).dev && mountIdOf(fd) !== mountIdOf(directory);
  if (isElsewhere) throw onAnotherMount(path);
  return opened;
}

function readText(path: string): string | null {
  try {
    if (status(path)?.kind !== 'file') return null;
    return reach(path, (entry) =>
      withFile(entry, constants.O_RDONLY | CAREFUL, (fd) => (fstatSync(fd).isFile() ? readFileSync(fd, 'utf8') : null)),
    );
  } catch {
    return null;
  }
}

function writeNew(path: string, content: Uint8Array | string, mode: number): void {
  reach(path, (entry) =>
    withFile(
      entry,
      'wx',
      (fd) => {
        try {
          writeFileSync(fd, content);
          fsyncSync(fd);
        } catch (thrown) {
          unlinkSync(entry);
          throw thrown;
        }
      },
      mode,
    ),
  );
}

function may(path: string, access: 'read' | 'write'): boolean {
  const mode = access === 'read' ? constants.R_OK : constants.W_OK;
  try {
    const isDirectory = status(path)?.kind === 'directory';
    reach(path, (entry) => accessSync(entry, isDirectory ? mode | constants.X_OK : mode));
    return true;
  } catch {
    return false;
  }
}

function makeDirectory(path: string): void {
  forgetReached(path);
  reach(path, (entry) => mkdirSync(entry));
}

/** Makes one level after the other, so that nothing comes into being where `base` no longer is. */
function makeDirectories(base: string, path: string): void {
  let at = base;
  for (const name of path
    .slice(base.length)
    .split('/')
    .filter((part) => part !== '')) {
    at = join(at, name);
    try {
      makeDirectory(at);
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw thrown;
    }
  }
}

function rename(from: string, to: string): void {
  for (const path of [from, to]) forgetReached(path);
  reachBoth(from, to, renameSync);
}

function removeDirectory(path: string): void {
  forgetReached(path);
  reach(path, (entry) => rmdirSync(entry));
}

/** @param place of the directory that contains it; null when it does not matter. What is mounted there is left alone */
function removeTree(path: string, place: string | null = null): void {
  const kind = status(path)?.kind;
  if (kind === undefined) return;
  if (kind !== 'directory') {
    ignoringMissing(() => reach(path, unlinkSync));
    return;
  }
  const held = hold(path);
  try {
    if (place !== null && held.place !== place) return;
    for (const name of namesIn(path)) removeTree(join(path, name), held.place);
  } finally {
    held.close();
  }
  ignoringMissing(() => removeDirectory(path));
}

function ignoringMissing(remove: () => void): void {
  try {
    remove();
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown;
  }
}

function namesIn(path: string): string[] {
  return reachDirectory(path, (entry) => withFile(entry, DIRECTORY, (fd) => readdirSync(`/proc/self/fd/${fd}`)));
}

/** The store for files on mounted file systems. */
export const localStore: FileStore = {
  open,
  close: closeSync,
  read: (fd, buffer, offsetBytes) => readSync(fd, buffer, 0, buffer.length, offsetBytes),
  write: (fd, buffer, offsetBytes) => writeSync(fd, buffer, 0, buffer.length, offsetBytes),
  sync: (fd, dataOnly) => (dataOnly ? fdatasyncSync(fd) : fsyncSync(fd)),
  preallocate,
  beginWriteback,
  readText,
  writeNew,
  status,
  statusBehind: (path) => {
    const fd = descriptorOf(path);
    return statusOf(fd === null ? statSync(path, { throwIfNoEntry: false }) : fstatSync(fd));
  },
  may,
  names: namesIn,
  makeDirectory,
  makeDirectories,
  rename,
  unlink: (path) => reach(path, unlinkSync),
  removeDirectory,
  removeTree: (path) => removeTree(path),
  syncDirectory: (path) => reachDirectory(path, (entry) => withFile(entry, DIRECTORY, fsyncSync)),
  hold,
  // Node returns only f_bsize of statfs(2). For FUSE file systems with another f_frsize the result has the wrong scale.
  space: (path) => {
    const { bsize, blocks, bavail, files, ffree } = statfsSync(
      descriptorOf(path) === null ? path : reachDirectory(path, (entry) => entry),
    );
    return { totalBytes: blocks * bsize, freeBytes: bavail * bsize, freeFiles: files === 0 ? null : ffree };
  },
};
