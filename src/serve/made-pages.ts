/** The pages of runs, comparisons and histories: made when they are asked for, and kept while nothing has changed. */
import { FeedrateError } from '../base/errors.js';
import type { RunIndex } from './run-index.js';

/** What a page shows. */
export type PageSubject =
  | { readonly kind: 'run'; readonly id: string }
  | { readonly kind: 'comparison'; readonly ids: readonly [string, string] }
  | { readonly kind: 'history'; readonly workload: string };

/** Makes a page, as a complete HTML file. Throws `FeedrateError` when there is nothing to show. */
export type MakePage = (subject: PageSubject) => Promise<Uint8Array>;

const KEPT_PAGES = 24;
const KEPT_BYTES = 64 * 2 ** 20;

interface KeptPage {
  readonly stamp: string;
  readonly page: Promise<Uint8Array>;
  bytes: number;
}

export class MadePages {
  readonly #index: RunIndex;
  readonly #make: MakePage;
  /** The page that was asked for last is the last one. */
  readonly #kept = new Map<string, KeptPage>();

  constructor(index: RunIndex, make: MakePage) {
    this.#index = index;
    this.#make = make;
  }

  /** Returns the page. Throws `FeedrateError`: `store` when there is no such run or workload, and as making it does. */
  async page(subject: PageSubject): Promise<Uint8Array> {
    await this.#index.update();
    const stamp = this.#stampOf(subject);
    const key = JSON.stringify(subject);
    const kept = this.#kept.get(key);
    if (kept?.stamp === stamp) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept.page;
    }
    const made: KeptPage = { stamp, page: this.#make(subject), bytes: 0 };
    this.#kept.set(key, made);
    try {
      made.bytes = (await made.page).length;
    } catch (error) {
      if (this.#kept.get(key) === made) this.#kept.delete(key);
      throw error;
    }
    this.#forget();
    return made.page;
  }

  /** Only what is in the list can be asked for, so no text of a request becomes part of a path. */
  #stampOf(subject: PageSubject): string {
    if (subject.kind === 'history') {
      const runs = this.#index.runs.filter(({ workload }) => workload === subject.workload);
      if (runs.length === 0) throw new FeedrateError('store', 'There is no run of this workload');
      return JSON.stringify(runs.map(({ id }) => [id, this.#index.stampOf(id)]));
    }
    const ids = subject.kind === 'run' ? [subject.id] : subject.ids;
    return JSON.stringify(
      ids.map((id) => {
        const run = this.#index.runs.find((one) => one.id === id);
        if (run === undefined) throw new FeedrateError('store', 'There is no such run. It may have been removed');
        // A running run appends trials, which does not change its directory.
        return [this.#index.stampOf(id), run.status === 'running' ? Math.floor(Date.now() / FRESH_MS) : run.status];
      }),
    );
  }

  #forget(): void {
    let bytes = [...this.#kept.values()].reduce((sum, page) => sum + page.bytes, 0);
    for (const [key, page] of this.#kept) {
      if (this.#kept.size <= KEPT_PAGES && bytes <= KEPT_BYTES) return;
      this.#kept.delete(key);
      bytes -= page.bytes;
    }
  }
}

/** The page of a running run is kept this long. */
const FRESH_MS = 2000;
