import type { ReaderCalls } from './reader-calls.js';

/** `BUFSIZ` of glibc: the longest buffer of a stream. */
const MOST_BYTES = 8192;

/**
 * A stream of glibc (`FILE`) that is read (`libio/fileops.c`). Its buffer has `st_blksize` bytes, but not more than 8 KiB: that
 * is what it has on NFS.
 */
export class StreamBuffer {
  readonly #calls: ReaderCalls;
  readonly #handle: number;
  readonly #blockBytes: number;
  #position = 0;
  /** Bytes in the buffer behind the position. */
  #ahead = 0;

  constructor(calls: ReaderCalls, handle: number, blockBytes: number) {
    this.#calls = calls;
    this.#handle = handle;
    this.#blockBytes = Math.min(blockBytes, MOST_BYTES);
  }

  /** `fseek(position)` on a stream without a buffer: goes to the start of the block, and reads up to the position exactly. */
  seek(position: number): void {
    const before = position % this.#blockBytes;
    this.#calls.seek(this.#handle, position - before, 'set');
    if (before > 0) this.#calls.read(this.#handle, before);
    this.#position = position;
    this.#ahead = 0;
  }

  /** `fseek(0, SEEK_CUR)` after it: reads the block that the position is in. */
  seekAgain(): void {
    const before = this.#position % this.#blockBytes;
    this.#calls.seek(this.#handle, this.#position - before, 'set');
    if (before === 0) return;
    const got = this.#calls.read(this.#handle, this.#blockBytes);
    this.#ahead = Math.max(0, got - before);
  }

  /** `fread(n)` */
  read(lengthBytes: number): void {
    let rest = lengthBytes;
    while (rest > 0) {
      const ready = Math.min(rest, this.#ahead);
      this.#ahead -= ready;
      rest -= ready;
      if (rest === 0) return;
      const isWhole = rest >= this.#blockBytes;
      const got = this.#calls.read(this.#handle, isWhole ? rest - (rest % this.#blockBytes) : this.#blockBytes);
      if (got === 0) return;
      if (isWhole) rest -= got;
      else this.#ahead = got;
    }
  }
}
