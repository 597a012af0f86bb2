/**
 * Megatron's indexed tokens (`megatron/core/datasets/indexed_dataset.py`): a `.bin` with the tokens of all documents, and an
 * `.idx` beside it with their lengths and places. A sample is a document of one sequence.
 */
import { datasetFilePath } from '../dataset-paths.js';
import type { DatasetShape } from '../dataset-shape.js';
import type { IndexedGeometry } from '../file-geometries.js';
import { ByteWriter } from './byte-writer.js';
import { contentPieces, type FileFormat, PIECE_BYTES } from './file-format.js';
import { TOKEN_BYTES, tokenBytesOf } from './token-bytes.js';

const MAGIC = 'MMIDIDX\0\0';
const VERSION = 1;
/** `DType.uint16` there. */
const UINT16 = 8;
/** Magic, version, type, and the numbers of sequences and documents. */
const HEADER_BYTES = MAGIC.length + 8 + 1 + 8 + 8;
const LENGTH_BYTES = 4;
const POINTER_BYTES = 8;
const EXTENSION = /\.bin$/;

function indexBytesOf({ samplesPerFile: samples }: DatasetShape): number {
  return HEADER_BYTES + samples * (LENGTH_BYTES + POINTER_BYTES) + (samples + 1) * POINTER_BYTES;
}

function geometry(shape: DatasetShape, file: number): IndexedGeometry {
  const bytes = tokenBytesOf(shape, file);
  const { samplesPerFile: samples } = shape;
  return {
    bytes: samples * bytes,
    samples,
    sampleAt: (sample) => ({ offsetBytes: sample * bytes, bytes }),
    indexBytes: indexBytesOf(shape),
  };
}

/** Yields `count` numbers of 4 or 8 bytes. */
function* numbers(count: number, bytesEach: 4 | 8, valueAt: (index: number) => number): Generator<Uint8Array, void> {
  const most = PIECE_BYTES / bytesEach;
  for (let first = 0; first < count; first += most) {
    const out = new ByteWriter();
    for (let index = first; index < Math.min(count, first + most); index++) {
      if (bytesEach === 4) out.u32(valueAt(index));
      else out.u64(valueAt(index));
    }
    yield out.bytes;
  }
}

export const megatronFormat: FileFormat<IndexedGeometry> = {
  leastRecordBytes: TOKEN_BYTES,
  // Lengths are signed 32-bit numbers of tokens.
  mostRecordBytes: (2 ** 31 - 1) * TOKEN_BYTES,
  geometry,
  write: (shape, file, source) => contentPieces(source, 0, geometry(shape, file).bytes),
  beside: {
    count: ({ files }) => files,
    path: (shape, file) => datasetFilePath(shape, file, geometry(shape, file).bytes).replace(EXTENSION, '.idx'),
    bytes: indexBytesOf,
    *write(shape, file) {
      const { samplesPerFile: samples } = shape;
      const bytes = tokenBytesOf(shape, file);
      const header = new ByteWriter().text(MAGIC).u64(VERSION).u8(UINT16).u64(samples);
      yield header.u64(samples + 1).bytes;
      yield* numbers(samples, LENGTH_BYTES, () => bytes / TOKEN_BYTES);
      yield* numbers(samples, POINTER_BYTES, (sample) => sample * bytes);
      yield* numbers(samples + 1, POINTER_BYTES, (document) => document);
    },
  },
};
