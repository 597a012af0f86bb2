/**
 * System calls that read open files as programs do: at the file's own position, with lseek(2), through maps. They go through
 * the C library, or through Node's `fs`, which has fewer of them. Each returns a negative error number when it fails.
 */
import { fstatSync, readvSync } from 'node:fs';
import { constants } from 'node:os';
import { type Libc, libc, MAP_SHARED, PROT_READ } from '../system/libc.js';
import { quickStatus } from './quick-open.js';

export type SeekFrom = 'set' | 'current' | 'end';
export type ReadAdvice = 'normal' | 'random' | 'sequential' | 'willneed' | 'dontneed';
export type LockKind = 'shared' | 'exclusive' | 'none';

export interface ReadCalls {
  /** Asks for the attributes. Returns the bytes of the file. */
  status(fd: number): number;
  askTerminal(fd: number): void;
  /** Returns the new position. */
  seek(fd: number, offsetBytes: number, from: SeekFrom): number;
  /** Reads at the file's position. Returns the bytes read. */
  read(fd: number, lengthBytes: number): number;
  readAt(fd: number, offsetBytes: number, lengthBytes: number): number;
  advise(fd: number, offsetBytes: number, lengthBytes: number, advice: ReadAdvice): number;
  lock(fd: number, how: LockKind): number;
  /** Maps a file. Returns the address. */
  map(fd: number, lengthBytes: number): number;
  /** Copies from a map, as programs do. */
  copy(address: number, lengthBytes: number): void;
  unmap(address: number, lengthBytes: number): number;
  /** Forgets a file that is about to be closed. */
  forget(fd: number): void;
}

const { EINTR, EIO, EINVAL, ENOSYS } = constants.errno;

/** The numbers of the calls. Both architectures have the same arguments. */
const NUMBERS = {
  x64: { read: 0, lseek: 8, ioctl: 16, readv: 19, flock: 73, preadv: 295 },
  arm64: { read: 63, lseek: 62, ioctl: 29, readv: 65, flock: 32, preadv: 69 },
} as const;
type ReadNumbers = (typeof NUMBERS)[keyof typeof NUMBERS];

const TCGETS = 0x5401;
const TERMIOS_BYTES = 64;
const WHENCE: Readonly<Record<SeekFrom, number>> = { set: 0, current: 1, end: 2 };
const ADVICE: Readonly<Record<ReadAdvice, number>> = { normal: 0, random: 1, sequential: 2, willneed: 3, dontneed: 4 };
/** With LOCK_NB: nothing waits. */
const LOCKS: Readonly<Record<LockKind, number>> = { shared: 1 | 4, exclusive: 2 | 4, none: 8 };
/** IOV_MAX of Linux. */
const MOST_PARTS = 1024;
const PART_WORDS = 2;

/**
 * Makes the calls through the C library. A read that is longer than the memory is one readv(2) whose parts are all the same
 * memory: to the file system it is the read of the program that has a buffer for it.
 */
class LibcReadCalls implements ReadCalls {
  readonly #library: Libc;
  readonly #numbers: ReadNumbers;
  readonly #memory: Uint8Array;
  readonly #memoryAt: number;
  readonly #parts = new BigUint64Array(MOST_PARTS * PART_WORDS);
  readonly #partsAt: number;
  readonly #termios = new Uint8Array(TERMIOS_BYTES);
  readonly #termiosAt: number;

  constructor(library: Libc, numbers: ReadNumbers, memory: Uint8Array) {
    this.#library = library;
    this.#numbers = numbers;
    this.#memory = memory;
    this.#memoryAt = library.addressOf(memory);
    this.#partsAt = library.addressOf(this.#parts);
    this.#termiosAt = library.addressOf(this.#termios);
    for (let part = 0; part < MOST_PARTS; part++) this.#parts[part * PART_WORDS] = BigInt(this.#memoryAt);
  }

  status(fd: number): number {
    return quickStatus(fd, 'current')?.size ?? attempted(() => fstatSync(fd).size);
  }

  askTerminal(fd: number): void {
    this.#call(this.#numbers.ioctl, fd, TCGETS, this.#termiosAt, 0);
  }

  seek(fd: number, offsetBytes: number, from: SeekFrom): number {
    return this.#call(this.#numbers.lseek, fd, offsetBytes, WHENCE[from], 0);
  }

