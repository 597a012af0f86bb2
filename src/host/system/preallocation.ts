import { constants } from 'node:os';
import { codeOf, errnoName, type Libc, libc } from './libc.js';

/** The modes of fallocate(2) under fio's names. */
const MODES = { native: 0, keep: 1 } as const;

/** `native` extends the file to the new size. `keep` keeps the file's size (FALLOC_FL_KEEP_SIZE). */
export type PreallocationMode = keyof typeof MODES;

/** Returns why preallocation is not available and what to do, or null when it can be tried. */
export function preallocationRefusal(): string | null {
  if (libc() !== null) return null;
  return 'fallocate needs the optional dependency koffi, which is missing or disabled; install it, or leave out fallocate';
}

/** Returns the meaning of a failed fallocate(2), and what to do. */
export function preallocationRemedy(thrown: unknown): string {
  const code = codeOf(thrown);
  if (code === 'ENOTSUP')
    return 'the file system cannot preallocate (NFS can from version 4.2 on); leave out fallocate';
  if (code === 'ENOSYS') return preallocationRefusal() ?? 'the kernel does not support it; leave out fallocate';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'free some space or use smaller files';
  return 'check dmesg, or leave out fallocate';
}

/**
 * Reserves space for the first bytes of an open file before anything is written there. Throws an error of Node's shape
 * with `syscall` `fallocate` and a message that names the remedy. Its code is ENOSYS without koffi.
 */
export function preallocate(fd: number, path: string, mode: PreallocationMode, bytes: number): void {
  const library = libc();
  const errno = library === null ? constants.errno.ENOSYS : failureOf(library, fd, mode, bytes);
  if (errno === 0) return;
  const code = errnoName(errno);
  const error = Object.assign(new Error(), { code, errno: -errno, syscall: 'fallocate', path });
  error.message = `fallocate of ${path} failed with ${code}: ${preallocationRemedy(error)}`;
  throw error;
}

/** Returns 0 or an error number. Retries after a signal, which ends a long preallocation early. */
function failureOf(library: Libc, fd: number, mode: PreallocationMode, bytes: number): number {
  for (;;) {
    if (library.fallocate64(fd, MODES[mode], 0, bytes) === 0) return 0;
    const errno = library.errno();
    if (errno !== constants.errno.EINTR) return errno;
  }
}
