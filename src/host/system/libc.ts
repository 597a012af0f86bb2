/**
 * The C library through koffi. Every pointer is passed as a Number, which is exact because user-space addresses have at
 * most 48 bits. I/O operations therefore need no BigInt and no marshalling. koffi is an optional dependency: without it
 * `libc()` returns null, and every caller has a fallback.
 */

import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { UNNAMED_ERRORS } from '../../base/errors.js';

/**
 * The calls that feedrate makes, with their C names and arguments. A failed call returns -1 and sets `errno()`,
 * except `posixFadvise64`, which returns the error number itself. A wrong address ends the process with SIGSEGV. Keep
 * the memory referenced as long as its address is in use.
 */
export interface Libc {
  pread64(fd: number, address: number, bytes: number, offsetBytes: number): number;
  pwrite64(fd: number, address: number, bytes: number, offsetBytes: number): number;
  posixFadvise64(fd: number, offsetBytes: number, bytes: number, advice: number): number;
  fsync(fd: number): number;
  fdatasync(fd: number): number;
  fallocate64(fd: number, mode: number, offsetBytes: number, bytes: number): number;
  mmap(address: number, bytes: number, protection: number, flags: number, fd: number, offsetBytes: number): number;
  munmap(address: number, bytes: number): number;
  mincore(address: number, bytes: number, vectorAddress: number): number;
  /** `advice` is a number of madvise(2). */
  madvise(address: number, bytes: number, advice: number): number;
  msync(address: number, bytes: number, flags: number): number;
  memcpy(destination: number, source: number, bytes: number): number;
  getrusage(who: number, address: number): number;
  getpagesize(): number;
  /** syscall(2) with six arguments. Pass 0 for those that the call does not have. */
  syscall(call: number, a: number, b: number, c: number, d: number, e: number, f: number): number;
  /** io_uring_enter(2) through syscall(2), with the argument types that are cheapest to pass. */
  uringEnter(
    call: number,
    fd: number,
    toSubmit: number,
    minComplete: number,
    flags: number,
    argument: number,
    argumentBytes: number,
  ): number;
  close(fd: number): number;
  /** signal(2) with the number of the signal. `handler` is `SIG_IGN`: functions of JavaScript are none for it. */
  signal(signal: number, handler: number): number;
  /** Returns the error number of this thread's last failed call. Call it before any other call. */
  errno(): number;
  /** Returns the address of the first byte of the view. */
  addressOf(view: ArrayBufferView): number;
  /** Returns mapped memory as bytes. Do not use it after the memory is unmapped. */
  viewAt(address: number, bytes: number): ArrayBuffer;
}

/** cachestat(2) has the same number on every architecture except alpha. */
export const SYS_CACHESTAT = 451;
export const SYS_SETSOCKOPT: Partial<Record<string, number>> = { x64: 54, arm64: 208 };
export const SYS_GETSOCKOPT: Partial<Record<string, number>> = { x64: 55, arm64: 209 };
export const POSIX_FADV_DONTNEED = 4;
export const RUSAGE_THREAD = 1;
export const SIG_IGN = 1;
export const PROT_READ = 1;
export const PROT_WRITE = 2;
export const MAP_SHARED = 1;
export const MAP_PRIVATE = 2;
export const MAP_FIXED = 0x10;
export const MAP_ANONYMOUS = 0x20;
export const MAP_NORESERVE = 0x4000;

export type Koffi = typeof import('koffi');
export type KoffiLibrary = ReturnType<Koffi['load']>;

/** Loads glibc by its soname, or else (musl) the library that the running program is linked with. */
function loadLibrary(koffi: Koffi): KoffiLibrary {
  try {
    return koffi.load('libc.so.6');
  } catch {
    return koffi.load(null);
  }
}

function bind(koffi: Koffi): Libc {
  const library = loadLibrary(koffi);
  const long = 'int64_t';
  /** musl ≥ 1.2.4 has no names that end in 64, because its off_t always has 64 bits. */
  const func = (name: string, result: string, parameters: string[]) => {
    try {
      return library.func(name, result, parameters);
    } catch (error) {
      if (!name.endsWith('64')) throw error;
      return library.func(name.slice(0, -2), result, parameters);
    }
  };
  return {
    pread64: func('pread64', long, ['int', long, long, long]),
    pwrite64: func('pwrite64', long, ['int', long, long, long]),
    posixFadvise64: func('posix_fadvise64', 'int', ['int', long, long, 'int']),
    fsync: func('fsync', 'int', ['int']),
    fdatasync: func('fdatasync', 'int', ['int']),
    fallocate64: func('fallocate64', 'int', ['int', 'int', long, long]),
    mmap: func('mmap', long, [long, long, 'int', 'int', 'int', long]),
    munmap: func('munmap', 'int', [long, long]),
    mincore: func('mincore', 'int', [long, long, long]),
    madvise: func('madvise', 'int', [long, long, 'int']),
    msync: func('msync', 'int', [long, long, 'int']),
    memcpy: func('memcpy', long, [long, long, long]),
    getrusage: func('getrusage', 'int', ['int', long]),
    getpagesize: func('getpagesize', 'int', []),
    syscall: func('syscall', long, [long, long, long, long, long, long, long]),
    uringEnter: func('syscall', 'int', ['int', 'int', 'uint', 'uint', 'uint', long, long]),
    close: func('close', 'int', ['int']),
    signal: func('signal', long, ['int', long]),
    errno: () => koffi.errno(),
    addressOf: (view) => Number(koffi.address(view)),
    viewAt: (address, bytes) => koffi.view(BigInt(address), bytes) as ArrayBuffer,
  };
}

let loaded: Libc | null | undefined;

/**
 * Returns the C library, loaded at this thread's first call. Null when koffi is not installed or has no build for this
 * platform, when `FEEDRATE_NO_KOFFI=1` is set, or when pointers do not have 64 bits.
 */
export function libc(): Libc | null {
  if (loaded === undefined) {
    loaded = null;
    const wide = process.arch === 'x64' || process.arch === 'arm64';
    if (wide && process.env['FEEDRATE_NO_KOFFI'] !== '1') {
      try {
        loaded = bind(createRequire(import.meta.url)('koffi') as Koffi);
      } catch {
        loaded = null;
      }
    }
  }
  return loaded;
}

/** Returns the C library if this thread has loaded it already, which takes milliseconds. Null otherwise. */
export function loadedLibc(): Libc | null {
  return loaded ?? null;
}

// EOPNOTSUPP and EWOULDBLOCK have the same numbers as ENOTSUP and EAGAIN. Node uses the latter names.
const ERRNO_NAMES = new Map<number, string>(
  Object.entries(constants.errno)
    .filter(([name]) => name !== 'EOPNOTSUPP' && name !== 'EWOULDBLOCK')
    .map(([name, number]) => [number, name]),
);

/** Returns the name of an error number, such as `ENOSPC` for 28, or `E<number>` when it has none. */
export function errnoName(errno: number): string {
  return ERRNO_NAMES.get(errno) ?? UNNAMED_ERRORS[errno]?.[0] ?? `E${errno}`;
}

/**
 * Returns the code of an error that Node raised for a system call, or null. It names ESTALE and EDQUOT too, whose
 * `code` in Node is `Unknown system error -116` or similar.
 */
export function codeOf(thrown: unknown): string | null {
  const error = thrown as Partial<NodeJS.ErrnoException> | null | undefined;
  if (typeof error?.errno === 'number') return errnoName(Math.abs(error.errno));
  return typeof error?.code === 'string' ? error.code : null;
}
