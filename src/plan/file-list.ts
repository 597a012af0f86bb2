/** Files that are generated when they are asked for, so that ten million of them take as little memory as one. */

import type { Opening } from '../base/opening.js';
import { createPrng } from '../base/prng.js';
import type { DatasetShape } from '../training/dataset-shape.js';
import { datasetFileBytes, nextFolderIndex, pathInDatasets } from '../training/formats/dataset-files.js';
import type { Preallocation } from '../workload/workload.js';
import type { FoundPart } from './file-index.js';
import type { DataFile } from './file-part.js';
import { type SizeSums, sumEqual, sumSizes } from './size-sums.js';

/** Files in each directory of a data directory. */
export const FILES_PER_FOLDER = 1000;
const CONTENT_SEEDS = 2 ** 53;

/** How the size of a file follows from its index. */
export type SizeRule =
  | { readonly kind: 'equal'; readonly bytes: number }
  /** Each size is drawn by seed and index. Both bounds are possible. */
  | { readonly kind: 'drawn'; readonly minBytes: number; readonly maxBytes: number }
  /** Each size is in a list, by the index of the file. */
  | { readonly kind: 'listed'; readonly bytes: ArrayLike<number> }
  /**
   * Every `files` files together have a worker's blocks. The first `longer` of them have one block more, and the last one
   * has `restBytes` more.
   */
  | {
      readonly kind: 'divided';
      readonly files: number;
      readonly blockBytes: number;
      readonly blocksEach: number;
      readonly longer: number;
      readonly restBytes: number;
    }
  /** Files of training data. The format decides their names, too. */
  | { readonly kind: 'shaped'; readonly shape: DatasetShape };

/** The description of a list of files: plain data, so that it can be sent to a worker. */
export interface FileRule {
  readonly seed: number;
  readonly sizes: SizeRule;
  readonly fallocate: Preallocation;
  /** Index of the set of data files, 0-based. */
  readonly fileset: number;
  /** Files of each worker that are named by worker and shard; null: files are named by their content. */
  readonly shards: number | null;
  /** Index of the first file in its set, and the distance to the next one. */
  readonly first: number;
  readonly step: number;
  readonly length: number;
  /** The directory that paths begin with; empty: paths are relative. */
  readonly directory: string;
}

/** A list of files. Arrays are one, too. */
export interface Files extends Iterable<DataFile> {
  readonly length: number;
  at(index: number): DataFile | undefined;
}

/** The paths of files. Can be iterated more than once. */
export interface Paths extends Iterable<string> {
  readonly length: number;
  /** How to open them if they are not feedrate's own. */
  readonly opening?: Opening;
  /** Their bytes, if they are known without a look at each file. */
  readonly totalBytes?: number;
}

/** The files of a job, without the memory that a list of them would take. */
export interface JobFiles extends Files {
  /** From which a worker makes the same list. */
  readonly rule: FileRule | FoundPart;
  readonly sums: SizeSums;
  /** Returns the size of the file at a place of the list. */
  bytesOf(place: number): number;
  pathOf(place: number): string;
  /** Returns the files `first`, `first + step`, … of the list. */
  part(first: number, step: number, length: number): JobFiles;
  /** Returns the same files in another directory. */
  placed(place: { readonly directory: string }): JobFiles;
  /** Returns the paths of the files below a directory. */
  pathsIn(directory: string): Paths;
}

/** A file's path is a pure function of seed, index and size. Its content is one of these and of its set. */
export class FileList implements JobFiles {
  readonly rule: FileRule;
  #sums: SizeSums | null = null;

  constructor(rule: Partial<FileRule> & Pick<FileRule, 'seed' | 'sizes' | 'length'>) {
    this.rule = { fallocate: 'none', fileset: 0, shards: null, first: 0, step: 1, directory: '', ...rule };
  }

  get length(): number {
    return this.rule.length;
  }

  get sums(): SizeSums {
    this.#sums ??= this.#sum();
    return this.#sums;
  }

