/** Archives of run directories: tar (POSIX ustar, with extended headers), the same bytes each time. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import type { ReadableRun } from '../record/stored-run.js';
import { cannotRead } from './cannot-read.js';
import { filesOfRun } from './run-directory-files.js';

const BLOCK_BYTES = 512;
/** Archives are written in units of 20 blocks. Two empty blocks end them. */
const UNIT_BYTES = 20 * BLOCK_BYTES;
const PIECE_BYTES = 2 ** 20;
const NAME_BYTES = 100;
const CHECKSUM_AT = 148;
/** From here on a size does not fit into 11 octal digits. */
const OCTAL_MOST = 8 ** 11;

/**
 * Returns the pieces of an archive with these run directories, each below its own name. Nothing in it depends on the copy:
 * files are sorted, belong to nobody and have the time at which the run started. Throws `FeedrateError('store')` when a
 * file cannot be read, or becomes shorter meanwhile.
 */
export function* runArchive(runs: readonly ReadableRun[]): Generator<Uint8Array> {
  let bytes = 0;
  for (const piece of members(runs)) {
    bytes += piece.length;
    yield piece;
  }
  const end = bytes + 2 * BLOCK_BYTES;
  yield new Uint8Array(Math.ceil(end / UNIT_BYTES) * UNIT_BYTES - bytes);
}

function* members(runs: readonly ReadableRun[]): Generator<Uint8Array> {
  for (const { run, directory, id } of runs) {
    const seconds = Math.max(0, Math.floor(Date.parse(run.startedAt) / 1000) || 0);
    for (const name of filesOfRun(directory)) {
      const path = join(directory, name);
      const sizeBytes = attempt(path, () => statSync(path).size);
      yield* headers(`${id}/${name}`, sizeBytes, seconds);
      yield* contentOf(path, sizeBytes);
      yield new Uint8Array(padding(sizeBytes));
    }
  }
}

function padding(bytes: number): number {
  return (BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES;
}

/** A run that is still measured grows: what it had when its header was written is copied. */
function* contentOf(path: string, sizeBytes: number): Generator<Uint8Array> {
  const fd = attempt(path, () => openSync(path, 'r'));
  try {
    for (let done = 0; done < sizeBytes; ) {
      const piece = Buffer.alloc(Math.min(PIECE_BYTES, sizeBytes - done));
      const read = attempt(path, () => readSync(fd, piece, 0, piece.length, done));
      if (read === 0)
        throw new FeedrateError('store', `${path}: became shorter while it was read; export the run again`);
      done += read;
      yield piece.subarray(0, read);
    }
  } finally {
    closeSync(fd);
  }
}

/** Returns the header of a file, after an extended one if its name or size needs that. */
function headers(name: string, sizeBytes: number, seconds: number): Uint8Array[] {
  const isPlain = /^[\x21-\x7e]*$/.test(name) && name.length <= NAME_BYTES;
  const isSmall = sizeBytes < OCTAL_MOST;
  const records = (isPlain ? '' : paxRecord('path', name)) + (isSmall ? '' : paxRecord('size', String(sizeBytes)));
  const short = isPlain ? name : name.replaceAll(/[^\x21-\x7e]/gu, '_').slice(0, NAME_BYTES);
  const own = header(short, isSmall ? sizeBytes : 0, seconds, '0');
  if (records === '') return [own];
  const content = Buffer.from(records, 'utf8');
  const padded = Buffer.concat([content, Buffer.alloc(padding(content.length))]);
  return [header('PaxHeader', content.length, seconds, 'x'), padded, own];
}

/** Returns `LENGTH KEY=VALUE\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  const digits = String(rest + String(rest).length).length;
  return `${rest + digits} ${key}=${value}\n`;
}

function header(name: string, sizeBytes: number, seconds: number, type: '0' | 'x'): Uint8Array {
  const block = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  block.write(name, 0, 'latin1');
  const fields = octal(0o644, 7) + octal(0, 7) + octal(0, 7) + octal(sizeBytes, 11) + octal(seconds, 11);
  block.write(`${fields}        ${type}`, NAME_BYTES, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)} `, CHECKSUM_AT, 'latin1');
  return block;
}

function attempt<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw cannotRead(path, error);
  }
}
