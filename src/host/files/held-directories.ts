/**
 * Directories that this thread holds open. Everything below one is reached from its descriptor, one level at a time, and
 * no link is followed. What takes the directory's place meanwhile (another mount, a new directory of that name) is
 * therefore never touched. Node has no openat(2): `/proc/self/fd/N/NAME` is the same.
 */
import { closeSync, constants, existsSync, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FeedrateError } from '../../base/errors.js';
import type { HeldDirectory } from '../system/file-store.js';
import { notADirectory } from '../system/foreign-entry.js';
import { codeOf } from '../system/libc.js';
import { kindOf } from '../system/stat-status.js';

/** `O_PATH` of <fcntl.h>: names a place without opening it, so that no server and no device is asked. */
const O_PATH = 0o10000000;
const ANY_DIRECTORY = O_PATH | constants.O_DIRECTORY;
const NO_LINK = ANY_DIRECTORY | constants.O_NOFOLLOW;

interface Held {
  readonly path: string;
  readonly fd: number;
  /** How often it is held. Closed by the last one, unless another thread owns the descriptor. */
  users: number;
  readonly owned: boolean;
  /** The directory below it that was reached last, because files come by the directory. `fd` is null if it is missing. */
  last: { readonly path: string; readonly fd: number | null } | null;
}

const all = new Map<string, Held>();

let isProcThere = false;

/** Throws `FeedrateError('target')` when /proc is not mounted, because nothing can then be reached from a descriptor. */
function requireProc(): void {
  isProcThere ||= existsSync('/proc/self/fd');
  if (isProcThere) return;
  const why = 'feedrate reaches files through /proc, which is not mounted here';
  throw new FeedrateError('target', `${why}; mount it: mount -t proc proc /proc`);
}

const entryOf = (fd: number, name: string): string => `/proc/self/fd/${fd}/${name}`;

function isIn(path: string, directory: string): boolean {
  if (!path.startsWith(directory)) return false;
  return path.length === directory.length || directory === '/' || path[directory.length] === '/';
}

/** Returns the innermost held directory that a path is or is below. */
function enclosing(path: string): Held | null {
  let found: Held | null = null;
  for (const held of all.values()) {
    if (isIn(path, held.path) && held.path.length >= (found?.path.length ?? 0)) found = held;
  }
  return found;
}

/** Returns the names that lead from a directory to a path below it. */
function namesBetween(directory: string, path: string): string[] {
  return path
    .slice(directory.length)
    .split('/')
    .filter((name) => name !== '');
}

/** Makes an error name the path that it is about, not the descriptor through which that was reached. */
function retold(thrown: unknown, entry: string, path: string): unknown {
  const error = thrown as Partial<NodeJS.ErrnoException> | null;
  if (typeof error?.path !== 'string' || error.message === undefined) return thrown;
  error.path = error.path.replace(entry, path);
  error.message = error.message.replaceAll(entry, path).replaceAll(`${dirname(entry)}/`, `${dirname(path)}/`);
  return thrown;
}

/** Opens one directory in another. Throws a FeedrateError when it is a link or a file, and Node's error otherwise. */
function openIn(fd: number, name: string, path: string): number {
  const entry = entryOf(fd, name);
  try {
    return openSync(entry, NO_LINK);
  } catch (thrown) {
    const found = lstatSync(entry, { throwIfNoEntry: false });
    if (found !== undefined && !found.isDirectory()) throw notADirectory(path, kindOf(found));
    throw retold(thrown, entry, path);
  }
}

function openBelow({ fd, path }: Held, names: readonly string[]): number {
  let at = path;
  let current = -1;
  for (const name of names) {
    at = join(at, name);
    try {
      const next = openIn(current < 0 ? fd : current, name, at);
      if (current >= 0) closeSync(current);
      current = next;
    } catch (thrown) {
      if (current >= 0) closeSync(current);
      throw thrown;
    }
  }
  return current;
}

function forgetLast(held: Held): void {
  if (typeof held.last?.fd === 'number') closeSync(held.last.fd);
  held.last = null;
}

/** Forgets what was reached last in a directory. Call it when the directory is made, renamed or removed. */
export function forgetReached(directory: string): void {
  for (const held of all.values()) if (held.last !== null && isIn(held.last.path, directory)) forgetLast(held);
}

function descriptorBelow(held: Held, directory: string): number {
  if (held.path === directory) return held.fd;
  if (held.last?.path === directory && held.last.fd !== null) return held.last.fd;
  forgetLast(held);
  try {
    const fd = openBelow(held, namesBetween(held.path, directory));
    held.last = { path: directory, fd };
    return fd;
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') held.last = { path: directory, fd: null };
    throw thrown;
  }
}

