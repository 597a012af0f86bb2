import type { FileList } from './file-list.js';
import type { Extent } from './file-part.js';

/** A worker's share of files, each of them whole. Extents are generated like the files themselves. */
export class WholeFiles implements Iterable<Extent> {
  /** The worker's files. */
  readonly files: FileList;
  readonly #first: number;
  readonly #step: number;

  /** Takes the files `first`, `first + step`, … of an arm. */
  constructor(all: FileList, first: number, step: number, length: number) {
    this.files = all.part(first, step, length);
    this.#first = first;
    this.#step = step;
  }

  get length(): number {
    return this.files.length;
  }

  *[Symbol.iterator](): Generator<Extent, void> {
    for (let i = 0; i < this.length; i++)
      yield { file: this.#first + i * this.#step, startBytes: 0, lengthBytes: this.files.bytesOf(i) };
  }
}
