/** The calls that are made on a target's files, wherever these are: of this machine's kernel, or of an NFS server alone. */
import type { PreallocationMode } from './preallocation.js';

export interface EntryStatus {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  readonly bytes: number;
  readonly allocatedBytes: number;
  /** Of the file system that it lies on, so that two can be told apart. */
  readonly device: string;
}

export interface OpenFlags {
  readonly write: boolean;
  /** Make the file anew, empty. */
  readonly create: boolean;
  readonly direct: boolean;
}

/** A directory that is held while its entries are worked on. */
export interface HeldDirectory {
  /**
   * A path to one of its entries, or to itself. Where the file system allows that, it leads there whatever is put in the
   * directory's place meanwhile.
   */
  at(name?: string): string;
  /** Of its mount and file system. */
  readonly place: string;
  close(): void;
}

/**
 * Paths are absolute. Every method returns when its effect is complete, and throws errors of Node's shape: `code`,
 * `syscall`, `path`.
 */
export interface FileStore {
  /** Returns what the other calls know the file by. */
  open(path: string, flags: OpenFlags): number;
  close(handle: number): void;
  /** Returns the bytes read, which may be fewer than the buffer takes; 0 at the end of the file. */
  read(handle: number, buffer: Uint8Array, offsetBytes: number): number;
  /** Returns the bytes written, which may be fewer than the buffer holds. */
  write(handle: number, buffer: Uint8Array, offsetBytes: number): number;
  sync(handle: number, dataOnly: boolean): void;
  preallocate(handle: number, path: string, mode: PreallocationMode, bytes: number): void;
  /** Has the storage begin to write, and does not wait for it: a hint. */
  beginWriteback(handle: number, offsetBytes: number, bytes: number): void;
  /** The text of a small regular file; null when there is none, or something else (a link, too). */
  readText(path: string): string | null;
  /** Makes a small file that must not exist yet, and makes sure that it survives a crash; leaves nothing when it fails. */
  writeNew(path: string, content: Uint8Array | string, mode: number): void;
  /** Of the entry itself; null when there is none. */
  status(path: string): EntryStatus | null;
  /** Of what a link leads to; null when there is nothing. */
  statusBehind(path: string): EntryStatus | null;
  /** Of a directory's entries. */
  names(path: string): string[];
  makeDirectory(path: string): void;
  /** With those above it; those that exist are left. */
  makeDirectories(path: string): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  removeDirectory(path: string): void;
  /** Takes a file or a directory with all that is in it away; nothing when it does not exist. Links are not followed. */
  removeTree(path: string): void;
  /** Makes the names in a directory durable. */
  syncDirectory(path: string): void;
  /** Fails on a link to a directory. */
  hold(path: string): HeldDirectory;
  /** Of the file system: its size, and what an ordinary user may still fill of it. */
  space(path: string): { totalBytes: number; freeBytes: number };
}
