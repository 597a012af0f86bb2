import type { JobFiles } from './file-list.js';
import type { Extent } from './file-part.js';

/** A worker's share of files, each of them whole. Extents are generated like the files themselves. */
export class WholeFiles implements Iterable<Extent> {
  readonly length: number;
  readonly #all: JobFiles;
  readonly #first: number;
  readonly #step: number;

  /** Takes the files `first`, `first + step`, … of an arm. */
  constructor(all: JobFiles, first: number, step: number, length: number) {
    this.#all = all;
    this.#first = first;
    this.#step = step;
    this.length = length;
  }

  /** Returns the worker's files among those of an arm, in any set or directory. */
  of(all: JobFiles): JobFiles {
    return all.part(this.#first, this.#step, this.length);
  }

  *[Symbol.iterator](): Generator<Extent, void> {
    for (let i = 0, file = this.#first; i < this.length; i++, file += this.#step)
      yield { file, startBytes: 0, lengthBytes: this.#all.bytesOf(file) };
  }
}
