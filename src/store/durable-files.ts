/** Writes files so that a crash leaves either the old bytes or complete lines of the new ones. */
import { fdatasyncSync, fstatSync, fsyncSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { withFile } from '../host/system/with-file.js';

/** The advice when a run directory cannot be written. */
const ELSEWHERE = 'choose another directory with -o';

/**
 * Replaces a file atomically: writes a new file next to it, makes it durable and renames it. A
 * reader sees the old file or the new one, never a part.
 * @param remedy the advice in the message when the file cannot be written
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
 * Appends complete lines in one write and makes them durable. If the file ends in an incomplete line
 * (its writer was killed, or the disk was full), the new lines start on a new line.
 * @param remedy the advice in the message when the file cannot be written
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

/** Better advice than another directory. */
const FIRST_ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space, or ',
  EDQUOT: 'free some space, or ',
  EMFILE: 'raise the limit of open files (ulimit -n); otherwise ',
  ENFILE: 'raise the limit of open files (fs.file-max); otherwise ',
};

/** Returns the error for a file or directory that cannot be written, with suitable advice. */
export function cannotWrite(path: string, error: unknown, remedy = ELSEWHERE): FeedrateError {
  const { code, message } = systemFaultOf(error);
  const advice = `${FIRST_ADVICE[code] ?? ''}${remedy}`;
  return new FeedrateError('store', `${path}: cannot write (${message}); ${advice}`, { cause: error });
}

/** Writes with one write(2). The kernel writes less only when the disk is full, and the next call then fails. */
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

/** Makes a rename durable. Some network file systems cannot sync a directory, but their renames are durable. */
function syncDirectory(fd: number): void {
  try {
    fsyncSync(fd);
  } catch (error) {
    const { code } = systemFaultOf(error);
    if (code !== 'EINVAL' && code !== 'ENOTSUP') throw error;
  }
}
