/** Writing so that a crash leaves either the old bytes or whole lines of the new ones. */
import {
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { withFile } from '../host/system/with-file.js';

/** What helps when a run directory cannot be written. */
const ELSEWHERE = 'choose another directory with -o';

/**
 * Replaces a file as a whole: the bytes go to a new file beside it, are made durable, and take its
 * name. A reader sees the old file or the new one, never a part.
 * @param remedy for the message, when it cannot be written
 * @throws FeedrateError `store`
 */
export function replaceFile(path: string, text: string, remedy = ELSEWHERE): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    withFile(temporary, 'w', (fd) => {
      writeWhole(fd, text);
      fsyncSync(fd);
    });
    renameSync(temporary, path);
    withFile(dirname(path), 'r', syncDirectory);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw cannotWrite(path, error, remedy);
  }
}

/**
 * Appends whole lines in one write and makes them durable. If the file ends in a torn line (its
 * writer was killed, or the disk was full), the new ones start on a line of their own.
 * @param remedy for the message, when it cannot be written
 * @returns the file's size before and after, bytes
 * @throws FeedrateError `store`
 */
export function appendLines(
  path: string,
  lines: string,
  remedy = ELSEWHERE,
): { beforeBytes: number; afterBytes: number } {
  try {
    return withFile(path, 'a+', (fd) => {
      const beforeBytes = fstatSync(fd).size;
      writeWhole(fd, endsInTornLine(fd, beforeBytes) ? `\n${lines}` : lines);
      fdatasyncSync(fd);
      return { beforeBytes, afterBytes: fstatSync(fd).size };
    });
  } catch (error) {
    throw cannotWrite(path, error, remedy);
  }
}

/** The error of a file or directory that cannot be written, with the remedy that fits. */
export function cannotWrite(path: string, error: unknown, remedy = ELSEWHERE): FeedrateError {
  const { code, message } = systemFaultOf(error);
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const advice = full ? `free some space, or ${remedy}` : remedy;
  return new FeedrateError('store', `${path}: cannot write (${message}); ${advice}`, { cause: error });
}

/** One by one: below /proc, Node 20's own recursive mkdir never returns. */
export function makeDirectories(path: string): void {
  if (existsSync(path)) return;
  makeDirectories(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (systemFaultOf(error).code !== 'EEXIST') throw error;
  }
}

/** One write(2); the kernel takes less only when the disk is full, and then the next call says so. */
function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

function endsInTornLine(fd: number, sizeBytes: number): boolean {
  if (sizeBytes === 0) return false;
  const last = Buffer.alloc(1);
  readSync(fd, last, 0, 1, sizeBytes - 1);
  return last.toString('latin1') !== '\n';
}

/** Makes a rename durable. Some network file systems cannot sync a directory and rename durably by themselves. */
function syncDirectory(fd: number): void {
  try {
    fsyncSync(fd);
  } catch (error) {
    const { code } = systemFaultOf(error);
    if (code !== 'EINVAL' && code !== 'ENOTSUP') throw error;
  }
}
