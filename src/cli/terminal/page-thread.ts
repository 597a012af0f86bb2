/** Makes pages in a thread, so that making a large one does not hold up those who watch a run. */
import { Worker } from 'node:worker_threads';
import { type ErrorCode, FeedrateError } from '../../base/errors.js';
import type { PageSubject } from '../../serve/made-pages.js';

export interface PageRequest {
  /** The answer has the same. */
  readonly id: number;
  readonly results: string;
  readonly subject: PageSubject;
}

export type PageReply = { readonly id: number } & (
  | { readonly page: Uint8Array }
  /** `code` is null for a defect. */
  | { readonly message: string; readonly code: ErrorCode | null }
);

interface AwaitedPage {
  readonly resolve: (page: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** The thread. It starts with the first page. */
export class PageThread {
  readonly #results: string;
  readonly #waiting = new Map<number, AwaitedPage>();
  #worker: Worker | null = null;
  #asked = 0;

  constructor(resultsDirectory: string) {
    this.#results = resultsDirectory;
  }

  /** Makes a page, as a complete HTML file. Throws `FeedrateError` as making it does. */
  readonly make = (subject: PageSubject): Promise<Uint8Array> => {
    const request: PageRequest = { id: ++this.#asked, results: this.#results, subject };
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      this.#worker ??= this.#start();
      this.#worker.postMessage(request);
    });
  };

  #start(): Worker {
    // Remarks on runs are part of their pages. The terminal of a server is no place for them.
    const worker = new Worker(new URL('./page-worker.js', import.meta.url), { stdout: true, stderr: true });
    worker.stdout.resume();
    worker.stderr.resume();
    worker.on('message', (reply: PageReply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ('page' in reply) waiting?.resolve(reply.page);
      else
        waiting?.reject(reply.code === null ? new Error(reply.message) : new FeedrateError(reply.code, reply.message));
    });
    // Out of memory, for example. The next page starts another one.
    worker.on('error', (error) => this.#lose(error));
    worker.unref();
    return worker;
  }

  #lose(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#worker = null;
  }
}
