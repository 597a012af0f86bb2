/** safetensors files: a header of JSON, then the tensors `y` (the classes) and `x`, which has a row for each sample. */
import { datasetClass } from '../dataset-paths.js';
import type { DatasetShape } from '../dataset-shape.js';
import type { HeadedGeometry } from '../file-geometries.js';
import { recordBytesOf } from '../record-bytes.js';
import { ByteWriter } from './byte-writer.js';
import { contentPieces, type FileFormat, piecesOf } from './file-format.js';

const LENGTH_BYTES = 8;
const CLASS_BYTES = 8;
const ALIGNED_BYTES = 8;

/** Returns the header with its length, padded so that the tensors begin at a multiple of 8 bytes. */
function headerOf(samples: number, record: number): Uint8Array {
  const xAt = samples * CLASS_BYTES;
  const text = JSON.stringify({
    y: { dtype: 'I64', shape: [samples], data_offsets: [0, xAt] },
    x: { dtype: 'U8', shape: [samples, record], data_offsets: [xAt, xAt + samples * record] },
  });
  const padded = text.padEnd(Math.ceil(text.length / ALIGNED_BYTES) * ALIGNED_BYTES);
  return new ByteWriter().u64(padded.length).text(padded).bytes;
}

function geometry(shape: DatasetShape, file: number): HeadedGeometry {
  const bytes = recordBytesOf(shape, file);
  const { samplesPerFile: samples } = shape;
  const headerBytes = headerOf(samples, bytes).length;
  const xAt = headerBytes + samples * CLASS_BYTES;
  return {
    bytes: xAt + samples * bytes,
    samples,
    sampleAt: (sample) => ({ offsetBytes: xAt + sample * bytes, bytes }),
    headerBytes: headerBytes - LENGTH_BYTES,
  };
}

export const safetensorsFormat: FileFormat<HeadedGeometry> = {
  leastRecordBytes: 1,
  geometry,
  *write(shape, file, source) {
    const { samples, sampleAt } = geometry(shape, file);
    const { offsetBytes, bytes } = sampleAt(0);
    yield headerOf(samples, bytes);
    yield* piecesOf(new Uint8Array(new BigInt64Array(samples).fill(BigInt(datasetClass(shape, file))).buffer));
    yield* contentPieces(source, offsetBytes, samples * bytes);
  },
};
