/** Where the parts of a file are, by format: what readers need besides the samples. */
import type { FileGeometry, FileSpan } from './dataset-shape.js';

/** A zip archive of arrays, as `numpy.savez` writes it: nothing is compressed. */
export interface NpzGeometry extends FileGeometry {
  /** In the order of the file. The samples are in the first one. */
  readonly members: readonly ZipMember[];
  /** The list of members, and the record behind it that ends the archive. */
  readonly directory: FileSpan;
  readonly end: FileSpan;
}

export interface ZipMember {
  /** Such as `x.npy`. */
  readonly name: string;
  /** Where its local header starts, and its content: the header of the array and the array. */
  readonly headerOffsetBytes: number;
  readonly content: FileSpan;
}
