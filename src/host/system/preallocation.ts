import { constants } from 'node:os';
import { codeOf, errnoName, type Libc, libc } from './libc.js';

/** fallocate(2)'s modes, by fio's words. */
const MODES = { native: 0, keep: 1 } as const;

/** A way to preallocate: with the file's new size, or with the size as it is (FALLOC_FL_KEEP_SIZE). */
export type PreallocationMode = keyof typeof MODES;

/** Why nothing can be preallocated from here, and the remedy; null when it can be tried. */
export function preallocationRefusal(): string | null {
  if (libc() !== null) return null;
  return 'fallocate needs the optional dependency koffi, which is missing or switched off; install it, or leave out fallocate';
}

/** What a failed fallocate(2) means for a user, and what to do. */
export function preallocationRemedy(thrown: unknown): string {
  const code = codeOf(thrown);
  if (code === 'ENOTSUP')
    return 'the file system cannot preallocate (NFS can from version 4.2 on); leave out fallocate';
  if (code === 'ENOSYS') return preallocationRefusal() ?? 'the kernel has no fallocate; leave out fallocate';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'free some space or use smaller files';
  return 'look at dmesg, or leave out fallocate';
}

/**
 * Reserves the space of an open file's first bytes, before anything is written there. Throws an error of Node's shape,
 * with `syscall` `fallocate` and a message that names the remedy; its code is ENOSYS without koffi.
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

/** 0 when all is well. A signal ends a long preallocation early; it is begun again. */
function failureOf(library: Libc, fd: number, mode: PreallocationMode, bytes: number): number {
  for (;;) {
    if (library.fallocate64(fd, MODES[mode], 0, bytes) === 0) return 0;
    const errno = library.errno();
    if (errno !== constants.errno.EINTR) return errno;
  }
}