  read(fd: number, lengthBytes: number): number {
    if (lengthBytes <= this.#memory.length)
      return this.#uninterrupted(this.#numbers.read, fd, this.#memoryAt, lengthBytes, 0);
    return this.#uninterrupted(this.#numbers.readv, fd, this.#partsAt, this.#layParts(lengthBytes), 0);
  }

  readAt(fd: number, offsetBytes: number, lengthBytes: number): number {
    if (lengthBytes > this.#memory.length)
      return this.#uninterrupted(this.#numbers.preadv, fd, this.#partsAt, this.#layParts(lengthBytes), offsetBytes);
    for (;;) {
      const moved = this.#library.pread64(fd, this.#memoryAt, lengthBytes, offsetBytes);
      if (moved >= 0) return moved;
      const errno = this.#library.errno();
      if (errno !== EINTR) return -errno;
    }
  }

  advise(fd: number, offsetBytes: number, lengthBytes: number, advice: ReadAdvice): number {
    return -this.#library.posixFadvise64(fd, offsetBytes, lengthBytes, ADVICE[advice]);
  }

  lock(fd: number, how: LockKind): number {
    return this.#call(this.#numbers.flock, fd, LOCKS[how], 0, 0);
  }

  map(fd: number, lengthBytes: number): number {
    const address = this.#library.mmap(0, lengthBytes, PROT_READ, MAP_SHARED, fd, 0);
    return address === -1 ? -this.#library.errno() : address;
  }

  copy(address: number, lengthBytes: number): void {
    for (let done = 0; done < lengthBytes; done += this.#memory.length)
      this.#library.memcpy(this.#memoryAt, address + done, Math.min(this.#memory.length, lengthBytes - done));
  }

  unmap(address: number, lengthBytes: number): number {
    return this.#library.munmap(address, lengthBytes) < 0 ? -this.#library.errno() : 0;
  }

  forget(): void {}

  /** Describes a long buffer. Returns how many parts it has. The rest of what is longer than all parts is not read. */
  #layParts(lengthBytes: number): number {
    const each = this.#memory.length;
    const parts = Math.min(MOST_PARTS, Math.ceil(lengthBytes / each));
    for (let part = 0; part < parts; part++)
      this.#parts[part * PART_WORDS + 1] = BigInt(Math.min(each, lengthBytes - part * each));
    return parts;
  }

  #uninterrupted(number: number, fd: number, a: number, b: number, c: number): number {
    for (;;) {
      const result = this.#call(number, fd, a, b, c);
      if (result !== -EINTR) return result;
    }
  }

  #call(number: number, fd: number, a: number, b: number, c: number): number {
    const result = this.#library.syscall(number, fd, a, b, c, 0, 0);
    return result < 0 ? -this.#library.errno() : result;
  }
}

/** The calls of a client that reads at positions only. */
export interface PositionedCalls {
  status(handle: number): number;
  readAt(handle: number, offsetBytes: number, lengthBytes: number): number;
}

/** Keeps the positions of files for clients that have none. There are neither maps nor locks, and advice is ignored. */
export class PositionedReadCalls implements ReadCalls {
  readonly #calls: PositionedCalls;
  readonly #positions = new Map<number, number>();

  constructor(calls: PositionedCalls) {
    this.#calls = calls;
  }

  status(handle: number): number {
    return this.#calls.status(handle);
  }

  askTerminal(): void {}

  seek(handle: number, offsetBytes: number, from: SeekFrom): number {
    const base = from === 'set' ? 0 : from === 'current' ? this.#positionOf(handle) : this.#calls.status(handle);
    const position = base < 0 ? base : base + offsetBytes;
    if (base >= 0 && position < 0) return -EINVAL;
    if (position >= 0) this.#positions.set(handle, position);
    return position;
  }

  read(handle: number, lengthBytes: number): number {
    const position = this.#positionOf(handle);
    const moved = this.#calls.readAt(handle, position, lengthBytes);
    if (moved > 0) this.#positions.set(handle, position + moved);
    return moved;
  }

  readAt(handle: number, offsetBytes: number, lengthBytes: number): number {
    return this.#calls.readAt(handle, offsetBytes, lengthBytes);
  }

  advise(): number {
    return 0;
  }

  lock(): number {
    return -ENOSYS;
  }

  map(): number {
    return -ENOSYS;
  }

  copy(): void {}

  unmap(): number {
    return -ENOSYS;
  }

  forget(handle: number): void {
    this.#positions.delete(handle);
  }

  #positionOf(handle: number): number {
    return this.#positions.get(handle) ?? 0;
  }
}

/** Node's calls. Only these throw. */
function fsReadCalls(memory: Uint8Array): PositionedCalls {
  const partsOf = (lengthBytes: number): Uint8Array[] => {
    const whole = Math.min(MOST_PARTS - 1, Math.floor(lengthBytes / memory.length));
    const parts = new Array<Uint8Array>(whole).fill(memory);
    const rest = Math.min(memory.length, lengthBytes - whole * memory.length);
    return rest === 0 ? parts : [...parts, memory.subarray(0, rest)];
  };
  return {
    status: (fd) => attempted(() => fstatSync(fd).size),
    readAt: (fd, offsetBytes, lengthBytes) =>
      lengthBytes === 0 ? 0 : attempted(() => readvSync(fd, partsOf(lengthBytes), offsetBytes)),
  };
}

function attempted(call: () => number): number {
  try {
    return call();
  } catch (thrown) {
    const { errno } = thrown as NodeJS.ErrnoException;
    if (typeof errno !== 'number') throw thrown;
    return errno === 0 ? -EIO : errno;
  }
}

/** Returns the calls for this thread. Bytes go to `memory`, which is overwritten again and again. */
export function readCalls(memory: Uint8Array): ReadCalls {
  const library = libc();
  const numbers = (NUMBERS as Partial<Record<string, ReadNumbers>>)[process.arch];
  if (library === null || numbers === undefined) return new PositionedReadCalls(fsReadCalls(memory));
  return new LibcReadCalls(library, numbers, memory);
}
