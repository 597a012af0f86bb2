import { libc } from './libc.js';

/** sync_file_range(2). */
const SYS_SYNC_FILE_RANGE: Partial<Record<string, number>> = { x64: 277, arm64: 84 };
const SYNC_FILE_RANGE_WRITE = 2;

/**
 * Has the kernel begin to write a range of an open file to its device, and does not wait for it. No more than a hint:
 * nothing happens without koffi or where the file system has no such thing, and the sync that must follow tells of
 * errors.
 */
export function beginWriteback(fd: number, offsetBytes: number, bytes: number): void {
  const call = SYS_SYNC_FILE_RANGE[process.arch];
  if (call !== undefined) libc()?.syscall(call, fd, offsetBytes, bytes, SYNC_FILE_RANGE_WRITE, 0, 0);
}
