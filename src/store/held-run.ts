import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readlinkSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { withFile } from '../host/system/with-file.js';
import { appendTo } from './durable-files.js';
import { RUN_FILES } from './run-files.js';

const CHUNK_BYTES = 2 ** 20;
const LINE_BREAK = 10;

/**
 * A run directory and its trials, held open. Paths can be renamed, deleted or replaced while a run measures. The open
 * files are the ones that the run began with, so feedrate notices and can still read the trials.
 */
export class HeldRun {
  readonly #path: string;
  readonly #directory: number;
  readonly #trials: number;

  /** Throws Node's error when the directory or its `trials.jsonl` is missing or cannot be opened. */
  constructor(path: string) {
    this.#path = path;
    this.#directory = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      const flags = constants.O_RDWR | constants.O_APPEND | constants.O_NONBLOCK;
      this.#trials = openSync(join(path, RUN_FILES.trials), flags);
    } catch (error) {
      closeSync(this.#directory);
      throw error;
    }
  }

  /** Returns why the run can no longer be saved under its path, or null when it can. */
  loss(): string | null {
    if (!isOpenAs(this.#directory, this.#path)) {
      const renamed = this.directory();
      return renamed === null
        ? 'the run directory was removed or unmounted'
        : `the run directory was renamed to ${renamed}`;
    }
    for (const name of [RUN_FILES.run, RUN_FILES.trials])
      if (!exists(join(this.#path, name))) return `${name} was removed`;
    return this.place() === null ? `${RUN_FILES.trials} was replaced` : null;
  }

  /** Returns the path of the directory, perhaps under another name, if it still has its `trials.jsonl`; else null. */
  place(): string | null {
    const path = this.directory();
    return path !== null && isOpenAs(this.#trials, join(path, RUN_FILES.trials)) ? path : null;
  }

  /** Returns the path of the directory, perhaps under another name; null when it was removed. */
  directory(): string | null {
    return isOpenAs(this.#directory, this.#path) ? this.#path : pathOf(this.#directory);
  }

  /**
   * Appends a line to the trials and makes it durable. A line that cannot be written is removed again, so that it does not
   * remain in part. Throws Node's error.
   * @returns the size of the file before and after, bytes
   */
  append(line: string): { beforeBytes: number; afterBytes: number } {
    const { size } = fstatSync(this.#trials);
    try {
      return appendTo(this.#trials, line);
    } catch (error) {
      try {
        ftruncateSync(this.#trials, size);
      } catch {}
      throw error;
    }
  }

  /** Copies the complete lines of the trials to a new file and makes it durable. Throws Node's error. */
  copyTrials(path: string): void {
    withFile(path, 'wx', (copy) => {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      let completeBytes = 0;
      for (let done = 0; ; ) {
        const filled = readSync(this.#trials, chunk, 0, CHUNK_BYTES, done);
        if (filled === 0) break;
        const end = chunk.subarray(0, filled).lastIndexOf(LINE_BREAK);
        if (end >= 0) completeBytes = done + end + 1;
        for (let written = 0; written < filled; ) written += writeSync(copy, chunk, written, filled - written);
        done += filled;
      }
      ftruncateSync(copy, completeBytes);
      fsyncSync(copy);
    });
  }

  close(): void {
    closeSync(this.#trials);
    closeSync(this.#directory);
  }
}

/** Opens a run directory and holds it. Throws `FeedrateError('store')` when it cannot be written to. */
export function holdRun(path: string): HeldRun {
  try {
    return new HeldRun(path);
  } catch (error) {
    const { message } = systemFaultOf(error);
    throw new FeedrateError('store', `${path}: no trials can be saved (${message})`, { cause: error });
  }
}

function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** Returns whether an open file or directory is the one at this path. */
function isOpenAs(fd: number, path: string): boolean {
  try {
    const [held, found] = [fstatSync(fd, { bigint: true }), statSync(path, { bigint: true })];
    return held.dev === found.dev && held.ino === found.ino;
  } catch {
    return false;
  }
}

/** Returns the current path of an open directory, or null when it has none. */
function pathOf(fd: number): string | null {
  try {
    const path = readlinkSync(`/proc/self/fd/${fd}`);
    return isOpenAs(fd, path) ? path : null;
  } catch {
    return null;
  }
}
