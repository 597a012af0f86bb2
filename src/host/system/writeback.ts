import { libc } from './libc.js';

/** The call number of sync_file_range(2). */
const SYS_SYNC_FILE_RANGE: Partial<Record<string, number>> = { x64: 277, arm64: 84 };
const SYNC_FILE_RANGE_WRITE = 2;

/**
 * Asks the kernel to begin to write a range of an open file to its device, and does not wait. It is only a hint: it
 * does nothing without koffi or when the file system does not support it. The sync that must follow reports errors.
 */
export function beginWriteback(fd: number, offsetBytes: number, bytes: number): void {
  const call = SYS_SYNC_FILE_RANGE[process.arch];
  if (call !== undefined) libc()?.syscall(call, fd, offsetBytes, bytes, SYNC_FILE_RANGE_WRITE, 0, 0);
}
