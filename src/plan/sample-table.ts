/** The samples of a user's files, as numbers in shared memory: see `FormatScan`. */
import type { ScanChoices } from '../training/scans/format-scan.js';
import type { DataFormat } from '../workload/data-formats.js';

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

  /** Adds the files of another table. */
  addAll(table: SampleTable): void {
    for (let file = 0; file + 1 < table.starts.length; file++) this.add(numbersAt(table, file));
  }

  table(): SampleTable {
    return { starts: Float64Array.from(this.#starts), values: this.#values.subarray(0, this.#length) };
  }
}
