/** How large the files of some data are, in bins of powers of two, so that ten million files take as little room as one. */

/** The files whose size is from `fromBytes` to below twice that. The bin of empty files begins at 0. */
export interface SizeBin {
  readonly fromBytes: number;
  readonly files: number;
  readonly bytes: number;
}

/** How many files there are, and how large they are. */
export interface DataShape {
  readonly files: number;
  readonly bytes: number;
  readonly sizes: readonly SizeBin[];
}

/** One bin for empty files and one for each power of two that a size can have. */
const BINS = 54;
const TWO_32 = 2 ** 32;

/** Counts files by size. */
export class SizeBins {
  readonly #files = new Float64Array(BINS);
  readonly #bytes = new Float64Array(BINS);

  /** @param files so many of this size */
  add(bytes: number, files = 1): void {
    const place = placeOf(bytes);
    this.#files[place] = (this.#files[place] as number) + files;
    this.#bytes[place] = (this.#bytes[place] as number) + files * bytes;
  }

  /** Returns the number of files, their bytes, and the bins that have files, by size. */
  shape(): DataShape {
    const sizes = this.list();
    return { ...fromSize(sizes, 0), sizes };
  }

  /** Returns the bins that have files, by size. */
  list(): SizeBin[] {
    return Array.from(this.#files, (files, place) => ({
      fromBytes: place === 0 ? 0 : 2 ** (place - 1),
      files,
      bytes: this.#bytes[place] as number,
    })).filter(({ files }) => files > 0);
  }
}

/** Exact, unlike a logarithm. */
function placeOf(bytes: number): number {
  return bytes < TWO_32 ? 32 - Math.clz32(bytes) : 64 - Math.clz32(Math.floor(bytes / TWO_32));
}

/** Returns the files and bytes in the bins from a size on. The size is a power of two, or 0. */
export function fromSize(bins: readonly SizeBin[], fromBytes: number): Omit<SizeBin, 'fromBytes'> {
  const above = bins.filter((bin) => bin.fromBytes >= fromBytes);
  return {
    files: above.reduce((sum, { files }) => sum + files, 0),
    bytes: above.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Returns the bin that has the file in the middle, by size; undefined without files. */
export function medianBin(bins: readonly SizeBin[]): SizeBin | undefined {
  const half = fromSize(bins, 0).files / 2;
  let seen = 0;
  return bins.find(({ files }) => {
    seen += files;
    return seen >= half;
  });
}
