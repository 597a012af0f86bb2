import type { ReaderCalls } from './reader-calls.js';

/**
 * A file as CPython's `open(path, 'rb')` has it: a `BufferedReader` over a `FileIO`, with a buffer of `st_blksize` bytes (until
 * 3.13; `Modules/_io/bufferedio.c` and `fileio.c`). It makes the calls that these make for what a program asks of it.
 */
export class PythonFile {
  readonly handle: number;
  readonly #calls: ReaderCalls;
  readonly #blockBytes: number;
  readonly #bytes: number;
  /** The kernel's position in the file: the end of what is buffered. */
  #kernelAt = 0;
  /** Bytes in the buffer, and how many of them were given out. */
  #filled = 0;
  #given = 0;

  constructor(calls: ReaderCalls, path: string, bytes: number, blockBytes: number) {
    this.#calls = calls;
    this.#blockBytes = blockBytes;
    this.#bytes = bytes;
    this.handle = calls.open(path, bytes);
    calls.status(this.handle);
    calls.askTerminal(this.handle);
    calls.seek(this.handle, 0, 'current');
  }

  /** The position of the next byte that the program is given. Asks nothing: programs ask with `tell`. */
  get position(): number {
    return this.#kernelAt - this.#ahead;
  }

  /** The kernel's position: the end of what is buffered. */
  get kernelPosition(): number {
    return this.#kernelAt;
  }

  get #ahead(): number {
    return this.#filled - this.#given;
  }

  /** `read(n)`. Returns the bytes read: fewer at the end of the file. */
  read(lengthBytes: number): number {
    if (lengthBytes <= this.#ahead) {
      this.#given += lengthBytes;
      return lengthBytes;
    }
    let rest = lengthBytes - this.#ahead;
    this.#drop();
    while (rest >= this.#blockBytes) {
      const got = this.#pull(rest - (rest % this.#blockBytes));
      if (got === 0) return lengthBytes - rest;
      rest -= got;
    }
    while (this.#ahead < rest && this.#fill() > 0);
    const taken = Math.min(rest, this.#ahead);
    this.#given += taken;
    return lengthBytes - rest + taken;
  }

  /** `readinto(buffer)` of n bytes. Unlike `read`, it asks for what its own buffer is too short for in one call of that length. */
  readInto(lengthBytes: number): void {
    let rest = lengthBytes;
    if (rest > this.#ahead) {
      rest -= this.#ahead;
      this.#drop();
      while (rest > this.#blockBytes) {
        const got = this.#pull(rest);
        if (got === 0) return;
        rest -= got;
      }
      while (this.#ahead < rest && this.#fill() > 0);
    }
    this.#given += Math.min(rest, this.#ahead);
  }

  /** `read1(n)` with an empty buffer: one read(2). Returns the bytes read. */
  readOnce(lengthBytes: number): number {
    return this.#pull(lengthBytes);
  }

  /** `read()`: to the end of the file. Returns the bytes read. */
  readAll(): number {
    let read = this.#ahead;
    this.#drop();
    this.#calls.seek(this.handle, 0, 'current');
    this.#calls.status(this.handle);
    // A byte more than there should be, so that the end shows in the next call.
    for (let room = Math.max(0, this.#bytes - this.#kernelAt) + 1; ; ) {
      const got = this.#pull(room);
      if (got === 0) return read;
      read += got;
      room -= got;
      if (room === 0) room = this.#blockBytes;
    }
  }

  /** `seek(position)`. Within the buffer, nothing is asked of the kernel. */
  seek(position: number): void {
    const offset = position - this.position;
    if (this.#ahead > 0 && offset >= -this.#given && offset <= this.#ahead) {
      this.#given += offset;
      return;
    }
    this.#kernelAt = this.#calls.seek(this.handle, position, 'set');
    this.#drop();
  }

  /** `seek(-n, os.SEEK_END)` */
  seekFromEnd(bytes: number): void {
    this.#kernelAt = this.#calls.seek(this.handle, -bytes, 'end');
    this.#drop();
  }

  /** `tell()`, which asks the kernel. */
  tell(): void {
    this.#calls.seek(this.handle, 0, 'current');
  }

  close(): void {
    this.#calls.close(this.handle);
  }

  #drop(): void {
    this.#filled = 0;
    this.#given = 0;
  }

  /** Reads into the rest of the buffer. Returns the bytes read: none if it is full or the file has ended. */
  #fill(): number {
    if (this.#filled === this.#blockBytes) return 0;
    const got = this.#pull(this.#blockBytes - this.#filled);
    this.#filled += got;
    return got;
  }

  #pull(lengthBytes: number): number {
    const got = this.#calls.read(this.handle, lengthBytes);
    this.#kernelAt += got;
    return got;
  }
}
