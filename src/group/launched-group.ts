/**
 * A group whose launcher lets its ranks wait for each other. Texts and signs of life go through files all the same, because
 * launchers do not say which rank is missing. The launcher's barrier then lets all go at once, and its abort reaches ranks
 * that cannot act themselves.
 */
import { EXIT } from '../base/errors.js';
import { type FilesGroupRequest, openFilesGroup } from './files-group.js';
import type { Group } from './group.js';
import { monotonicNs } from './monotonic.js';

/** What a launcher does for its processes. */
export interface LauncherLink {
  /** Resolves when every rank has called it. Rejects with a `FeedrateError` when the launcher has gone. */
  barrier(): Promise<void>;
  /** Asks the launcher to end all processes, with this status. Called while the process exits. */
  abort(exitStatus: number): void;
  /** Leaves in order; waits for the other ranks if the launcher does. */
  finish(): Promise<void>;
}

/** Returns a group of these ranks once all have come. Throws as `openFilesGroup` does; the launcher then ends all ranks. */
export async function openLaunchedGroup(request: FilesGroupRequest, link: LauncherLink): Promise<Group> {
  try {
    return new LaunchedGroup(await openFilesGroup(request), link);
  } catch (thrown) {
    abortAtExit(link);
    throw thrown;
  }
}

class LaunchedGroup implements Group {
  readonly #files: Group;
  readonly #link: LauncherLink;
  #leftNs = 0;

  constructor(files: Group, link: LauncherLink) {
    this.#files = files;
    this.#link = link;
  }

  get launcher() {
    return this.#files.launcher;
  }
  get rank() {
    return this.#files.rank;
  }
  get size() {
    return this.#files.size;
  }
  get host() {
    return this.#files.host;
  }
  get foundIn() {
    return this.#files.foundIn;
  }
  get lost() {
    return this.#files.lost;
  }
  get leftNs() {
    return this.#leftNs;
  }

  async meet(name: string, text?: string): Promise<readonly string[]> {
    const texts = await this.#files.meet(name, text);
    const barrier = this.#link.barrier();
    await Promise.race([barrier, rejectionOf(this.lost, barrier)]);
    this.#leftNs = monotonicNs();
    return texts;
  }

  abort(reason: string): void {
    this.#files.abort(reason);
  }

  async close(): Promise<void> {
    const isLost = this.lost.aborted;
    await this.#files.close();
    if (!isLost) {
      await this.#link.finish().catch(() => {});
      return;
    }
    abortAtExit(this.#link);
  }
}

/** Rejects with the signal's reason, unless `over` settles before. */
function rejectionOf(signal: AbortSignal, over: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    const lose = () => reject(signal.reason as Error);
    if (signal.aborted) lose();
    signal.addEventListener('abort', lose, { once: true });
    over.finally(() => signal.removeEventListener('abort', lose)).catch(() => {});
  });
}

/** Not earlier, because it may end this process: its report and its last line come first. */
function abortAtExit(link: LauncherLink): void {
  process.once('exit', (status) => link.abort(status === 0 ? EXIT.measurementFailed : status));
}
