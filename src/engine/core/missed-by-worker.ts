/** The files of the user's that a worker could not read as they were found: they went, or became shorter, meanwhile. */
import { UNREADABLE_CODES } from '../../host/files/user-file.js';
import type { MissedFile } from '../../record/missed-files.js';
import { IoFault } from './backend.js';

/** Paths that are kept, so that files are counted once even when several threads miss them. */
const MOST_KEPT = 10_000;

export class MissedByWorker {
  readonly #known = new Map<string, MissedFile['how']>();
  #more = 0;
  /** The last fault: why nothing is left if every file is missed. */
  fault: IoFault | null = null;

  /** Files that were missed, each once, and how many more there were. */
  get report(): { readonly files: readonly MissedFile[]; readonly more: number } {
    return { files: [...this.#known].map(([path, how]) => ({ path, how })), more: this.#more };
  }

  /** Takes a fault that only shows that a file changed. Throws every other one. */
  take(thrown: unknown, path: string): void {
    const how = thrown instanceof IoFault ? howOf(thrown) : null;
    if (how === null) throw thrown;
    this.fault = thrown as IoFault;
    if (this.#known.has(path)) return;
    if (this.#known.size < MOST_KEPT) this.#known.set(path, how);
    else this.#more++;
  }
}

function howOf({ fault }: IoFault): MissedFile['how'] | null {
  if (fault.code === 'EOF') return 'shorter';
  return UNREADABLE_CODES.has(fault.code) ? 'gone' : null;
}
