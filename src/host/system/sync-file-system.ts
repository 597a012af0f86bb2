/** Makes all files of a file system durable with one call. */
import { closeSync, constants, openSync, statfsSync } from 'node:fs';
import { release } from 'node:os';
import { errnoName, libc } from './libc.js';

/** The call number of syncfs(2). */
const SYS_SYNCFS: Partial<Record<string, number>> = { x64: 306, arm64: 267 };

/** Linux reports failed writes to syncfs(2) since this version. */
const REPORTS_SINCE = [5, 8] as const;

/**
 * `f_type` of file systems whose syncfs(2) writes every file and waits for the storage, from statfs(2) and linux/magic.h:
 * ext2 to ext4, XFS, Btrfs, F2FS, NFS, CephFS, overlayfs, tmpfs. FUSE is not among them: most of its file systems are
 * never told to sync.
 */
const SYNCED_WHOLE: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x6969, 0x00c36400, 0x794c7630, 0x01021994,
]);

function reportsFailures(): boolean {
  const [major = 0, minor = 0] = release().split('.', 2).map(Number);
  return major > REPORTS_SINCE[0] || (major === REPORTS_SINCE[0] && minor >= REPORTS_SINCE[1]);
}

/**
 * Opens a directory for `syncFileSystem`. Open it before the files are written: failed writes are reported from then on.
 * Returns null when the file system cannot be synced as a whole and with its failures reported: sync each file instead.
 */
export function openForSync(directory: string): number | null {
  if (libc() === null || SYS_SYNCFS[process.arch] === undefined || !reportsFailures()) return null;
  const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  // The mask because f_type has 32 bits, which some architectures extend with their sign.
  if (SYNCED_WHOLE.has(Number(BigInt.asUintN(32, BigInt(statfsSync(`/proc/self/fd/${fd}`).type))))) return fd;
  closeSync(fd);
  return null;
}

/**
 * Writes everything on the file system of an open directory to its storage, also what other programs wrote. Throws an error
 * of Node's shape when some of it could not be written since the directory was opened.
 */
export function syncFileSystem(fd: number): void {
  const library = libc();
  if (library?.syscall(SYS_SYNCFS[process.arch] ?? -1, fd, 0, 0, 0, 0, 0) === 0) return;
  const errno = library?.errno() ?? 0;
  const code = errnoName(errno);
  throw Object.assign(new Error(`syncfs failed with ${code}`), { code, errno: -errno, syscall: 'syncfs' });
}
