import type { FileGeometry, SampleFile } from '../dataset-shape.js';

/** The file that a reader keeps open until it needs another one. */
export class KeptFile<T extends { close(): void }, G extends FileGeometry = FileGeometry> {
  readonly #open: (file: SampleFile<G>) => T;
  #path = '';
  #kept: T | null = null;

  constructor(open: (file: SampleFile<G>) => T) {
    this.#open = open;
  }

  /** Whether a file is the one that is open. */
  has({ path }: SampleFile<G>): boolean {
    return this.#kept !== null && this.#path === path;
  }

  /** Returns what is open of a file. Closes the file before and opens this one, unless it is the same. */
  of(file: SampleFile<G>): T {
    if (this.#kept !== null && this.#path === file.path) return this.#kept;
    this.close();
    this.#path = file.path;
    this.#kept = this.#open(file);
    return this.#kept;
  }

  close(): void {
    const left = this.#kept;
    this.#kept = null;
    left?.close();
  }
}
