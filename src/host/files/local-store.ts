import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statfsSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import type { EntryStatus, FileStore, HeldDirectory } from '../system/file-store.js';
import { makeDirectories } from '../system/make-directories.js';
import { preallocate } from '../system/preallocation.js';
import { withFile } from '../system/with-file.js';
import { beginWriteback } from '../system/writeback.js';

/** stat(2) counts allocated space in units of 512 bytes, regardless of the file system's block size. */
const STAT_BLOCK_BYTES = 512;

function statusOf(stats: Stats | undefined): EntryStatus | null {
  if (stats === undefined) return null;
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : stats.isSymbolicLink() ? 'link' : 'other';
  return {
    kind,
    bytes: stats.size,
    allocatedBytes: stats.blocks * STAT_BLOCK_BYTES,
    device: String(stats.dev),
  };
}

/**
 * Opens a directory. Entries are reached through /proc/self/fd, so that nobody can swap in a link or another
 * directory.
 */
function hold(path: string): HeldDirectory {
  // Fails with ELOOP or ENOTDIR on a link to a directory.
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  return {
    at: (name = '') => `/proc/self/fd/${fd}/${name}`,
    // The mount id distinguishes a bind mount of the same device.
    get place() {
      const mountId = /^mnt_id:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
      return `${fstatSync(fd).dev} ${mountId}`;
    },
    close: () => closeSync(fd),
  };
}

/** The store for files on mounted file systems. */
export const localStore: FileStore = {
  open: (path, { write, create, direct }) => {
    const access = write ? constants.O_RDWR : constants.O_RDONLY;
    const anew = create ? constants.O_CREAT | constants.O_TRUNC : 0;
    return openSync(path, access | anew | (direct ? constants.O_DIRECT : 0), 0o644);
  },
  close: closeSync,
  read: (fd, buffer, offsetBytes) => readSync(fd, buffer, 0, buffer.length, offsetBytes),
  write: (fd, buffer, offsetBytes) => writeSync(fd, buffer, 0, buffer.length, offsetBytes),
  sync: (fd, dataOnly) => (dataOnly ? fdatasyncSync(fd) : fsyncSync(fd)),
  preallocate,
  beginWriteback,
  readText: (path) => {
    try {
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
      return withFile(path, flags, (fd) => (fstatSync(fd).isFile() ? readFileSync(fd, 'utf8') : null));
    } catch {
      return null;
    }
  },
  writeNew: (path, content, mode) =>
    withFile(
      path,
      'wx',
      (fd) => {
        try {
          writeFileSync(fd, content);
          fsyncSync(fd);
        } catch (thrown) {
          unlinkSync(path);
          throw thrown;
        }
      },
      mode,
    ),
  status: (path) => statusOf(lstatSync(path, { throwIfNoEntry: false })),
  statusBehind: (path) => statusOf(statSync(path, { throwIfNoEntry: false })),
  names: (path) => readdirSync(path),
  makeDirectory: (path) => {
    mkdirSync(path);
  },
  makeDirectories,
  rename: renameSync,
  unlink: unlinkSync,
  removeDirectory: (path) => rmdirSync(path),
  removeTree: (path) => rmSync(path, { recursive: true, force: true }),
  syncDirectory: (path) => withFile(path, constants.O_RDONLY | constants.O_DIRECTORY, fsyncSync),
  hold,
  // Node returns only f_bsize of statfs(2). For FUSE file systems with another f_frsize the result has the wrong scale.
  space: (path) => {
    const { bsize, blocks, bavail } = statfsSync(path);
    return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
  },
};
