/** NumPy's format for one array (`numpy/lib/format.py`, version 1.0). */
import type { DatasetShape, FileGeometry } from '../dataset-shape.js';
import { recordBytesOf } from '../record-bytes.js';
import { ByteWriter } from './byte-writer.js';
import { contentPieces, type FileFormat } from './file-format.js';

/** Length of the header of an array with one dimension. */
export const NPY_HEADER_BYTES = 128;

/**
 * Returns the header of an array of one dimension.
 * @param type such as `|u1` (bytes) or `<i8` (64-bit integers)
 */
export function npyHeader(type: string, count: number): Uint8Array {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${count},), }`;
  const textBytes = NPY_HEADER_BYTES - 10;
  return new ByteWriter(NPY_HEADER_BYTES)
    .u8(0x93)
    .text('NUMPY')
    .u16(1)
    .u16(textBytes)
    .text(text.padEnd(textBytes - 1))
    .text('\n').bytes;
}

function geometry(shape: DatasetShape, file: number): FileGeometry {
  const bytes = recordBytesOf(shape, file);
  const content = { offsetBytes: NPY_HEADER_BYTES, bytes };
  return { bytes: NPY_HEADER_BYTES + bytes, samples: 1, sampleAt: () => content };
}

export const npyFormat: FileFormat = {
  leastRecordBytes: 1,
  geometry,
  *write(shape, file, source) {
    const { offsetBytes, bytes } = geometry(shape, file).sampleAt(0);
    yield npyHeader('|u1', bytes);
    yield* contentPieces(source, offsetBytes, bytes);
  },
};
