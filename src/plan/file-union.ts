import type { FileList, FileRule, Paths } from './file-list.js';
import type { DataFile } from './file-part.js';
import { spaceOf } from './size-sums.js';

/** The files of a list that are in one folder. */
export interface FolderFiles {
  /** Relative path. */
  readonly folder: string;
  readonly list: FileList;
  /** Places in the list. */
  readonly places: Iterable<number>;
}

/** How many files there are, and what they take. */
export interface FileCount {
  readonly files: number;
  readonly bytes: number;
  /** See `SizeSums.spaceBytes`. */
  readonly spaceBytes: number;
}

/** Adds a file to a count. */
export function countFile(sum: { -readonly [K in keyof FileCount]: number }, bytes: number): void {
  sum.files++;
  sum.bytes += bytes;
  sum.spaceBytes += spaceOf(bytes);
}

/** The distinct files of several lists. A file that an earlier list has as well is left out. */
export class FileUnion implements Iterable<DataFile> {
  readonly #lists: readonly FileList[];
  /** For each list: the earlier ones that may have files in common with it. */
  readonly #rivals: readonly (readonly FileList[])[];

  /** @param before lists whose files do not count */
  constructor(lists: readonly FileList[], before: readonly FileList[] = []) {
    const known = new Map(before.map((list) => [keyOf(list), list]));
    const kept: FileList[] = [];
    const rivals: FileList[][] = [];
    for (const list of lists) {
      if (known.has(keyOf(list))) continue;
      rivals.push([...known.values()].filter((other) => mayShare(list, other)));
      known.set(keyOf(list), list);
      kept.push(list);
    }
    this.#lists = kept;
    this.#rivals = rivals;
  }

  /** Whether there are no files. */
  get isEmpty(): boolean {
    return this.#lists.every(({ length }) => length === 0);
  }

  /** Yields the files folder by folder: of a folder that does not exist, no file needs to be looked for. */
  *folders(): Generator<FolderFiles, void> {
    for (const [index, list] of this.#lists.entries()) {
      const rivals = this.#rivals[index] ?? [];
      for (let from = 0, end = 0; from < list.length; from = end) {
        end = list.endOfFolder(from);
        yield { folder: list.folderOf(from), list, places: distinctPlaces(list, from, end, rivals) };
      }
    }
  }

  *[Symbol.iterator](): Generator<DataFile, void> {
    for (const [list, place] of this.#places()) yield list.at(place) as DataFile;
  }

  /** Returns the number of files, their bytes and the space that they take. */
  count(): FileCount {
    const [list] = this.#lists;
    if (list !== undefined && this.#lists.length === 1 && this.#rivals[0]?.length === 0)
      return { files: list.length, bytes: list.sums.totalBytes, spaceBytes: list.sums.spaceBytes };
    const sum = { files: 0, bytes: 0, spaceBytes: 0 };
    for (const [each, place] of this.#places()) countFile(sum, each.bytesOf(place));
    return sum;
  }

  /** Returns the paths of the files below a directory. */
  pathsIn(directory: string): Paths {
    const places = () => this.#places();
    return {
      length: this.count().files,
      *[Symbol.iterator]() {
        for (const [list, place] of places()) yield `${directory}/${list.pathOf(place)}`;
      },
    };
  }

  *#places(): Generator<readonly [FileList, number], void> {
    for (const { list, places } of this.folders()) for (const place of places) yield [list, place];
  }
}

/** Yields the places whose file no earlier list has. */
function* distinctPlaces(
  list: FileList,
  from: number,
  end: number,
  rivals: readonly FileList[],
): Generator<number, void> {
  for (let place = from; place < end; place++) {
    if (!rivals.some((other) => place < other.length && other.bytesOf(place) === list.bytesOf(place))) yield place;
  }
}

function keyOf({ rule }: FileList): string {
  return JSON.stringify(rule);
}

/** Returns whether the lists give a file of the same index and size the same name. Sizes decide the rest. */
function mayShare({ rule: a }: FileList, { rule: b }: FileList): boolean {
  return a.seed === b.seed && a.fallocate === b.fallocate && a.fileset === b.fileset && shapeKey(a) === shapeKey(b);
}

/** Returns a text that identifies the shape of training data; empty: the files have none. */
function shapeKey({ sizes }: FileRule): string {
  return sizes.kind === 'shaped' ? JSON.stringify(sizes.shape) : '';
}
