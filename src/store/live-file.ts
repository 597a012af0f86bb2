/** Writes `live.json` into the directory of a running run. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { passingName } from '../host/files/own-names.js';
import { RUN_FILES } from './run-files.js';

/** A write that takes longer is not waited for when the run ends: the results directory has stopped to respond. */
const LAST_WRITE_MS = 2000;

/**
 * The file of one run. Nothing here blocks or throws: a run is never held up by its own display, and it need not survive
 * a crash. Readers see the old content or the new one, never a part.
 */
export class LiveFile {
  readonly #path: string;
  readonly #temporary: string;
  #writing: Promise<void> | null = null;

  constructor(runDirectory: string) {
    this.#path = join(runDirectory, RUN_FILES.live);
    this.#temporary = join(runDirectory, passingName('replacement', RUN_FILES.live));
  }

  /** Replaces the content. Does nothing while an earlier write is under way. */
  replace(text: string): void {
    this.#writing ??= writeFile(this.#temporary, text)
      .then(() => rename(this.#temporary, this.#path))
      .catch(() => undefined)
      .finally(() => {
        this.#writing = null;
      });
  }

  /** Removes the file. */
  async remove(): Promise<void> {
    const removed = (async () => {
      await this.#writing;
      for (const path of [this.#path, this.#temporary]) await rm(path, { force: true }).catch(() => undefined);
    })();
    await Promise.race([removed, wait(LAST_WRITE_MS, undefined, { ref: false })]);
  }
}