/** Returns whether the directory of a path was found to be missing just before, without looking again. */
export function isKnownMissing(path: string): boolean {
  const directory = dirname(path);
  const last = enclosing(directory)?.last;
  return last?.path === directory && last.fd === null;
}

/**
 * Calls `use` with a path to an entry whose last component is the only one to resolve, and returns its result. Only the
 * directory of an entry that is below no held directory is reached by its path. `use` must not reach other entries.
 * Errors name `path`. Throws a FeedrateError when a directory on the way is a link.
 */
export function reach<T>(path: string, use: (entry: string) => T): T {
  const directory = dirname(path);
  const held = enclosing(directory);
  if (held === null) requireProc();
  const fd = held === null ? openSync(directory, ANY_DIRECTORY) : descriptorBelow(held, directory);
  const entry = entryOf(fd, basename(path));
  try {
    return use(entry);
  } catch (thrown) {
    throw retold(thrown, entry, path);
  } finally {
    if (held === null) closeSync(fd);
  }
}

/** Calls `use` with paths to two entries, as `reach` does for one. */
export function reachBoth<T>(from: string, to: string, use: (from: string, to: string) => T): T {
  return reach(from, (entry) => {
    if (dirname(from) === dirname(to)) return use(entry, join(dirname(entry), basename(to)));
    const directory = dirname(to);
    const other = hold(`${directory}/.`);
    const toEntry = entryOf(descriptorOf(directory) as number, basename(to));
    try {
      return use(entry, toEntry);
    } catch (thrown) {
      throw retold(thrown, toEntry, to);
    } finally {
      other.close();
    }
  });
}

/** Calls `use` with a path to a directory that it need not resolve, whether or not the directory is held. */
export function reachDirectory<T>(path: string, use: (entry: string) => T): T {
  const fd = descriptorOf(path);
  if (fd === null) return reach(path, use);
  const entry = entryOf(fd, '.');
  try {
    return use(entry);
  } catch (thrown) {
    throw retold(thrown, entry, path);
  }
}

/** A place below a held directory, for system calls that take a descriptor and a relative path. */
export interface Below {
  readonly fd: number;
  readonly relative: string;
}

/** Returns the held directory that a path is below, and the rest of the path; null when there is none. */
export function placeBelow(path: string): Below | null {
  const held = enclosing(path);
  if (held === null || held.path === path) return null;
  return { fd: held.fd, relative: path.slice(held.path === '/' ? 1 : held.path.length + 1) };
}

/** Returns the descriptor of a directory that is held itself, or null. */
export function descriptorOf(path: string): number | null {
  return all.get(path)?.fd ?? null;
}

/** Returns the kernel's number of the mount that an open file is on. */
export function mountIdOf(fd: number): number {
  return Number(/^mnt_id:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1]);
}

/** Identifies the file system and the mount of an open directory. The mount id distinguishes a bind mount. */
export function placeOf(fd: number): string {
  return `${fstatSync(fd).dev} ${mountIdOf(fd)}`;
}

/** Opens the directory that a path leads to now, whatever is held, and passes its descriptor to `use`. */
export function withDirectoryNow<T>(path: string, use: (fd: number) => T): T {
  const fd = openSync(path, NO_LINK);
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

function heldAt(path: string, open: () => number, owned: boolean): Held {
  const known = all.get(path);
  if (known !== undefined) {
    known.users++;
    return known;
  }
  const fresh: Held = { path, fd: open(), users: 1, owned, last: null };
  all.set(path, fresh);
  return fresh;
}

function letGo(one: Held): void {
  if (--one.users > 0) return;
  all.delete(one.path);
  forgetLast(one);
  if (one.owned) closeSync(one.fd);
}

/**
 * Holds a directory until `close`. From then on, all paths below it are reached from its descriptor. Throws
 * Node's error on a link to a directory, and when there is no directory. A path that ends in `/.` is followed if it is a
 * link.
 */
export function hold(path: string): HeldDirectory {
  requireProc();
  const named = path.replace(/(?<=.)\/\.$/, '');
  const one = heldAt(
    named,
    () => {
      const outer = enclosing(dirname(named));
      if (outer === null || named === '/') return openSync(path, NO_LINK);
      return openBelow(outer, namesBetween(outer.path, named));
    },
    true,
  );
  return {
    at: (name = '') => (name === '' ? named : join(named, name)),
    get place() {
      return placeOf(one.fd);
    },
    close: () => letGo(one),
  };
}

/** Uses a directory that another thread of this process holds. Returns a function that ends the use. */
export function useHeld(path: string, fd: number): () => void {
  const one = heldAt(path, () => fd, false);
  return () => letGo(one);
}
