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

export interface EntryCalls {
  /** Creates a file that must not exist, and returns its descriptor. */
  createFile(directory: number, name: string): number;
  closeFile(fd: number): number;
  makeDirectory(directory: number, name: string): number;
  /** statx(2) of the entry itself. */
  status(directory: number, name: string): number;
  rename(directory: number, from: string, to: string): number;
  removeFile(directory: number, name: string): number;
  removeDirectory(directory: number, name: string): number;
  /** Opens the directory anew, reads it to its end, and returns the number of its entries. */
  count(directory: number): number;
}

/** The numbers of the calls. Both architectures have the same arguments. */
const NUMBERS = {
  x64: { openat: 257, mkdirat: 258, unlinkat: 263, renameat: 264, getdents64: 217, statx: 332 },
  arm64: { openat: 56, mkdirat: 34, unlinkat: 35, renameat: 38, getdents64: 61, statx: 291 },
} as const;
type Numbers = (typeof NUMBERS)[keyof typeof NUMBERS];

const O_CLOEXEC = 0o2000000;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY;
const FILE_MODE = 0o644;
const DIRECTORY_MODE = 0o755;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_REMOVEDIR = 0x200;
/** What stat(2) returns. */
const STATX_BASIC_STATS = 0x7ff;
const STATX_BYTES = 256;
const NAME_BYTES = 1024;
/** As much as glibc's readdir(3) asks for at once, unless the file system prefers another size. */
const LISTING_BYTES = 32 * 1024;
/** `struct linux_dirent64`: the length of each record. */
const RECORD_LENGTH_AT = 16;

/** Writes names into memory that the calls read. */
class NameMemory {
  readonly address: number;
  readonly #bytes = Buffer.alloc(NAME_BYTES);

  constructor({ addressOf }: Libc) {
    this.address = addressOf(this.#bytes);
  }

  /** Returns the address of the name. Names are ASCII and short. */
  put(name: string): number {
    this.#bytes[this.#bytes.write(name, 0, 'latin1')] = 0;
    return this.address;
  }
}

function libcCalls(library: Libc, numbers: Numbers): EntryCalls {
  const { syscall, close, errno } = library;
  const [first, second, self] = [new NameMemory(library), new NameMemory(library), new NameMemory(library)];
  const status = new Uint8Array(STATX_BYTES);
  const statusAt = library.addressOf(status);
  const listing = new DataView(new ArrayBuffer(LISTING_BYTES));
  const listingAt = library.addressOf(listing);
  const selfAt = self.put('.');
  const checked = (result: number): number => (result < 0 ? -errno() : result);

  /** Returns how many records a reply has, without `.` and `..`, which every directory has once. */
  const recordsIn = (bytes: number): number => {
    let records = 0;
    for (let at = 0; at < bytes; records++) at += listing.getUint16(at + RECORD_LENGTH_AT, true);
    return records;
  };

  return {
    createFile: (directory, name) =>
      checked(syscall(numbers.openat, directory, first.put(name), NEW_FILE | O_CLOEXEC, FILE_MODE, 0, 0)),
    closeFile: (fd) => checked(close(fd)),
    makeDirectory: (directory, name) =>
      checked(syscall(numbers.mkdirat, directory, first.put(name), DIRECTORY_MODE, 0, 0, 0)),
    status: (directory, name) =>
      checked(syscall(numbers.statx, directory, first.put(name), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, statusAt, 0)),
    rename: (directory, from, to) =>
      checked(syscall(numbers.renameat, directory, first.put(from), directory, second.put(to), 0, 0)),
    removeFile: (directory, name) => checked(syscall(numbers.unlinkat, directory, first.put(name), 0, 0, 0, 0)),
    removeDirectory: (directory, name) =>
      checked(syscall(numbers.unlinkat, directory, first.put(name), AT_REMOVEDIR, 0, 0, 0)),
    count: (directory) => {
      const fd = checked(syscall(numbers.openat, directory, selfAt, DIRECTORY | O_CLOEXEC, 0, 0, 0));
      if (fd < 0) return fd;
      let records = -2;
      for (;;) {
        const bytes = checked(syscall(numbers.getdents64, fd, listingAt, LISTING_BYTES, 0, 0, 0));
        if (bytes <= 0) {
          close(fd);
          return bytes < 0 ? bytes : Math.max(0, records);
        }
        records += recordsIn(bytes);
      }
    },
  };
}

/** Node's calls on the same entries. Only these throw. */
const fsCalls: EntryCalls = {
  createFile: (directory, name) => attempted(() => openSync(entryOf(directory, name), NEW_FILE, FILE_MODE)),
  closeFile: (fd) => attempted(() => closeSync(fd)),
  makeDirectory: (directory, name) => attempted(() => mkdirSync(entryOf(directory, name), DIRECTORY_MODE)),
  status: (directory, name) => attempted(() => lstatSync(entryOf(directory, name))),
  rename: (directory, from, to) => attempted(() => renameSync(entryOf(directory, from), entryOf(directory, to))),
  removeFile: (directory, name) => attempted(() => unlinkSync(entryOf(directory, name))),
  removeDirectory: (directory, name) => attempted(() => rmdirSync(entryOf(directory, name))),
  count: (directory) => attempted(() => readdirSync(entryOf(directory, '.')).length),
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
  return library === null || numbers === undefined ? fsCalls : libcCalls(library, numbers);
}
