/** Follows the runs that are measured, while somebody watches. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import type { LiveStatus } from '../base/live-status.js';
import type { ServedLive, ServedState } from '../page/served.js';
import { decodeLive } from '../record/live-codec.js';
import { RUN_FILES } from '../store/run-files.js';
import type { RunIndex } from './run-index.js';

/** How often running runs are read. */
const READ_EVERY_MS = 200;
/** How often it is looked whether a run has begun or ended, and whether any has changed. */
const GLANCE_EVERY_MS = 1000;
const LIST_EVERY_MS = 30_000;

type Watcher = (state: string) => void;

export class LiveFeed {
  readonly #index: RunIndex;
  readonly #watchers = new Set<Watcher>();
  #timer: NodeJS.Timeout | null = null;
  #glancedMs = Number.NEGATIVE_INFINITY;
  #listedMs = Number.NEGATIVE_INFINITY;
  #state = '';
  #reading: Promise<string> | null = null;

  constructor(index: RunIndex) {
    this.#index = index;
  }

  /** The number of watchers. */
  get watchers(): number {
    return this.#watchers.size;
  }

  /**
   * Calls `watcher` with the state as JSON: at once, and when it has changed. Nothing is read while nobody watches.
   * @returns a function that ends it
   */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    void this.state().then((state) => {
      if (this.#watchers.has(watcher)) watcher(state);
    });
    this.#timer ??= setInterval(() => void this.#tell(), READ_EVERY_MS);
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size > 0 || this.#timer === null) return;
      clearInterval(this.#timer);
      this.#timer = null;
    };
  }

  /** Returns the state as JSON: a `ServedState`. */
  state(): Promise<string> {
    // Many who poll at the same time cause one reading.
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #tell(): Promise<void> {
    const state = await this.state();
    if (state === this.#state) return;
    this.#state = state;
    for (const watcher of this.#watchers) watcher(state);
  }

  async #read(): Promise<string> {
    await this.#look().catch((error: Error) => {
      // A directory that cannot be read is reported where the list is asked for.
      if (!(error instanceof FeedrateError)) throw error;
    });
    const running = this.#index.runs.filter(({ status }) => status === 'running');
    const live = running.map(
      async ({ id, workload }): Promise<ServedLive> => ({
        id,
        workload,
        status: await readLive(join(this.#index.directory, id)),
      }),
    );
    const state: ServedState = { listVersion: this.#index.version, live: await Promise.all(live) };
    return JSON.stringify(state);
  }

  async #look(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#listedMs >= LIST_EVERY_MS) {
      this.#listedMs = nowMs;
      this.#glancedMs = nowMs;
      await this.#index.update();
    } else if (nowMs - this.#glancedMs >= GLANCE_EVERY_MS) {
      this.#glancedMs = nowMs;
      await this.#index.glance();
    }
  }
}

/** Returns what a run does now; null: it has not told anything yet, or is over. */
async function readLive(directory: string): Promise<LiveStatus | null> {
  try {
    return decodeLive(await readFile(join(directory, RUN_FILES.live), 'utf8'), RUN_FILES.live);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof FeedrateError || code !== undefined) return null;
    throw error;
  }
}