  bytesOf(place: number): number {
    const { sizes, seed, first, step } = this.rule;
    if (sizes.kind === 'equal') return sizes.bytes;
    const index = first + place * step;
    if (sizes.kind === 'listed') return sizes.bytes[index] as number;
    if (sizes.kind === 'shaped') return datasetFileBytes(sizes.shape, index);
    if (sizes.kind === 'drawn')
      return sizes.minBytes + createPrng(seed, index).nextBelow(sizes.maxBytes - sizes.minBytes + 1);
    const own = index % sizes.files;
    const blocks = sizes.blocksEach + (own < sizes.longer ? 1 : 0);
    return blocks * sizes.blockBytes + (own === sizes.files - 1 ? sizes.restBytes : 0);
  }

  pathOf(place: number): string {
    const { directory, shards, first, step } = this.rule;
    const index = first + place * step;
    const path = shards === null ? this.#contentPath(index, this.bytesOf(place)) : shardPath(index, shards);
    return directory === '' ? path : `${directory}/${path}`;
  }

  /** Returns the folder of the file at a place. */
  folderOf(place: number): string {
    const path = this.pathOf(place);
    return path.slice(0, Math.max(0, path.lastIndexOf('/')));
  }

  /** Returns the first place after this one whose file is in another folder. */
  endOfFolder(place: number): number {
    const { shards, sizes, first, step } = this.rule;
    if (shards !== null) return place + 1;
    if (sizes.kind === 'shaped') {
      const index = first + place * step;
      return Math.min(this.length, place + Math.ceil((nextFolderIndex(sizes.shape, index) - index) / step));
    }
    const inFolder = (first + place * step) % FILES_PER_FOLDER;
    return Math.min(this.length, place + Math.ceil((FILES_PER_FOLDER - inFolder) / step));
  }

  #contentPath(index: number, bytes: number): string {
    const { seed, sizes, fallocate, fileset } = this.rule;
    const set = fileset === 0 ? '' : `set${fileset}/`;
    if (sizes.kind === 'shaped') return `${set}${pathInDatasets(sizes.shape, index)}`;
    // Preallocated files may be placed differently, so their names differ. Their content is the same.
    const end = fallocate === 'none' ? '' : `-${fallocate}`;
    return `${set}s${seed}/${padded(Math.floor(index / FILES_PER_FOLDER), 3)}/${padded(index, 6)}-${bytes}${end}`;
  }

  at(place: number): DataFile | undefined {
    if (place < 0 || place >= this.length) return undefined;
    const { seed, sizes, fallocate, fileset, first, step } = this.rule;
    const bytes = this.bytesOf(place);
    const index = first + place * step;
    const firstSeed = createPrng(seed, index, bytes).nextBelow(CONTENT_SEEDS);
    const contentSeed = fileset === 0 ? firstSeed : createPrng(firstSeed, fileset).nextBelow(CONTENT_SEEDS);
    const file = { path: this.pathOf(place), bytes, contentSeed };
    if (sizes.kind === 'shaped') return { ...file, shaped: { shape: sizes.shape, index } };
    return fallocate === 'none' ? file : { ...file, fallocate };
  }

  *[Symbol.iterator](): Generator<DataFile, void> {
    for (let place = 0; place < this.length; place++) yield this.at(place) as DataFile;
  }

  part(first: number, step: number, length: number): FileList {
    const { rule } = this;
    return new FileList({ ...rule, first: rule.first + first * rule.step, step: rule.step * step, length });
  }

  /** Returns the same files with other paths: in another set or directory. */
  placed(place: Partial<Pick<FileRule, 'fileset' | 'directory'>>): FileList {
    const list = new FileList({ ...this.rule, ...place });
    list.#sums = this.#sums;
    return list;
  }

  pathsIn(directory: string): Paths {
    return pathsOf(this.placed({ directory }));
  }

  #sum(): SizeSums {
    const { sizes } = this.rule;
    if (sizes.kind === 'equal') return sumEqual(this.length, sizes.bytes);
    return sumSizes(this.length, (place) => this.bytesOf(place));
  }
}

function padded(index: number, digits: number): string {
  return String(index).padStart(digits, '0');
}

function shardPath(index: number, shards: number): string {
  return `worker-${padded(Math.floor(index / shards), 4)}/shard-${padded(index % shards, 3)}.pt`;
}

function pathsOf(list: FileList): Paths {
  return {
    length: list.length,
    *[Symbol.iterator]() {
      for (let place = 0; place < list.length; place++) yield list.pathOf(place);
    },
  };
}
