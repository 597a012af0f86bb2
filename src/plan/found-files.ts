import type { Opening } from '../base/opening.js';
import { type FileIndex, type FoundPart, pathAt } from './file-index.js';
import type { JobFiles, Paths } from './file-list.js';
import type { DataFile } from './file-part.js';
import { numbersAt } from './sample-table.js';
import { type SizeSums, sumSizes } from './size-sums.js';

/** Files that exist in a target and are not feedrate's. */
export class FoundFiles implements JobFiles {
  readonly rule: FoundPart;
  #sums: SizeSums | null = null;

  constructor(part: FoundPart) {
    this.rule = part;
  }

  /** All files of an index. */
  static of(index: FileIndex): FoundFiles {
    return new FoundFiles({ index, places: null, first: 0, step: 1, length: index.bytes.length, directory: '' });
  }

  get length(): number {
    return this.rule.length;
  }

  get opening(): Opening {
    return this.rule.index.opening;
  }

  get sums(): SizeSums {
    this.#sums ??= sumSizes(this.length, (place) => this.bytesOf(place));
    return this.#sums;
  }

  bytesOf(place: number): number {
    return this.rule.index.bytes[this.#inIndex(place)] as number;
  }

  /** Returns when the content of a file was changed last before the scan, ms since 1970. */
  modifiedMsOf(place: number): number {
    return this.rule.index.modifiedMs[this.#inIndex(place)] as number;
  }

  /** Returns where the samples of a file are; undefined if nobody has looked into it. */
  numbersOf(place: number): Float64Array | undefined {
    const { samples } = this.rule.index;
    return samples && numbersAt(samples, this.#inIndex(place));
  }

  pathOf(place: number): string {
    const { index, directory } = this.rule;
    const path = pathAt(index, this.#inIndex(place));
    if (directory === '') return path;
    // A file that is named itself is a dataset of one, and a target is never the root of an nfs:// URL.
    return directory.endsWith('/') ? `${directory}${path}` : `${directory}/${path}`;
  }

  at(place: number): DataFile | undefined {
    if (place < 0 || place >= this.length) return undefined;
    const samples = this.numbersOf(place);
    return { path: this.pathOf(place), bytes: this.bytesOf(place), contentSeed: 0, ...(samples && { samples }) };
  }

  *[Symbol.iterator](): Generator<DataFile, void> {
    for (let place = 0; place < this.length; place++) yield this.at(place) as DataFile;
  }

  part(first: number, step: number, length: number): FoundFiles {
    const { rule } = this;
    return new FoundFiles({ ...rule, first: rule.first + first * rule.step, step: rule.step * step, length });
  }

  /** Returns the same files with other paths. */
  placed({ directory }: { readonly directory: string }): FoundFiles {
    const list = new FoundFiles({ ...this.rule, directory });
    list.#sums = this.#sums;
    return list;
  }

  /** Returns the files at these places, in their order. */
  chosen(places: readonly number[]): FoundFiles {
    const shared = new Uint32Array(new SharedArrayBuffer(places.length * Uint32Array.BYTES_PER_ELEMENT));
    shared.set(places.map((place) => this.#inIndex(place)));
    return new FoundFiles({ ...this.rule, places: shared, first: 0, step: 1, length: places.length });
  }

  /** Returns the files that have at least and at most so many bytes. */
  sized(leastBytes: number, mostBytes = Number.POSITIVE_INFINITY): FoundFiles {
    if (this.sums.smallestBytes >= leastBytes && this.sums.longestBytes <= mostBytes) return this;
    const places: number[] = [];
    for (let place = 0; place < this.length; place++) {
      const bytes = this.bytesOf(place);
      if (bytes >= leastBytes && bytes <= mostBytes) places.push(this.#inIndex(place));
    }
    const shared = new Uint32Array(new SharedArrayBuffer(places.length * Uint32Array.BYTES_PER_ELEMENT));
    shared.set(places);
    return new FoundFiles({ ...this.rule, places: shared, first: 0, step: 1, length: places.length });
  }

  pathsIn(directory: string): Paths {
    const list = this.placed({ directory });
    return {
      length: list.length,
      opening: list.opening,
      totalBytes: list.sums.totalBytes,
      *[Symbol.iterator]() {
        for (let place = 0; place < list.length; place++) yield list.pathOf(place);
      },
    };
  }

  #inIndex(place: number): number {
    const { places, first, step } = this.rule;
    const own = first + place * step;
    return places === null ? own : (places[own] as number);
  }
}
