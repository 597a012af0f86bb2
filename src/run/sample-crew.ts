/** Looks for samples in files on several threads: where each look waits for a server, they wait at the same time. */
import { Worker } from 'node:worker_threads';
import { FeedrateError } from '../base/errors.js';
import type { SampleTable } from '../plan/sample-table.js';
import { type SampleWork, sampleTableOf } from './sample-scan.js';

/** What a thread found in the files that it was given, or why one of them cannot be used. */
export type PartOfSamples = { readonly table: SampleTable } | { readonly refusal: string };

const THREADS = 16;
/** Files that a thread is given at once. */
const PART_FILES = 32;

/**
 * Returns the samples of `count` files, in tables that follow each other. Where threads cannot be had, this one does their work.
 * @param pathsFrom returns the paths of some files, from the first of them to the one before the last
 * @param progressed called after each part
 * @throws FeedrateError `target` when a file is damaged or cannot be read
 */
export async function samplesTogether(
  count: number,
  pathsFrom: (first: number, end: number) => string[],
  work: SampleWork,
  progressed: () => void,
): Promise<SampleTable[]> {
  const parts = Math.ceil(count / PART_FILES);
  const tables: SampleTable[] = [];
  const left = Array.from({ length: parts }, (_, part) => part).reverse();
  const pathsOf = (part: number) => pathsFrom(part * PART_FILES, Math.min(count, (part + 1) * PART_FILES));
  const threads = Array.from({ length: Math.min(THREADS, parts) }, () => new SampleThread(work));
  const lane = async (thread: SampleThread): Promise<void> => {
    for (let part = left.pop(); part !== undefined; part = left.pop()) {
      const found = await thread.look(pathsOf(part));
      if (found === null) {
        left.push(part);
        return;
      }
      if ('refusal' in found) throw new FeedrateError('target', found.refusal);
      tables[part] = found.table;
      progressed();
    }
  };
  try {
    await Promise.all(threads.map(lane));
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
  for (const part of left) tables[part] = sampleTableOf(pathsOf(part), work);
  return tables;
}

class SampleThread {
  readonly #worker: Worker;

  constructor(workerData: SampleWork) {
    this.#worker = new Worker(new URL('./sample-worker.js', import.meta.url), { workerData });
    // Without a listener, a thread that cannot start would end the process.
    this.#worker.on('error', () => undefined);
  }

  /** Returns what the thread found; null when it has ended. */
  look(paths: readonly string[]): Promise<PartOfSamples | null> {
    return new Promise((resolve) => {
      const ended = () => resolve(null);
      this.#worker.once('exit', ended);
      this.#worker.once('message', (found: PartOfSamples) => {
        this.#worker.off('exit', ended);
        resolve(found);
      });
      this.#worker.postMessage(paths);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
