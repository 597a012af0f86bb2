/**
 * Opens a file below a held directory with one system call: openat2(2), from Linux 5.6. Walking there takes one call per
 * directory, which would show in the latency of each small file.
 */
import { constants } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { bytesOf } from '../../base/byte-text.js';
import { type Libc, loadedLibc } from '../system/libc.js';
import type { Below } from './held-directories.js';

const { ENOSYS, EPERM } = osConstants.errno;
const SYS_OPENAT2 = 437;
const SYS_STATX: Partial<Record<string, number>> = { x64: 332, arm64: 291 };
const SYS_FCNTL: Partial<Record<string, number>> = { x64: 72, arm64: 25 };
const F_SETFL = 4;
export const O_CLOEXEC = 0o2000000;
/** `struct open_how`: three numbers of 64 bits. */
const HOW_BYTES = 24;
const RESOLVE_NO_XDEV = 1;
const RESOLVE_NO_SYMLINKS = 4;
const PATH_BYTES = 4096;
const LAST_ASCII = 0x7f;
const AT_EMPTY_PATH = 0x1000;
/** The attributes that the client has: just after an open they are current, and no server is asked. */
const AT_STATX_DONT_SYNC = 0x4000;
/** STATX_TYPE, STATX_MODE, STATX_NLINK and STATX_SIZE, and where `struct statx` has them. */
const STATX_WANTED = 0x207;
export const STATX_BYTES = 256;
const STX = { mask: 0, links: 16, mode: 28, size: 40 };

/** What is known of an open file. */
export interface OpenedFile {
  readonly mode: number;
  readonly nlink: number;
  readonly size: number;
}

/** The memory of the calls, which is used again so that an open allocates little. */
interface Memory {
  readonly how: Uint32Array;
  readonly path: Buffer;
  readonly empty: Uint8Array;
  readonly status: DataView;
  readonly howAt: number;
  readonly pathAt: number;
  readonly emptyAt: number;
  readonly statusAt: number;
}

function memoryOf({ addressOf }: Libc): Memory {
  const how = new Uint32Array(HOW_BYTES / 4);
  const path = Buffer.alloc(PATH_BYTES);
  const empty = new Uint8Array(1);
  const status = new DataView(new ArrayBuffer(STATX_BYTES));
  const addresses = {
    howAt: addressOf(how),
    pathAt: addressOf(path),
    emptyAt: addressOf(empty),
    statusAt: addressOf(status),
  };
  return Object.assign(addresses, { how, path, empty, status });
}

let memory: Memory | null = null;
/** False when the kernel does not have openat2(2), or a sandbox refuses it. */
let isAvailable = true;

/**
 * Opens a file. No component may be a link or on another mount. Returns -1 when this is not possible here or when the
 * call fails: walk there to find out why. It never loads the C library.
 */
export function quickOpen({ fd, relative }: Below, flags: number, mode: number): number {
  const library = loadedLibc();
  if (library === null || !isAvailable) return -1;
  memory ??= memoryOf(library);
  const { how, path, howAt, pathAt } = memory;
  if (!writePath(path, relative)) return -1;
  how[0] = flags | O_CLOEXEC;
  how[2] = (flags & constants.O_CREAT) === 0 ? 0 : mode;
  how[4] = RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
  const opened = library.syscall(SYS_OPENAT2, fd, pathAt, howAt, HOW_BYTES, 0, 0);
  if (opened < 0) {
    const errno = library.errno();
    // O_NOATIME is refused for files of somebody else.
    isAvailable = errno !== ENOSYS && (errno !== EPERM || (flags & constants.O_NOATIME) !== 0);
  }
  return opened;
}

/** Writes a path with its end. Returns false when it is too long. */
function writePath(memory: Buffer, path: string): boolean {
  if (path.length >= memory.length) return false;
  // Most paths are short, and ASCII. To write such a one takes less time than a call.
  let at = 0;
  for (; at < path.length; at++) {
    const code = path.charCodeAt(at);
    if (code > LAST_ASCII) return writeBytes(memory, bytesOf(path));
    memory[at] = code;
  }
  memory[at] = 0;
  return true;
}

function writeBytes(memory: Buffer, bytes: Uint8Array): boolean {
  if (bytes.length >= memory.length) return false;
  memory.set(bytes);
  memory[bytes.length] = 0;
  return true;
}

/**
 * Returns what the client knows of an open file; null when this is not possible here. No server is asked, unless `current`
 * attributes are wanted, as fstat(2) wants them.
 */
export function quickStatus(fd: number, which: 'known' | 'current' = 'known'): OpenedFile | null {
  const library = loadedLibc();
  const call = SYS_STATX[process.arch];
  if (library === null || call === undefined) return null;
  memory ??= memoryOf(library);
  const { status, emptyAt, statusAt } = memory;
  const flags = AT_EMPTY_PATH | (which === 'known' ? AT_STATX_DONT_SYNC : 0);
  if (library.syscall(call, fd, emptyAt, flags, STATX_WANTED, statusAt, 0) !== 0) return null;
  if ((status.getUint32(STX.mask, true) & STATX_WANTED) !== STATX_WANTED) return null;
  const size = status.getUint32(STX.size, true) + status.getUint32(STX.size + 4, true) * 2 ** 32;
  return { mode: status.getUint16(STX.mode, true), nlink: status.getUint32(STX.links, true), size };
}

/**
 * Takes O_NONBLOCK away from an open file. io_uring would give up on a file system that cannot tell whether a read
 * waits. Does nothing without the C library: nothing but the open itself heeds the flag on a regular file then.
 */
export function makeBlocking(fd: number, flags: number): void {
  const call = SYS_FCNTL[process.arch];
  if (call !== undefined) loadedLibc()?.syscall(call, fd, F_SETFL, flags & ~constants.O_NONBLOCK, 0, 0, 0);
}
