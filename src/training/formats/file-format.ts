import type { DatasetShape, FileGeometry } from '../dataset-shape.js';
import type { Crc } from './crc.js';

/** Most bytes that a writer asks for, or yields, at once. */
export const PIECE_BYTES = 512 << 10;

/** What a format allows for its bytes: each becomes `min(byte & mask, most) + base`. */
export interface ByteLimits {
  /** Absent: all bits. */
  readonly mask?: number;
  /** Absent: 255. */
  readonly most?: number;
  /** Absent: 0. */
  readonly base?: number;
}

/** Content and its checksums for a writer, which is pure. */
export interface ContentSource {
  /**
   * Returns incompressible content, a pure function of the file's seed and the position. The array is valid until the next
   * call, and the writer may change it. `lengthBytes` ≤ `PIECE_BYTES`.
   */
  readonly bytes: (positionBytes: number, lengthBytes: number, limits?: ByteLimits) => Uint8Array;
  /**
   * Returns the state of a checksum after content of any length, continued from a previous state. It is faster than
   * `crc.advance` over the same bytes.
   */
  readonly checksum: (crc: Crc, positionBytes: number, lengthBytes: number, state: number) => number;
}

/** Files without samples that readers of the format need besides. */
export interface SideFiles {
  /** Returns how many there are: one for each file, or one for all of them. */
  readonly count: (shape: DatasetShape) => number;
  /** Returns the path of one of them in the dataset's directory. */
  readonly path: (shape: DatasetShape, index: number) => string;
  readonly bytes: (shape: DatasetShape, index: number) => number;
  readonly write: (shape: DatasetShape, index: number) => Generator<Uint8Array, void>;
}

/** A format of training data: where everything is in a file, and how the file is written. */
export interface FileFormat<G extends FileGeometry = FileGeometry> {
  /** The shortest record that a file can have, bytes. */
  readonly leastRecordBytes: number;
  /** The longest record and the longest file that it can have, bytes; absent: any length. */
  readonly mostRecordBytes?: number;
  readonly mostFileBytes?: number;
  /** Returns the places in file `file` (from 0) of a dataset. Cheap: it is called for every file of a plan. */
  readonly geometry: (shape: DatasetShape, file: number) => G;
  /**
   * Yields the bytes of the file from its start to its end, `geometry.bytes` in all, in pieces of at most `PIECE_BYTES`. A
   * piece is valid until the next one is asked for. An empty piece lets the caller do other work.
   */
  readonly write: (shape: DatasetShape, file: number, source: ContentSource) => Generator<Uint8Array, void>;
  readonly beside?: SideFiles;
}

/** Yields content in pieces that end at multiples of `PIECE_BYTES`, so that the layout can write most of them as they are. */
export function* contentPieces(
  source: ContentSource,
  positionBytes: number,
  lengthBytes: number,
  limits?: ByteLimits,
): Generator<Uint8Array, void> {
  const end = positionBytes + lengthBytes;
  for (let at = positionBytes; at < end; ) {
    const length = Math.min(PIECE_BYTES - (at % PIECE_BYTES), end - at);
    yield source.bytes(at, length, limits);
    at += length;
  }
}

/** Yields bytes in pieces. */
export function* piecesOf(bytes: Uint8Array): Generator<Uint8Array, void> {
  for (let done = 0; done < bytes.length; done += PIECE_BYTES) yield bytes.subarray(done, done + PIECE_BYTES);
}
