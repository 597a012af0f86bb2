import { below } from '../host/files/store-of.js';
import type { FileUnion } from '../plan/file-union.js';
import type { DataFile } from '../plan/plan.js';
import { yieldUnless } from './data-file.js';

const BITS = 32;

/** The part of the files that one machine of a group looks after. */
export interface LayoutShare {
  readonly rank: number;
  readonly size: number;
}

const WHOLE_SHARE: LayoutShare = { rank: 0, size: 1 };

/** Returns whether the file at this place belongs to a share: every `size`-th does, from `rank` on. */
export function isInShare(place: number, { rank, size } = WHOLE_SHARE): boolean {
  return place % size === rank;
}

/** Returns whether a path has the file. */
export type IsThere = (path: string, file: DataFile) => boolean | Promise<boolean>;

/** The data files that a directory does not have, or has with other content than their names state. */
export class MissingFiles implements Iterable<DataFile> {
  readonly #files: FileUnion;
  /** A bit for each file, in the order of the files. */
  readonly #missing: number[] = [];
  #length = 0;
  #bytes = 0;
  #reusedBytes = 0;

  private constructor(files: FileUnion) {
    this.#files = files;
  }

  /**
   * Looks at every file. Throws as `isThere` does, and `LayoutStopped` after a stop request.
   * @param looked called after each file that was looked for, with its size
   * @param share only the files at every `size`-th place, from `rank` on, are looked for. Default: all of them
   */
  static async find(
    directory: string,
    files: FileUnion,
    isThere: IsThere,
    stopped: () => boolean,
    looked: (bytes: number) => void = () => {},
    share: LayoutShare = WHOLE_SHARE,
  ): Promise<MissingFiles> {
    const found = new MissingFiles(files);
    let place = 0;
    for (const file of files) {
      const isOthers = !isInShare(place, share);
      const isMissing = !isOthers && !(await isThere(below(directory, file.path), file));
      found.#add(place++, isMissing);
      if (isMissing) found.#bytes += file.bytes;
      else if (!isOthers) found.#reusedBytes += file.bytes;
      if (!isOthers) looked(file.bytes);
      await yieldUnless(stopped);
    }
    return found;
  }

  /** Number of the missing files. */
  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of the files that are there, of those that were looked for. */
  get reusedBytes(): number {
    return this.#reusedBytes;
  }

  #add(place: number, isMissing: boolean): void {
    if (place % BITS === 0) this.#missing.push(0);
    if (!isMissing) return;
    this.#missing[this.#missing.length - 1] = (this.#missing.at(-1) as number) | (1 << (place % BITS));
    this.#length++;
  }

  *[Symbol.iterator](): Generator<DataFile, void> {
    let place = 0;
    for (const file of this.#files) {
      const word = this.#missing[Math.floor(place / BITS)] as number;
      if ((word & (1 << (place % BITS))) !== 0) yield file;
      place++;
    }
  }

  /** Yields the paths of the missing files in a directory. Can be called more than once. */
  pathsIn(directory: string): Iterable<string> {
    const files = this;
    return {
      *[Symbol.iterator]() {
        for (const { path } of files) yield below(directory, path);
      },
    };
  }
}
