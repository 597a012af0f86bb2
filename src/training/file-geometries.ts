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

/** A Parquet file. Each sample is a row. */
export interface ParquetGeometry extends FileGeometry {
  /** From the start of the footer's metadata to the end of the file. */
  readonly footer: FileSpan;
  readonly rowGroups: readonly RowGroup[];
}

export interface RowGroup {
  readonly samples: number;
  /** The chunks of the columns that the loader reads, in the order of the file. */
  readonly chunks: readonly FileSpan[];
}

/** The samples of Megatron. Their lengths and places are in an index beside the file: the same path that ends in `.idx`. */
export interface MegatronGeometry extends FileGeometry {
  readonly indexBytes: number;
}

/** An HDF5 file. */
export interface Hdf5Geometry extends FileGeometry {
  /** What the library reads before the first sample: the superblock, groups, and the header of the dataset. */
  readonly metadata: readonly FileSpan[];
  /** What it reads for a sample: whole chunks, in their order, and the parts of their index; null: the sample's own bytes. */
  readonly partsOf: ((sample: number) => readonly FileSpan[]) | null;
}
