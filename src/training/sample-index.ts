/** Which sample is in which file. Samples are numbered through the files in their order. */
export interface SampleIndex {
  readonly files: number;
  readonly samples: number;
  /** Returns how many samples a file has. */
  samplesIn(file: number): number;
  /** Returns the number of a file's first sample. */
  firstOf(file: number): number;
  /** Returns the file that has a sample. */
  fileOf(sample: number): number;
}

/** Files with the same number of samples. */
export class EvenIndex implements SampleIndex {
  readonly files: number;
  readonly samples: number;
  readonly #each: number;

  constructor(files: number, samplesPerFile: number) {
    this.files = files;
    this.samples = files * samplesPerFile;
    this.#each = samplesPerFile;
  }

  samplesIn(): number {
    return this.#each;
  }

  firstOf(file: number): number {
    return file * this.#each;
  }

  fileOf(sample: number): number {
    return Math.floor(sample / this.#each);
  }
}

/** Files with different numbers of samples. */
export class UnevenIndex implements SampleIndex {
  readonly files: number;
  readonly samples: number;
  /** The number of each file's first sample, then the number of all samples. */
  readonly #firsts: Float64Array;

  /** @param firsts shared by all workers: see `firstsOf` */
  constructor(firsts: Float64Array) {
    this.#firsts = firsts;
    this.files = firsts.length - 1;
    this.samples = firsts[this.files] as number;
  }

  samplesIn(file: number): number {
    return (this.#firsts[file + 1] as number) - (this.#firsts[file] as number);
  }

  firstOf(file: number): number {
    return this.#firsts[file] as number;
  }

  fileOf(sample: number): number {
    let [low, high] = [0, this.files - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#firsts[middle] as number) <= sample) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
