/** The list of the runs in a results directory. A run is read again only when its directory has changed. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemFaultOf } from '../base/errors.js';
import type { ServedRun } from '../page/served.js';
import { cannotRead } from '../store/cannot-read.js';
import { shortNames } from '../store/find-runs.js';
import { type ListedRun, readListedRun, servedRun } from './run-row.js';

/** So many runs are read at the same time. */
const AT_ONCE = 16;
/** The time stamp of a directory has ticks of some milliseconds: a change right after a reading may leave it as it was. */
const SETTLED_MS = 1000;

interface ReadRun {
  readonly stamp: string;
  /** Null: not a run. */
  readonly listed: ListedRun | null;
  /** Whether the directory had not changed for a while when it was read. */
  readonly isSettled: boolean;
}

export class RunIndex {
  readonly directory: string;
  readonly #read: typeof readListedRun;
  readonly #nowMs: () => number;
  #known = new Map<string, ReadRun>();
  #runs: readonly ServedRun[] = [];
  #text = '';
  #version = 0;
  /** Of the results directory, at the last update. */
  #stamp = '';
  #updating: Promise<void> | null = null;

  /**
   * @param read reads what is listed of a run
   * @param nowMs milliseconds since 1970
   */
  constructor(directory: string, read: typeof readListedRun = readListedRun, nowMs: () => number = Date.now) {
    this.directory = directory;
    this.#read = read;
    this.#nowMs = nowMs;
  }

  /** Changes when the list does. */
  get version(): number {
    return this.#version;
  }

  /** The runs at the last update, newest first. */
  get runs(): readonly ServedRun[] {
    return this.#runs;
  }

  /** Changes when a file of this run is made, replaced or removed. Null: no such run. */
  stampOf(id: string): string | null {
    return this.#known.get(id)?.stamp ?? null;
  }

  /**
   * Looks at the directory, and reads the runs that have changed. Throws `FeedrateError('store')` when the directory cannot
   * be read. One that does not exist has no runs.
   */
  update(): Promise<void> {
    this.#updating ??= this.#updateNow().finally(() => {
      this.#updating = null;
    });
    return this.#updating;
  }

  /**
   * Does the same if a run has begun, or a running one has changed or ended: a few calls, for those who watch. It does not
   * see that a run that has ended has changed.
   */
  async glance(): Promise<void> {
    const running = this.#runs.filter(({ status }) => status === 'running');
    const stamps = await Promise.all(running.map(({ id }) => stampOf(join(this.directory, id))));
    const isSame = running.every(({ id }, at) => stamps[at] === this.#known.get(id)?.stamp);
    const isAlive = running.every(({ id }) => this.#isRunning(id));
    if (!isSame || !isAlive || (await stampOf(this.directory)) !== this.#stamp) await this.update();
  }

  #isRunning(id: string): boolean {
    const listed = this.#known.get(id)?.listed;
    return listed != null && servedRun(listed, id).status === 'running';
  }

  async #updateNow(): Promise<void> {
    this.#stamp = await stampOf(this.directory);
    // feedrate's own directories that are not complete are hidden.
    const waiting = (await this.#names()).filter((name) => !name.startsWith('.'));
    const known = new Map<string, ReadRun>();
    const work = async () => {
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        const found = await this.#look(name);
        if (found !== null) known.set(name, found);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const isSame = known.size === this.#known.size && [...known].every(([name, one]) => this.#known.get(name) === one);
    // Whether a process lives is not written in a directory.
    const isAnyRunning = [...known.values()].some(({ listed }) => typeof listed?.state === 'object');
    if (isSame && !isAnyRunning) return;
    this.#known = known;
    const runs = [...known.values()].flatMap(({ listed }) => (listed === null ? [] : [listed]));
    const nameOf = shortNames(runs.map(({ row }) => row.id));
    this.#runs = runs
      .map((listed) => servedRun(listed, nameOf(listed.row.id)))
      .sort((a, b) => compareText(startOf(b), startOf(a)) || compareText(b.id, a.id));
    const text = JSON.stringify(this.#runs);
    if (text !== this.#text) this.#version++;
    this.#text = text;
  }

  async #look(name: string): Promise<ReadRun | null> {
    const stamp = await stampOf(join(this.directory, name));
    if (stamp === NONE) return null;
    const before = this.#known.get(name);
    if (before?.stamp === stamp && before.isSettled) return before;
    const isSettled = this.#nowMs() - Number(stamp.split(' ')[0]) > SETTLED_MS;
    return { stamp, listed: await this.#read(this.directory, name), isSettled };
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.directory);
    } catch (error) {
      if (systemFaultOf(error).code === 'ENOENT') return [];
      throw cannotRead(this.directory, error);
    }
  }
}

const NONE = '';

/** Returns the time of the last change and the inode of a directory; empty when there is none. */
async function stampOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found?.isDirectory() === true ? `${found.mtimeMs} ${found.mtimeNs} ${found.ino}` : NONE;
}

function startOf({ startedAt }: ServedRun): string {
  return startedAt ?? '';
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
