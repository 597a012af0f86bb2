/**
 * Pictures that decoders accept (ITU-T T.81, JFIF 1.02): a grey picture of 32 × 32 pixels, and incompressible bytes between its
 * third and its last row of blocks. A restart marker is due there, so a decoder looks for it, with a warning as for damaged
 * pictures, and has then read the whole file, as it has with a real picture. A sample is the whole file.
 */
import type { DatasetShape } from '../dataset-shape.js';
import type { JpegGeometry } from '../file-geometries.js';
import { recordBytesOf } from '../record-bytes.js';
import { ByteWriter } from './byte-writer.js';
import { contentPieces, type FileFormat } from './file-format.js';

const SIDE = 32;
const MARKER = 0xff;
const NO_MARKERS = { most: MARKER - 1 } as const;
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
  .add(segment(0xdb, [0, ...new Array<number>(64).fill(1)]))
  .add(segment(0xc0, [8, 0, SIDE, 0, SIDE, 1, 1, 0x11, 0]))
  .add(oneCode(0x00))
  .add(oneCode(0x10))
  .add(segment(0xdd, [0, BLOCKS_BEFORE]))
  .add(segment(0xda, [1, 1, 0, 0, 63, 0]))
  .add(ROWS_BEFORE).bytes;

const LEAST = START.length + END.length;

function geometry(shape: DatasetShape, file: number): JpegGeometry {
  const bytes = recordBytesOf(shape, file, LEAST);
  const whole = { offsetBytes: 0, bytes };
  return { bytes, samples: 1, sampleAt: () => whole, segments: [] };
}

export const jpegFormat: FileFormat<JpegGeometry> = {
  leastRecordBytes: LEAST,
  geometry,
  *write(shape, file, source) {
    const { bytes } = geometry(shape, file);
    yield START;
    yield* contentPieces(source, START.length, bytes - LEAST, NO_MARKERS);
    yield END;
  },
};
