import { constants, type Stats } from 'node:fs';
import type { EntryStatus } from './file-store.js';

/** stat(2) counts allocated space in units of 512 bytes, regardless of the file system's block size. */
const STAT_BLOCK_BYTES = 512;

/** Returns the kind of an entry from its mode, as in stat(2). */
export function kindOfMode(mode: number): EntryStatus['kind'] {
  switch (mode & constants.S_IFMT) {
    case constants.S_IFREG:
      return 'file';
    case constants.S_IFDIR:
      return 'directory';
    case constants.S_IFLNK:
      return 'link';
    case constants.S_IFIFO:
      return 'fifo';
    case constants.S_IFSOCK:
      return 'socket';
    default:
      return 'device';
  }
}

/** Returns the kind of an entry that Node has looked at. */
export function kindOf({ mode }: Pick<Stats, 'mode'>): EntryStatus['kind'] {
  return kindOfMode(mode);
}

/** Returns the status of an entry that Node has looked at; null when it does not exist. */
export function statusOf(stats: Stats | undefined): EntryStatus | null {
  if (stats === undefined) return null;
  return {
    kind: kindOf(stats),
    links: stats.nlink,
    bytes: stats.size,
    allocatedBytes: stats.blocks * STAT_BLOCK_BYTES,
    device: String(stats.dev),
    ownerId: stats.uid,
    inode: stats.ino,
    modifiedMs: stats.mtimeMs,
    changedMs: stats.ctimeMs,
  };
}
