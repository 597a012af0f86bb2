/**
 * Files through which machines talk. Network file systems keep what they have read for seconds, and that a file does not
 * exist for up to a minute. So a reader never asks whether a file exists, but creates it; a writer overwrites it in place;
 * and on NFS both use direct I/O on a file held open, which asks the server each time.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, statfs } from 'node:fs/promises';
import { codeOf } from '../host/system/libc.js';
import { decodeNote, encodeNote, noteBytes, type RankNote, type Summary } from './note.js';

const NFS_MAGIC = 0x6969;
const PAGE_BYTES = 4096;
const IN_PLACE = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Returns whether files below the directory have to be read past the cache of an NFS client. */
export async function isOnNfs(directory: string): Promise<boolean> {
  return (await statfs(directory)).type === NFS_MAGIC;
}

export class NoteFile<T extends RankNote | Summary> {
  readonly #path: string;
  readonly #isDirect: boolean;
  #held: FileHandle | null = null;
  #lengthBytes = PAGE_BYTES;

  constructor(path: string, isDirect: boolean) {
    this.#path = path;
    this.#isDirect = isDirect;
  }

  /**
   * Returns what the file holds, or null when that is nothing, or nothing complete. Throws an error of Node's shape when the
   * directory is gone or the file cannot be read.
   */
  async read(): Promise<T | null> {
    const text = await this.#using(async (file) => {
      const start = await readFrom(file, 0, this.#lengthBytes);
      const bytes = noteBytes(start);
      // Most of the next notes will be as long.
      this.#lengthBytes = Math.ceil(Math.max(bytes, 1) / PAGE_BYTES) * PAGE_BYTES;
      return bytes <= start.length ? start : readFrom(file, 0, this.#lengthBytes);
    });
    return decodeNote<T>(text);
  }

  /** Overwrites the file. Throws an error of Node's shape when it cannot be written. */
  async write(value: T): Promise<void> {
    const text = encodeNote(value);
    const bytes = Buffer.alloc(Math.ceil(text.length / PAGE_BYTES) * PAGE_BYTES, ' ');
    bytes.write(text, 'latin1');
    await this.#using(async (file) => {
      for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at, at)).bytesWritten;
    });
  }

  async close(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    await held?.close();
  }

  async #using<R>(work: (file: FileHandle) => Promise<R>): Promise<R> {
    try {
      this.#held ??= await open(this.#path, IN_PLACE | (this.#isDirect ? constants.O_DIRECT : 0), 0o644);
      return await work(this.#held);
    } catch (thrown) {
      // Another client has removed the file, and perhaps created it again.
      if (codeOf(thrown) === 'ESTALE') await this.close().catch(() => {});
      throw thrown;
    } finally {
      // Elsewhere, a file system may look at the server's copy only when the file is opened.
      if (!this.#isDirect) await this.close();
    }
  }
}

async function readFrom(file: FileHandle, offset: number, bytes: number): Promise<string> {
  const buffer = Buffer.allocUnsafe(bytes);
  let length = 0;
  while (length < bytes) {
    const { bytesRead } = await file.read(buffer, length, bytes - length, offset + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.toString('latin1', 0, length);
}
