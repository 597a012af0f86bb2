/** Sums over the sizes of files. */

/** File systems, ONTAP's included, give a file whole blocks of this size. */
const SPACE_BLOCK_BYTES = 4096;

export interface SizeSums {
  readonly totalBytes: number;
  /** Space that the files take: each one rounded up to whole blocks of 4 KiB. */
  readonly spaceBytes: number;
  /** Infinity without files. */
  readonly smallestBytes: number;
  readonly longestBytes: number;
  /** Place of the first file of that length. */
  readonly longest: number;
}

/** Returns the space that a file of so many bytes takes. */
export function spaceOf(bytes: number): number {
  return Math.ceil(bytes / SPACE_BLOCK_BYTES) * SPACE_BLOCK_BYTES;
}

/** Returns the most space that so many files of so many bytes in all take. */
export function mostSpaceOf(bytes: number, files: number): number {
  return bytes + files * (SPACE_BLOCK_BYTES - 1);
}

/** @param bytesOf returns the size of the file at a place */
export function sumSizes(length: number, bytesOf: (place: number) => number): SizeSums {
  let [totalBytes, spaceBytes, smallestBytes] = [0, 0, Number.POSITIVE_INFINITY];
  let [longestBytes, longest] = [0, 0];
  for (let place = 0; place < length; place++) {
    const bytes = bytesOf(place);
    totalBytes += bytes;
    spaceBytes += spaceOf(bytes);
    if (bytes < smallestBytes) smallestBytes = bytes;
    if (bytes > longestBytes) [longestBytes, longest] = [bytes, place];
  }
  return { totalBytes, spaceBytes, smallestBytes, longestBytes, longest };
}

/** Returns the sums of files that all have the same size. */
export function sumEqual(length: number, bytes: number): SizeSums {
  const { totalBytes, spaceBytes, ...one } = sumSizes(Math.min(1, length), () => bytes);
  return { ...one, totalBytes: totalBytes * length, spaceBytes: spaceBytes * length };
}
