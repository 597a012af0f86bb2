/** Opens files that are not feedrate's. They are only read, and their time of access stays if the kernel permits. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { bytesOf, hasBytes } from '../../base/byte-text.js';
import type { Opening } from '../../base/opening.js';
import { codeOf } from '../system/libc.js';
import { kindOf } from '../system/stat-status.js';
import { placeBelow } from './held-directories.js';
import { makeBlocking, quickOpen, quickStatus } from './quick-open.js';

/** Codes of a user's file that has gone since the scan, or that cannot be read. What reads it counts it. */
export const UNREADABLE_CODES: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'EACCES',
  'EPERM',
  'ESTALE',
  'ELOOP',
  'ENOTSUP',
  'EXDEV',
]);

/** Never waits for the other end of a FIFO that has taken the place of a file. */
const READING = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const LISTING = constants.O_RDONLY | constants.O_DIRECTORY;

/**
 * Opens a file of the user's on a mounted file system. Unless links are followed, neither the file nor a directory on the
 * way may be one. Throws Node's error, which names the path, and `ENOTSUP` when something else has taken its place.
 */
export function openUserFile(path: string, opening: Opening, direct = false): number {
  const plain = READING | (direct ? constants.O_DIRECT : 0) | (opening.follow ? 0 : constants.O_NOFOLLOW);
  let flags = opening.noAtime ? plain | constants.O_NOATIME : plain;
  let fd: number;
  try {
    fd = openAs(path, flags, opening);
  } catch (thrown) {
    // A file of somebody else beside one's own: opened as anybody may.
    if (!opening.noAtime || codeOf(thrown) !== 'EPERM') throw thrown;
    flags = plain;
    fd = openAs(path, flags, opening);
  }
  try {
    const status = quickStatus(fd) ?? fstatSync(fd);
    if (kindOf(status) !== (opening.device ? 'device' : 'file')) throw notAFile(path);
    makeBlocking(fd, flags);
    return fd;
  } catch (thrown) {
    closeSync(fd);
    throw thrown;
  }
}

/** Opens a directory of the user's to list it. Links are followed as for files. Throws as `openUserFile` does. */
export function openUserDirectory(path: string, opening: Opening): number {
  return openAs(path, LISTING | (opening.follow ? 0 : constants.O_NOFOLLOW), opening);
}

function openAs(path: string, flags: number, { follow }: Opening): number {
  const below = placeBelow(path);
  // The call that is quick refuses every link.
  const quick = below === null || follow ? -1 : quickOpen(below, flags, 0);
  if (quick >= 0) return quick;
  // Without it, only the last component is protected from links. Nothing but reading can follow.
  const entry = below === null ? path : `/proc/self/fd/${below.fd}/${below.relative}`;
  try {
    return openSync(hasBytes(entry) ? Buffer.from(bytesOf(entry)) : entry, flags);
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException;
    throw Object.assign(error, { path, message: error.message.replace(entry, path) });
  }
}

function notAFile(path: string): NodeJS.ErrnoException {
  const message = `${path} is no longer a file`;
  return Object.assign(new Error(message), { code: 'ENOTSUP', errno: -95, syscall: 'open', path });
}
