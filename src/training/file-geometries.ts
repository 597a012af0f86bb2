/** Where the parts of a file are, by format: what readers need besides the samples. */
import type { DataColumn, FileGeometry, FileSpan } from './dataset-shape.js';

/** A stored member of a zip archive. */
export interface ZipMemberPlace {
  readonly headerAtBytes: number;
  /** Bytes of the name and of the extra field in its local header. */
  readonly nameBytes: number;
  readonly extraBytes: number;
  readonly bytes: number;
}

/** Bytes of a member's local header before its name. */
export const LOCAL_HEADER_BYTES = 30;

/** Returns where the content of a member begins. */
export function contentAt({ headerAtBytes, nameBytes, extraBytes }: ZipMemberPlace): number {
  return headerAtBytes + LOCAL_HEADER_BYTES + nameBytes + extraBytes;
}

/** A zip archive of arrays, as `numpy.savez` writes it: nothing is compressed. */
export interface NpzGeometry extends FileGeometry {
  /** The central directory. */
  readonly directory: FileSpan;
  /** Returns the array that has a sample: a member, and the content of the array in it, all of which is loaded. */
  readonly arrayOf: (sample: number) => { readonly member: ZipMemberPlace; readonly content: FileSpan };
}

/** An archive of PyTorch (`torch.save`): a zip archive whose members are a version, a pickle and the tensors. */
export interface TorchGeometry extends FileGeometry {
  /** The central directory. */
  readonly directory: FileSpan;
  readonly records: number;
  /** Returns a member in the order in which `torch.load` reads them. */
  readonly recordAt: (record: number) => ZipMemberPlace;
}

/** A file of records with headers and padding of their own: TFRecord, tar, CSV, MDS. */
export interface RecordGeometry extends FileGeometry {
  /** Returns the place of a sample with what belongs to it. Behind it is the next one. */
  readonly recordAt: (sample: number) => FileSpan;
}

/** A file of columns in groups of rows. `sampleAt` returns the start of a sample's group, and the bytes of the columns read. */
export interface ParquetGeometry extends FileGeometry {
  readonly columns: readonly Pick<DataColumn, 'isRead'>[];
  readonly rowGroups: number;
  readonly rowGroupOf: (sample: number) => number;
  /** Returns the place of a column in a group, page headers included. */
  readonly chunkAt: (rowGroup: number, column: number) => FileSpan;
  /** The metadata, and behind them their length and the magic of 8 bytes together. */
  readonly metadata: FileSpan;
}

/** A file that begins with a header, which readers read or parse before the first sample. */
export interface HeadedGeometry extends FileGeometry {
  readonly headerBytes: number;
}

/** A picture in JPEG. */
export interface JpegGeometry extends FileGeometry {
  /**
   * The segments from its start to the first scan, header included. Empty: they are within the first block, so no reader needs them.
   */
  readonly segments: readonly JpegSegment[];
}

/** The length field of a segment, and the length in it. */
export interface JpegSegment extends FileSpan {
  /** Whether it is the first with Exif data, whose place readers note. */
  readonly isExif: boolean;
}

/** A file with an index in a file of its own. */
export interface IndexedGeometry extends FileGeometry {
  readonly indexBytes: number;
}

/** An HDF5 file. */
export interface Hdf5Geometry extends FileGeometry {
  /** What the library reads to find the superblock and the root group, and then to find the dataset of the samples. */
  readonly rootReads: readonly FileSpan[];
  readonly datasetReads: readonly FileSpan[];
  /** Returns what it reads for a sample: nodes of an index and whole chunks. Absent: the sample alone, which is contiguous. */
  readonly partsOf?: (sample: number) => readonly FileSpan[];
}
