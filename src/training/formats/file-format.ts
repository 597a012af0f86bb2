import type { DatasetShape, FileGeometry } from '../dataset-shape.js';

/** Content and checksums for a writer, which is pure. */
export interface ContentSource {
  /**
   * Returns incompressible content, a pure function of the file's seed and the position. The array is valid until the next
   * call. `lengthBytes` ≤ 512 KiB.
   */
  readonly bytes: (positionBytes: number, lengthBytes: number) => Uint8Array;
  /** CRC-32 (ISO 3309) of bytes, continued from a previous value; 0 at first. */
  readonly crc32: (bytes: Uint8Array, previous: number) => number;
}

/** A format of training data: where everything lies in a file, and how the file is written. */
export interface FileFormat<G extends FileGeometry = FileGeometry> {
  /** Returns the places in file `file` (from 0) of a dataset. Cheap: it is called for every file of a plan. */
  readonly geometry: (shape: DatasetShape, file: number) => G;
  /** Yields the bytes of the file from its start to its end, `geometry.bytes` in all, in pieces of at most 512 KiB. */
  readonly write: (shape: DatasetShape, file: number, source: ContentSource) => Generator<Uint8Array, void>;
}
