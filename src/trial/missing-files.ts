import { below } from '../host/files/store-of.js';
import type { FileUnion } from '../plan/file-union.js';
import type { DataFile } from '../plan/plan.js';

const BITS = 32;

/** The data files that a directory does not have, or has with other content than their names state. */
export class MissingFiles implements Iterable<DataFile> {
  /** Number of the missing files. */
  readonly length: number;
  readonly bytes: number;
  /** Bytes of the files that are there. */
  readonly reusedBytes: number;
  readonly #files: FileUnion;
  /** A bit for each file, in the order of the files. */
  readonly #missing: number[] = [];

  /**
   * Looks at every file. Throws as `isThere` does.
   * @param isThere returns whether a path holds the file
   */
  constructor(directory: string, files: FileUnion, isThere: (path: string, file: DataFile) => boolean) {
    this.#files = files;
    let [place, length, bytes, reusedBytes] = [0, 0, 0, 0];
    for (const file of files) {
      const isMissing = !isThere(below(directory, file.path), file);
      if (place % BITS === 0) this.#missing.push(0);
      if (isMissing) {
        this.#missing[this.#missing.length - 1] = (this.#missing.at(-1) as number) | (1 << (place % BITS));
        length++;
        bytes += file.bytes;
      } else reusedBytes += file.bytes;
      place++;
    }
    this.length = length;
    this.bytes = bytes;
    this.reusedBytes = reusedBytes;
  }

  *[Symbol.iterator](): Generator<DataFile, void> {
    let place = 0;
    for (const file of this.#files) {
      const word = this.#missing[Math.floor(place / BITS)] as number;
      if ((word & (1 << (place % BITS))) !== 0) yield file;
      place++;
    }
  }
}
