/** The samples of a user's files, as numbers in shared memory: see `FormatScan`. */
import type { FileGeometry } from '../training/dataset-shape.js';
import { EvenIndex, type SampleIndex, UnevenIndex } from '../training/sample-index.js';
import type { ScanChoices } from '../training/scans/format-scan.js';
import { scanOf } from '../training/scans/format-scans.js';
import type { DataFormat } from '../workload/data-formats.js';
import type { Files } from './file-list.js';
import type { DataFile } from './file-part.js';

/** What a job looks for in a user's files. */
export interface SampleSearch {
  readonly format: DataFormat;
  readonly choices: ScanChoices;
}

/** The numbers of file n are `values` from `starts[n]` to `starts[n + 1]`. */
export interface SampleTable {
  readonly starts: Float64Array;
  readonly values: Float64Array;
}

/** Returns the numbers of a file. */
export function numbersAt({ starts, values }: SampleTable, place: number): Float64Array {
  return values.subarray(starts[place], starts[place + 1]);
}

/** Collects the numbers of one file after another. */
export class SampleTableBuilder {
  readonly #starts: number[] = [0];
  #values = new Float64Array(1 << 10);
  #length = 0;

  add(numbers: ArrayLike<number>): void {
    if (this.#length + numbers.length > this.#values.length) {
      const larger = new Float64Array(2 ** Math.ceil(Math.log2(this.#length + numbers.length)));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values.set(numbers, this.#length);
    this.#length += numbers.length;
    this.#starts.push(this.#length);
  }

  table(): SampleTable {
    return { starts: Float64Array.from(this.#starts), values: this.#values.subarray(0, this.#length) };
  }
}

/** Returns where the samples of a user's file are. A file that nobody has looked into is one sample. */
export function foundGeometry(format: DataFormat, numbers: Float64Array | undefined, bytes: number): FileGeometry {
  if (numbers !== undefined) return scanOf(format).geometry(numbers);
  return { bytes, samples: 1, sampleAt: () => ({ offsetBytes: 0, bytes }) };
}

/** Returns which samples are in which of a user's files. */
export function foundSamples(format: DataFormat, files: Files): SampleIndex {
  const firsts = new Float64Array(files.length + 1);
  let isEven = true;
  for (let place = 0; place < files.length; place++) {
    const { samples: numbers, bytes } = files.at(place) as DataFile;
    const { samples } = foundGeometry(format, numbers, bytes);
    firsts[place + 1] = (firsts[place] as number) + samples;
    isEven &&= samples === 1;
  }
  return isEven ? new EvenIndex(files.length, 1) : new UnevenIndex(firsts);
}
