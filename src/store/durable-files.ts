/** Writes files so that a crash leaves either the old bytes or complete lines of the new ones. */
import {
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { passingName, passingOf } from '../host/files/own-names.js';
import { withFile } from '../host/system/with-file.js';

/** The advice when a run directory cannot be written. */
const ELSEWHERE = 'choose another directory with -o';

/** The part of a file's name that the name of its new content begins with. A file system limits names to 255 bytes. */
const SHOWN_CHARACTERS = 60;

/** The content of a file: a text, bytes, or pieces that follow each other. */
export type FileContent = string | Uint8Array | Iterable<Uint8Array>;

/**
 * Replaces a file atomically: writes a new file next to it, makes it durable and renames it. A
 * reader sees the old file or the new one, never a part. Removes what killed processes left of earlier attempts.
 * @param remedy the advice in the message when the file cannot be written
 * @throws FeedrateError `store`
 */
export function replaceFile(path: string, text: FileContent, remedy = ELSEWHERE): void {
  replaceWith(path, remedy, (temporary) => writeDurably(temporary, text));
  attemptOn(path, remedy, () => makeNamesDurable(dirname(path)));
}

/**
 * Does the same for a file that can be made again from others, and so need not be durable yet: see `makeFilesDurable`.
 * @throws FeedrateError `store`
 */
export function replaceDerived(path: string, text: string): void {
  replaceWith(path, ELSEWHERE, (temporary) => withFile(temporary, 'w', (fd) => writeWhole(fd, text)));
}

function replaceWith(path: string, remedy: string, write: (temporary: string) => void): void {
  const directory = dirname(path);
  const name = basename(path).slice(0, SHOWN_CHARACTERS);
  const temporary = join(directory, passingName('replacement', name));
  try {
    removeOldReplacements(directory, name);
    write(temporary);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    // The content may be read while it is written.
    if (error instanceof FeedrateError) throw error;
    throw cannotWrite(path, error, remedy);
  }
}

function attemptOn(path: string, remedy: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    throw cannotWrite(path, error, remedy);
  }
}

function removeOldReplacements(directory: string, name: string): void {
  for (const entry of readdirSync(directory)) {
    if (!(entry.startsWith(`${name}.`) && entry.endsWith('.tmp'))) continue;
    const passing = passingOf(entry);
    if (passing?.kind === 'replacement' && passing.state === 'dead') rmSync(join(directory, entry), { force: true });
  }
}

/** Writes a file and makes its content durable. Its name is durable after `makeNamesDurable`. Throws Node's error. */
export function writeDurably(path: string, text: FileContent): void {
  withFile(path, 'w', (fd) => {
    writeContent(fd, text);
    fsyncSync(fd);
  });
}

/** Makes files of a directory durable that were written without that, if they exist. Throws `FeedrateError('store')`. */
export function makeFilesDurable(directory: string, names: readonly string[]): void {
  for (const path of names.map((name) => join(directory, name)).filter((path) => existsSync(path)))
    attemptOn(path, ELSEWHERE, () => withFile(path, 'r+', fdatasyncSync));
  attemptOn(directory, ELSEWHERE, () => makeNamesDurable(directory));
}

/** Makes the names in a directory durable. Throws Node's error. */
export function makeNamesDurable(directory: string): void {
  withFile(directory, 'r', syncDirectory);
}

/**
 * Appends complete lines to a file in one write and makes them durable. Creates the file if it is missing. If it ends in
 * an incomplete line (its writer was killed, or the disk was full), the new lines start on a new line.
 * @param remedy the advice in the message when the file cannot be written
 * @throws FeedrateError `store`
 */
export function appendLines(path: string, lines: string, remedy = ELSEWHERE): void {
  attemptOn(path, remedy, () => withFile(path, 'a+', (fd) => appendTo(fd, lines)));
}

/**
 * Does the same for a file that can be made again from others, and so need not be durable yet: see `makeFilesDurable`.
 * @throws FeedrateError `store`
 */
export function appendDerived(path: string, lines: string): void {
  attemptOn(path, ELSEWHERE, () => withFile(path, 'a+', (fd) => appendToEnd(fd, lines)));
}

/**
 * Does the same in a file that is open for reading and appending. Throws Node's error.
 * @returns the file's size before and after, bytes
 */
export function appendTo(fd: number, lines: string): { beforeBytes: number; afterBytes: number } {
  const beforeBytes = appendToEnd(fd, lines);
  fdatasyncSync(fd);
  return { beforeBytes, afterBytes: fstatSync(fd).size };
}

/** Appends lines, on a new line in any case. Returns the file's size before, bytes. */
function appendToEnd(fd: number, lines: string): number {
  const beforeBytes = fstatSync(fd).size;
  writeWhole(fd, endsInTornLine(fd, beforeBytes) ? `\n${lines}` : lines);
  return beforeBytes;
}

/** Better advice than another directory. */
const FIRST_ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space, or ',
  EDQUOT: 'free some space or have the quota raised; otherwise ',
  EMFILE: 'raise the limit of open files (ulimit -n); otherwise ',
  ENFILE: 'raise the limit of open files (fs.file-max); otherwise ',
};

/** Returns the error for a file or directory that cannot be written, with suitable advice. */
export function cannotWrite(path: string, error: unknown, remedy = ELSEWHERE): FeedrateError {
  const { code, message } = systemFaultOf(error);
  const advice = `${FIRST_ADVICE[code] ?? ''}${remedy}`;
  return new FeedrateError('store', `${path}: cannot write (${message}); ${advice}`, { cause: error });
}

/** Writes all of it. Throws Node's error, and those of the pieces. */
export function writeContent(fd: number, content: FileContent): void {
  if (typeof content === 'string' || content instanceof Uint8Array) writeWhole(fd, content);
  else for (const piece of content) writeWhole(fd, piece);
}

/** Writes with one write(2). The kernel writes less only when the disk is full, and the next call then fails. */
function writeWhole(fd: number, text: string | Uint8Array): void {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
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
