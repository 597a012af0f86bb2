/** Looks at entries: one after the other while each takes little time, and many at once when a server has to be asked. */
import { accessSync, constants, lstat, lstatSync, readFileSync, type Stats, stat, statSync } from 'node:fs';
import { codeOf } from '../host/system/libc.js';
import type { ByteName } from './found-listing.js';

/** A look that waits for a server gives up the processor. So many of all looks that do so show that a server is asked. */
const WAITING_SHARE = 0.5;
/** Looks by which that is judged: few at first and after a wait, because each might take long. */
const JUDGED_LEAST = 32;
const JUDGED_MOST = 2048;
/** Looks that wait together. */
const TOGETHER = 2048;

/** Returns a path for Node's calls. A text is quicker than its bytes. */
export function systemPath(path: ByteName): string | Buffer {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII
  return /^[\x00-\x7f]*$/.test(path) ? path : Buffer.from(path, 'latin1');
}

/** What was found at a path, or why nothing was. */
export type Seen = { readonly stats: Stats } | { readonly code: string };

/** Looks at the entries of a scan. `follow`: at what a link leads to. */
export class Statuses {
  readonly #follow: boolean;
  #isWaiting = false;
  #judged = JUDGED_LEAST;

  constructor(follow: boolean) {
    this.#follow = follow;
  }

  /** Whether the last looks waited for something. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** Calls `see` for each path, in their order. */
  async lookAt(paths: readonly ByteName[], see: (place: number, seen: Seen) => void): Promise<void> {
    for (let from = 0; from < paths.length; ) {
      const together = this.#isWaiting ? TOGETHER : 0;
      const end = Math.min(paths.length, from + together);
      const seen = await Promise.all(paths.slice(from, end).map((path) => this.#later(path)));
      for (const [i, each] of seen.entries()) see(from + i, each);
      from = this.#oneByOne(paths, end, see);
    }
  }

  /** Looks at some paths, judges by them whether looks wait, and returns the place of the next one. */
  #oneByOne(paths: readonly ByteName[], from: number, see: (place: number, seen: Seen) => void): number {
    const end = Math.min(paths.length, from + this.#judged);
    this.#isWaiting = doWait(end - from, () => {
      for (let place = from; place < end; place++) see(place, this.now(paths[place] as ByteName));
    });
    this.#judged = this.#isWaiting ? JUDGED_LEAST : Math.min(JUDGED_MOST, this.#judged * 2);
    return end;
  }

  now(path: ByteName): Seen {
    try {
      const at = systemPath(path);
      return { stats: this.#follow ? statSync(at) : lstatSync(at) };
    } catch (thrown) {
      return { code: codeOf(thrown) ?? 'EUNKNOWN' };
    }
  }

  #later(path: ByteName): Promise<Seen> {
    return new Promise((resolve) => {
      const end = (error: NodeJS.ErrnoException | null, stats: Stats) =>
        resolve(error === null ? { stats } : { code: codeOf(error) ?? 'EUNKNOWN' });
      (this.#follow ? stat : lstat)(systemPath(path), end);
    });
  }
}

/** Takes so many looks, and returns whether they wait for something. Not by the time, which a busy machine makes long. */
export function doWait(looks: number, take: () => void): boolean {
  const before = timesGivenUp();
  take();
  return looks > 0 && (timesGivenUp() - before) / looks > WAITING_SHARE;
}

/** Returns how often the main thread has given up the processor to wait. 0 when /proc does not say. */
function timesGivenUp(): number {
  try {
    return Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

const user = process.geteuid?.() ?? 0;
const groups = new Set([process.getegid?.() ?? 0, ...(process.getgroups?.() ?? [])]);

/** Returns whether this user may read a file. Its mode answers mostly. Only when it says no, the system is asked. */
export function isReadable(path: ByteName, { mode, uid, gid }: Stats): boolean {
  if (user === 0) return true;
  const bits = uid === user ? mode >> 6 : groups.has(gid) ? mode >> 3 : mode;
  if ((bits & constants.S_IROTH) !== 0) return true;
  try {
    accessSync(systemPath(path), constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Returns whether `O_NOATIME` is allowed on a file: to root and to its owner. */
export function isOwn({ uid }: Stats): boolean {
  return user === 0 || uid === user;
}
