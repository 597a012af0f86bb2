/**
 * Pictures that decoders accept (ITU-T T.81, JFIF 1.02): a grey picture of 32 × 32 pixels, and incompressible bytes between its
 * third and its last row of blocks. A restart marker is due there, so a decoder looks for it, with a warning as for damaged
 * pictures, and has then read the whole file, as it has with a real picture. A sample is the whole file.
 */
import type { DatasetShape, FileGeometry } from '../dataset-shape.js';
import { recordBytesOf } from '../record-bytes.js';
import { ByteWriter } from './byte-writer.js';
import { contentPieces, type FileFormat } from './file-format.js';

const SIDE = 32;
const MARKER = 0xff;
/** The picture has 16 blocks. In each, a bit says "no difference" and a bit "no further coefficient". */
const BLOCKS_BEFORE = 12;
const [ROWS_BEFORE, LAST_ROW] = [[0, 0, 0], [0]];
/** The restart marker, the last row, and the marker that ends the picture. */
const END = new Uint8Array([MARKER, 0xd0, ...LAST_ROW, MARKER, 0xd9]);

function segment(marker: number, content: readonly number[]): number[] {
  return [MARKER, marker, (content.length + 2) >> 8, (content.length + 2) & 0xff, ...content];
}

/** Returns a Huffman table with one code, the bit 0 for the value 0. */
function oneCode(tableId: number): number[] {
  return segment(0xc4, [tableId, 1, ...new Array<number>(15).fill(0), 0]);
}

const START = new ByteWriter()
  .add([MARKER, 0xd8])
  .add(segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 2, 0, 0, 1, 0, 1, 0, 0]))
  // A comment of a length that lets the filler begin at a multiple of 4 bytes.
  .add(segment(0xfe, new Array<number>(3).fill(0x20)))
  .add(segment(0xdb, [0, ...new Array<number>(64).fill(1)]))
  .add(segment(0xc0, [8, 0, SIDE, 0, SIDE, 1, 1, 0x11, 0]))
  .add(oneCode(0x00))
  .add(oneCode(0x10))
  .add(segment(0xdd, [0, BLOCKS_BEFORE]))
  .add(segment(0xda, [1, 1, 0, 0, 63, 0]))
  .add(ROWS_BEFORE).bytes;

const LEAST = START.length + END.length;

function geometry(shape: DatasetShape, file: number): FileGeometry {
  const bytes = recordBytesOf(shape, file, LEAST);
  const whole = { offsetBytes: 0, bytes };
  return { bytes, samples: 1, sampleAt: () => whole };
}

export const jpegFormat: FileFormat = {
  leastRecordBytes: LEAST,
  geometry,
  *write(shape, file, source) {
    const { bytes } = geometry(shape, file);
    yield START;
    for (const piece of contentPieces(source, START.length, bytes - LEAST)) yield withoutMarkers(piece);
    yield END;
  },
};

/** Lowers each byte that is 0xff, and some that are 0xfe, by one: four bytes at a time. */
function withoutMarkers(bytes: Uint8Array): Uint8Array {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number;
    // Finds the zero bytes of the complement (Hacker's Delight, 6-1). A byte 1 above one of them is found as well.
    words[i] = (word - ((((~word - 0x01010101) | 0) & word & ~0x7f7f7f7f) >>> 7)) | 0;
  }
  for (let i = words.length * 4; i < bytes.length; i++) bytes[i] = Math.min(bytes[i] as number, MARKER - 1);
  return bytes;
}
