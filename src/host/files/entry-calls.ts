/**
 * System calls on the entries of an open directory, with as little work around them as possible: through the C library,
 * or through Node's `fs` where it cannot be used. Each returns a negative error number when it fails.
 */
import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import { constants as osConstants } from 'node:os';
import { type Libc, libc } from '../system/libc.js';
import { O_CLOEXEC, STATX_BYTES } from './quick-open.js';

export interface EntryCalls {
  /** Opens a file for writing and returns its descriptor. Creates it if it is missing; `exclusive`: only then. */
  createFile(directory: number, name: string, exclusive: boolean): number;
  closeFile(fd: number): number;
  makeDirectory(directory: number, name: string): number;
  /** statx(2) of the entry itself. */
  status(directory: number, name: string): number;
  rename(directory: number, from: string, to: string): number;
  removeFile(directory: number, name: string): number;
  removeDirectory(directory: number, name: string): number;
  /** Opens the directory anew, reads it to its end, and returns the number of its entries. */
  count(directory: number): number;
  /** Reads an open directory to its end, and returns the number of its entries. */
  rest(fd: number): number;
}

/** The numbers of the calls. Both architectures have the same arguments. */
const NUMBERS = {
  x64: { openat: 257, mkdirat: 258, unlinkat: 263, renameat: 264, getdents64: 217, statx: 332 },
  arm64: { openat: 56, mkdirat: 34, unlinkat: 35, renameat: 38, getdents64: 61, statx: 291 },
} as const;
type Numbers = (typeof NUMBERS)[keyof typeof NUMBERS];

/** A FIFO in the place of the file is not waited for. */
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const ONLY_NEW = NEW_FILE | constants.O_EXCL;
const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY;
const FILE_MODE = 0o644;
const DIRECTORY_MODE = 0o755;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_REMOVEDIR = 0x200;
/** What stat(2) returns. */
const STATX_BASIC_STATS = 0x7ff;
const NAME_BYTES = 1024;
/** As much as glibc's readdir(3) asks for at once, unless the file system prefers another size. */
const LISTING_BYTES = 32 * 1024;
/** `struct linux_dirent64`: the length of each record. */
const RECORD_LENGTH_AT = 16;

/** Memory for a name that a call reads. */
class NameMemory {
  readonly #address: number;
  readonly #bytes = Buffer.alloc(NAME_BYTES);

  constructor({ addressOf }: Libc) {
    this.#address = addressOf(this.#bytes);
  }

  /** Returns the address of the name. Names are ASCII and short. */
  put(name: string): number {
    this.#bytes[this.#bytes.write(name, 0, 'latin1')] = 0;
    return this.#address;
  }
}

/** Makes the calls through the C library. The memory that they use belongs to it, so it is not collected before it. */
class LibcEntryCalls implements EntryCalls {
  readonly #library: Libc;
  readonly #numbers: Numbers;
  readonly #first: NameMemory;
  readonly #second: NameMemory;
  readonly #status = new Uint8Array(STATX_BYTES);
  readonly #statusAt: number;
  readonly #listing = new DataView(new ArrayBuffer(LISTING_BYTES));
  readonly #listingAt: number;

  constructor(library: Libc, numbers: Numbers) {
    this.#library = library;
    this.#numbers = numbers;
    this.#first = new NameMemory(library);
    this.#second = new NameMemory(library);
    this.#statusAt = library.addressOf(this.#status);
    this.#listingAt = library.addressOf(this.#listing);
  }

  createFile(directory: number, name: string, exclusive: boolean): number {
    const flags = (exclusive ? ONLY_NEW : NEW_FILE) | O_CLOEXEC;
    return this.#call(this.#numbers.openat, directory, this.#first.put(name), flags, FILE_MODE, 0);
  }

  closeFile(fd: number): number {
    const { close, errno } = this.#library;
    return close(fd) < 0 ? -errno() : 0;
  }

  makeDirectory(directory: number, name: string): number {
    return this.#call(this.#numbers.mkdirat, directory, this.#first.put(name), DIRECTORY_MODE, 0, 0);
  }

  status(directory: number, name: string): number {
    const nameAt = this.#first.put(name);
    return this.#call(this.#numbers.statx, directory, nameAt, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, this.#statusAt);
  }

  rename(directory: number, from: string, to: string): number {
    return this.#call(this.#numbers.renameat, directory, this.#first.put(from), directory, this.#second.put(to), 0);
  }

  removeFile(directory: number, name: string): number {
    return this.#call(this.#numbers.unlinkat, directory, this.#first.put(name), 0, 0, 0);
  }

  removeDirectory(directory: number, name: string): number {
    return this.#call(this.#numbers.unlinkat, directory, this.#first.put(name), AT_REMOVEDIR, 0, 0);
  }

  count(directory: number): number {
    const fd = this.#call(this.#numbers.openat, directory, this.#first.put('.'), DIRECTORY | O_CLOEXEC, 0, 0);
    if (fd < 0) return fd;
    const entries = this.rest(fd);
    this.closeFile(fd);
    return entries;
  }

  rest(fd: number): number {
    // `.` and `..` do not count.
    let entries = -2;
    for (;;) {
      const bytes = this.#call(this.#numbers.getdents64, fd, this.#listingAt, LISTING_BYTES, 0, 0);
      if (bytes > 0) entries += this.#recordsIn(bytes);
      else return bytes < 0 ? bytes : Math.max(0, entries);
    }
  }

  #recordsIn(bytes: number): number {
    let records = 0;
    for (let at = 0; at < bytes; records++) at += this.#listing.getUint16(at + RECORD_LENGTH_AT, true);
    return records;
  }

  #call(number: number, a: number, b: number, c: number, d: number, e: number): number {
    const { syscall, errno } = this.#library;
    const result = syscall(number, a, b, c, d, e, 0);
    return result < 0 ? -errno() : result;
  }
}

/** Node's calls on the same entries. Only these throw. */
const fsCalls: EntryCalls = {
  createFile: (directory, name, exclusive) =>
    attempted(() => openSync(entryOf(directory, name), exclusive ? ONLY_NEW : NEW_FILE, FILE_MODE)),
  closeFile: (fd) => attempted(() => closeSync(fd)),
  makeDirectory: (directory, name) => attempted(() => mkdirSync(entryOf(directory, name), DIRECTORY_MODE)),
  status: (directory, name) => attempted(() => lstatSync(entryOf(directory, name))),
  rename: (directory, from, to) => attempted(() => renameSync(entryOf(directory, from), entryOf(directory, to))),
  removeFile: (directory, name) => attempted(() => unlinkSync(entryOf(directory, name))),
  removeDirectory: (directory, name) => attempted(() => rmdirSync(entryOf(directory, name))),
  count: (directory) => attempted(() => readdirSync(entryOf(directory, '.')).length),
  rest: (fd) => attempted(() => readdirSync(`/proc/self/fd/${fd}`).length),
};

const entryOf = (directory: number, name: string): string => `/proc/self/fd/${directory}/${name}`;

function attempted(call: () => unknown): number {
  try {
    const result = call();
    return typeof result === 'number' ? result : 0;
  } catch (thrown) {
    const { errno } = thrown as NodeJS.ErrnoException;
    if (typeof errno !== 'number') throw thrown;
    return errno === 0 ? -osConstants.errno.EIO : errno;
  }
}

/** Returns the calls for this thread. */
export function entryCalls(): EntryCalls {
  const library = libc();
  const numbers = (NUMBERS as Partial<Record<string, Numbers>>)[process.arch];
  return library === null || numbers === undefined ? fsCalls : new LibcEntryCalls(library, numbers);
}
