/** Refuses what stands in the place of a file or directory of feedrate's own but was not created by it. */
import { FeedrateError } from '../../base/errors.js';
import type { EntryStatus } from './file-store.js';

type ForeignKind = Exclude<EntryStatus['kind'], 'file'>;

const WORDS: Readonly<Record<ForeignKind, string>> = {
  directory: 'is a directory',
  link: 'is a symbolic link',
  fifo: 'is a FIFO',
  socket: 'is a socket',
  device: 'is a device',
};

/** The error of open(2) that comes closest. `EMLINK` stands for a file with a second name. */
const CODES: Readonly<Record<EntryStatus['kind'], string>> = {
  directory: 'EISDIR',
  link: 'ELOOP',
  fifo: 'ENXIO',
  socket: 'ENXIO',
  device: 'ENXIO',
  file: 'EMLINK',
};

/** Returns the refusal of an entry that feedrate did not create, with a cause of Node's shape. */
function refusalOf(
  path: string,
  kind: EntryStatus['kind'],
  what: string,
  so = 'feedrate did not create it and does not touch it; remove it',
): FeedrateError {
  const message = `${path} ${what}, so ${so}`;
  const cause = Object.assign(new Error(message), { code: CODES[kind], syscall: 'open', path });
  return new FeedrateError('target', message, { cause });
}

/** Returns the refusal of a link, a file or anything else in the place of a directory. */
export function notADirectory(path: string, kind: EntryStatus['kind']): FeedrateError {
  return refusalOf(path, kind, kind === 'file' ? 'is a file instead of a directory' : WORDS[kind]);
}

/** Returns the refusal of a file on another mount than the directory that feedrate holds. */
export function onAnotherMount(path: string): FeedrateError {
  return refusalOf(path, 'file', 'is on another mount than its target');
}

/**
 * Returns why an entry cannot be one of feedrate's files, or null when it can: a regular file with a single name. A file
 * with a second name (a hard link) may be a user's.
 */
export function foreignFile(path: string, { kind, links }: Pick<EntryStatus, 'kind' | 'links'>): FeedrateError | null {
  if (kind !== 'file') return refusalOf(path, kind, WORDS[kind]);
  if (links <= 1) return null;
  const so = "it may be a user's file and feedrate does not touch it; remove this name of it";
  return refusalOf(path, kind, `has ${links} names (hard links)`, so);
}
