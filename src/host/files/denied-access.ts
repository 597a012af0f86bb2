/** What to do about a file or directory that the system does not let this user read or remove. */
import { dirname } from 'node:path';
import { shellWord } from '../../base/shell-word.js';
import type { EntryStatus } from '../system/file-store.js';
import { codeOf } from '../system/libc.js';
import { isOthers, userName } from '../system/user-name.js';
import { storeOf } from './store-of.js';

const DENIED_CODES: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

/** The remedy for writing on a mount or an export that is read-only. A server refuses both with the same error. */
export const READ_ONLY = 'its file system is read-only, remount it with rw, or allow writing in its export';

/** What other faults ask for. Faults without a row have no remedy that can be known. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOTDIR: 'name a directory',
  EROFS: READ_ONLY,
};

/** Returns whether a call failed because this user lacks the right to it. */
export function isDenied(thrown: unknown): boolean {
  return DENIED_CODES.has(codeOf(thrown) ?? '');
}

/** Returns what to do after `path` could not be read or removed, with `; ` before it. Empty when nothing is known. */
export function adviceOn(thrown: unknown, path: string, wish: 'read' | 'remove'): string {
  const remedy = isDenied(thrown) ? remedyOf(thrown, ...deniedBy(path, wish)) : REMEDIES[codeOf(thrown) ?? ''];
  return remedy === undefined ? '' : `; ${remedy}`;
}

/** Returns the advice on a directory or file that this user may not read. */
export function adviceOnClosed(path: string): string {
  return remedyOf(null, path, storeOf(path).status(path));
}

function remedyOf(thrown: unknown, path: string, status: EntryStatus | null): string {
  if (status !== null && isOthers(status) && process.geteuid?.() !== 0)
    return `${path} belongs to ${userName(status.ownerId)}; run the same command as that user or as root`;
  if (codeOf(thrown) === 'EPERM' || process.geteuid?.() === 0)
    return `check attributes (lsattr) and the security policy`;
  return `give this user permission with: chmod u+rwX ${shellWord(path)}`;
}

/** Returns the entry whose rights stand in the way: a directory above can hide the one that was asked for. */
function deniedBy(path: string, wish: 'read' | 'remove'): [string, EntryStatus | null] {
  const [reached, status] = reachable(path);
  if (reached !== path || wish === 'read') return [reached, status];
  // What is in a directory is removed before it, and its name then leaves the directory above.
  if (status?.kind === 'directory' && !mayChange(path)) return [path, status];
  const parent = dirname(path);
  return mayChange(parent) ? [path, status] : [parent, storeOf(parent).status(parent)];
}

function mayChange(directory: string): boolean {
  return storeOf(directory).may(directory, 'read') && storeOf(directory).may(directory, 'write');
}

/** Returns the innermost entry of a path that this user can look at. */
function reachable(path: string): [string, EntryStatus | null] {
  for (let entry = path; ; entry = dirname(entry)) {
    try {
      const status = storeOf(entry).status(entry);
      if (status !== null) return [entry, status];
    } catch {}
    if (entry === dirname(entry)) return [entry, null];
  }
}
