/** A target that is held open during a session, so that whatever takes its place is noticed and never touched. */

import { fstatSync } from 'node:fs';
import { FeedrateError } from '../base/errors.js';
import { shellWord } from '../base/shell-word.js';
import { descriptorOf, mountIdOf, placeOf, withDirectoryNow } from './files/held-directories.js';
import { DATA_DIRECTORY_NAME } from './files/own-names.js';
import { storeOf } from './files/store-of.js';
import { isNfsUrl } from './libnfs/nfs-url.js';
import type { HeldDirectory } from './system/file-store.js';
import { codeOf } from './system/libc.js';
import { findMount, type Mount, readMounts } from './system/mountinfo.js';
import type { TargetPath } from './target.js';

/** The kernel's numbers of the mounts that hold the targets, by the targets' names. */
export type MountIds = Readonly<Record<string, number>>;

/** Returns the numbers of the targets' mounts now. Reads only /proc, so that no server can block it. */
export function mountIdsOf(targets: readonly TargetPath[]): MountIds {
  const mounts = readMounts();
  return Object.fromEntries(
    targets.flatMap(({ name, path }) => {
      const id = isNfsUrl(path) ? undefined : findMount(mounts, path)?.id;
      return id === undefined ? [] : [[name, id]];
    }),
  );
}

/** Error codes of a path that no longer leads to a directory. */
const GONE_CODES: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** A target, and the name of its data directory if it is not `.feedrate-data`. */
type DataTarget = TargetPath & { readonly dataDirectory?: string };

/** What became of a target, and where feedrate's data files are now; null when they are gone. */
interface Change {
  readonly what: string;
  readonly dataIn: string | null;
}

/** Holds one target of a session. A target without a mount (nfs://) never counts as changed. */
export class HeldTarget {
  readonly #target: DataTarget;
  /** Whether the plan keeps data files there. */
  readonly #keepsData: boolean;
  #held: HeldDirectory | null = null;
  #mount: Mount | null = null;

  /**
   * Opens the target.
   * @param mountId of its mount when the run began; undefined: unknown
   * @throws FeedrateError `measurement` when it is gone, or on another mount than when the run began
   */
  constructor(target: DataTarget, keepsData: boolean, mountId: number | undefined) {
    this.#target = target;
    this.#keepsData = keepsData;
    this.#hold();
    if (mountId === undefined || this.#mount === null || mountIdOf(this.#descriptor) === mountId) return;
    this.release();
    throw this.#changed({ what: `${target.path} is now on another mount than when the run began`, dataIn: null });
  }

  get #descriptor(): number {
    return descriptorOf(this.#target.path) as number;
  }

  #hold(): void {
    const { name, path } = this.#target;
    try {
      // The path of a mounted target was resolved before the run.
      this.#held = storeOf(path).hold(isNfsUrl(path) ? `${path}/.` : path);
    } catch (cause) {
      const code = codeOf(cause) ?? '';
      if (GONE_CODES.has(code)) throw this.#changed({ what: `${path} is gone (${code})`, dataIn: null });
      const { message } = cause as Error;
      throw new FeedrateError('measurement', `target ${name}: cannot open ${path}: ${message}`, { cause });
    }
    this.#mount = isNfsUrl(path) ? null : findMount(readMounts(), path);
  }

  /**
   * Throws `FeedrateError('measurement')` when the path no longer leads to the directory that is held: unmounted, mounted
   * over, removed or renamed. Asks the file system of the target, which may block.
   */
  requireUnchanged(): void {
    const change = this.#held === null || isNfsUrl(this.#target.path) ? null : this.#change();
    if (change !== null) throw this.#changed(change);
  }

  #change(): Change | null {
    const { path } = this.#target;
    const held = this.#descriptor;
    const identity = (fd: number) => `${placeOf(fd)} ${fstatSync(fd, { bigint: true }).ino}`;
    let isGone = false;
    try {
      if (withDirectoryNow(path, identity) === identity(held)) return null;
    } catch (thrown) {
      // Other errors come from a directory that is still there. The trial reports them.
      if (!GONE_CODES.has(codeOf(thrown) ?? '')) return null;
      isGone = true;
    }
    return this.#changeOfMount() ?? changeOfDirectory(path, held, isGone);
  }

  #changeOfMount(): Change | null {
    const before = this.#mount;
    if (before === null) return null;
    const mounts = readMounts();
    const now = findMount(mounts, this.#target.path);
    if (now?.id === before.id) return null;
    const { mountPoint, fileSystem, source } = before;
    if (!mounts.some(({ id }) => id === before.id))
      return { what: `${mountPoint} (${fileSystem} on ${source}) was unmounted`, dataIn: `on ${source}` };
    const dataIn = `on ${source}, below that mount`;
    return { what: `${now?.fileSystem} on ${now?.source} was mounted over ${this.#target.path}`, dataIn };
  }

  #changed({ what, dataIn }: Change): FeedrateError {
    const { name, path, dataDirectory = DATA_DIRECTORY_NAME } = this.#target;
    const stays =
      dataIn === null || !this.#keepsData
        ? 'earlier trials are saved'
        : `earlier trials are saved, and data files stay in ${dataDirectory} ${dataIn}; to remove them, restore the target and run: feedrate clean -t ${shellWord(path)} --data`;
    const message = `target ${name} changed during the run: ${what}; ${stays}`;
    const cause = Object.assign(new Error(message), { code: 'ECHANGED', syscall: 'open', path });
    return new FeedrateError('measurement', message, { cause });
  }

  /** Lets go of the target, so that its file system can be unmounted. */
  release(): void {
    this.#held?.close();
    this.#held = null;
  }

  /**
   * Opens the target again after `release`. Its mount may be a new one, but must show the same source.
   * @throws FeedrateError `measurement` when it does not, or when the target is gone
   */
  holdAgain(): void {
    const before = this.#mount;
    this.#hold();
    const now = this.#mount;
    if (before?.source === now?.source && before?.mountPoint === now?.mountPoint) return;
    this.release();
    throw this.#changed({
      what: `${this.#target.path} is now on ${now?.source}, and was on ${before?.source}`,
      dataIn: null,
    });
  }
}

/** Returns what became of a directory on a mount that is still in its place. */
function changeOfDirectory(path: string, held: number, isGone: boolean): Change {
  if (fstatSync(held).nlink === 0) return { what: `${path} was removed`, dataIn: null };
  const what = isGone ? `${path} was renamed or removed` : `another directory took the place of ${path}`;
  return { what, dataIn: 'in the directory that was measured' };
}
