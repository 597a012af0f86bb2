/** The calls on a target's files, for mounted file systems and for NFS servers without a mount. */
import type { Opening } from '../../base/opening.js';
import type { PreallocationMode } from './preallocation.js';

export interface EntryStatus {
  readonly kind: 'file' | 'directory' | 'link' | 'fifo' | 'socket' | 'device';
  /** The number of its names (hard links). */
  readonly links: number;
  readonly bytes: number;
  readonly allocatedBytes: number;
  /** Identifies the file system that contains the entry. */
  readonly device: string;
  /** The user who owns it, as this machine or the NFS server numbers users. */
  readonly ownerId: number;
  /** Inode number, and the times of the last change of the content and of anything, ms. null without a mount. */
  readonly inode: number | null;
  readonly modifiedMs: number | null;
  readonly changedMs: number | null;
}

export interface OpenFlags {
  readonly write: boolean;
  /** Creates an empty file, and truncates an existing one. */
  readonly create: boolean;
  readonly direct: boolean;
  /** How to open a file that is not feedrate's; absent or null: it is. Such files are only read. */
  readonly opening?: Opening | null | undefined;
}

/**
 * A directory that is held open during the work on its entries. If the file system supports it, paths below it lead to
 * its entries even when something else takes the directory's place.
 */
export interface HeldDirectory {
  /** Returns the path of one of its entries, or of the directory itself. */
  at(name?: string): string;
  /** Identifies its mount and file system. */
  readonly place: string;
  close(): void;
}

/**
 * A file system. Paths are absolute. Every method returns when its effect is complete, and throws errors of Node's
 * shape: `code`, `syscall`, `path`. Below a held directory no link is followed: a link on the way, and anything but a
 * regular file with one name in the place of a file to open, throws a FeedrateError whose cause has that shape.
 */
export interface FileStore {
  /** Returns a handle for the other calls. Never waits for the other end of a FIFO. */
  open(path: string, flags: OpenFlags): number;
  close(handle: number): void;
  /** Returns the bytes read, which may be fewer than the buffer can hold. 0 at the end of the file. */
  read(handle: number, buffer: Uint8Array, offsetBytes: number): number;
  /** Returns the bytes written, which may be fewer than the buffer holds. */
  write(handle: number, buffer: Uint8Array, offsetBytes: number): number;
  sync(handle: number, dataOnly: boolean): void;
  preallocate(handle: number, path: string, mode: PreallocationMode, bytes: number): void;
  /** Asks the storage to begin to write, and does not wait. It is only a hint. */
  beginWriteback(handle: number, offsetBytes: number, bytes: number): void;
  /** Returns the text of a small regular file. Null when the path is missing, a link or anything else. */
  readText(path: string): string | null;
  /** Creates a small file durably. Throws when the file exists. Leaves no file behind when it fails. */
  writeNew(path: string, content: Uint8Array | string, mode: number): void;
  /** Returns the status of the entry itself, or null when it does not exist. */
  status(path: string): EntryStatus | null;
  /** Returns the status of the target of a link, or null when it does not exist. */
  statusBehind(path: string): EntryStatus | null;
  /**
   * Returns whether this user may read a file or directory, or may write to a file and make entries in a directory. An
   * NFS server without a mount is not asked: true.
   */
  may(path: string, access: 'read' | 'write'): boolean;
  /** Returns the names of a directory's entries. */
  names(path: string): string[];
  makeDirectory(path: string): void;
  /** Creates the missing directories on the way from `base`, which must exist, to a path below it. */
  makeDirectories(base: string, path: string): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  removeDirectory(path: string): void;
  /** Removes a file, or a directory with its contents. Does nothing when it does not exist. Follows no links. */
  removeTree(path: string): void;
  /** Makes the names in a directory durable. */
  syncDirectory(path: string): void;
  /** Opens a directory and holds it. Throws on a link to a directory, unless the path ends in `/.`. */
  hold(path: string): HeldDirectory;
  /** Returns the size of the file system and what an ordinary user can still fill. */
  space(path: string): FileSystemSpace;
}

export interface FileSystemSpace {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** Files and directories that can still be made; null on file systems that do not count them, such as btrfs. */
  readonly freeFiles: number | null;
}
