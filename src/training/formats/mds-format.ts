/**
 * Shards of MosaicML Streaming (`streaming/base/format/mds/writer.py`): the offsets of the samples, the description of their
 * columns, and the samples. `x` has the content, `y` the class. `index.json` lists all shards.
 */
import { datasetClass, datasetFilePath } from '../dataset-paths.js';
import type { DatasetShape } from '../dataset-shape.js';
import type { RecordGeometry } from '../file-geometries.js';
import { recordBytesOf } from '../record-bytes.js';
import { ByteWriter } from './byte-writer.js';
import { contentPieces, type FileFormat, piecesOf } from './file-format.js';

const VERSION = 2;
const NUMBER_BYTES = 4;
const CLASS_BYTES = 8;

/** The description as every shard has it. `size_limit` is the default of its writer. */
const DESCRIPTION = {
  column_encodings: ['bytes', 'int'],
  column_names: ['x', 'y'],
  column_sizes: [null, CLASS_BYTES],
  compression: null,
  format: 'mds',
  hashes: [],
  size_limit: 2 ** 26,
};
const DESCRIPTION_TEXT = JSON.stringify(DESCRIPTION);

function geometry(shape: DatasetShape, file: number): RecordGeometry {
  const record = recordBytesOf(shape, file);
  const { samplesPerFile: samples } = shape;
  const start = NUMBER_BYTES * (samples + 2) + DESCRIPTION_TEXT.length;
  const bytes = NUMBER_BYTES + record + CLASS_BYTES;
  return {
    bytes: start + samples * bytes,
    samples,
    sampleAt: (sample) => ({ offsetBytes: start + sample * bytes + NUMBER_BYTES, bytes: record }),
    recordAt: (sample) => ({ offsetBytes: start + sample * bytes, bytes }),
  };
}

/** Yields the text of the index, shard by shard. */
function* indexOf(shape: DatasetShape): Generator<string, void> {
  yield '{"shards":[';
  for (let file = 0; file < shape.files; file++) {
    const { bytes, samples } = geometry(shape, file);
    const raw = { basename: datasetFilePath(shape, file, bytes), bytes, hashes: {} };
    const shard = { ...DESCRIPTION, raw_data: raw, samples, version: VERSION, zip_data: null };
    yield `${file === 0 ? '' : ','}${JSON.stringify(shard)}`;
  }
  yield `],"version":${VERSION}}`;
}

const indexSizes = new WeakMap<DatasetShape, number>();

function indexBytesOf(shape: DatasetShape): number {
  const known = indexSizes.get(shape);
  if (known !== undefined) return known;
  let bytes = 0;
  for (const { length } of indexOf(shape)) bytes += length;
  indexSizes.set(shape, bytes);
  return bytes;
}

export const mdsFormat: FileFormat<RecordGeometry> = {
  leastRecordBytes: 1,
  // Offsets are unsigned 32-bit numbers.
  mostFileBytes: 2 ** 32 - 1,
  geometry,
  *write(shape, file, source) {
    const { samples, sampleAt, recordAt } = geometry(shape, file);
    const start = new ByteWriter().u32(samples);
    for (let sample = 0; sample <= samples; sample++) start.u32(recordAt(sample).offsetBytes);
    yield* piecesOf(start.text(DESCRIPTION_TEXT).bytes);
    const y = new ByteWriter().u64(datasetClass(shape, file)).bytes;
    for (let sample = 0; sample < samples; sample++) {
      const { offsetBytes, bytes } = sampleAt(sample);
      yield new ByteWriter().u32(bytes).bytes;
      yield* contentPieces(source, offsetBytes, bytes);
      yield y;
    }
  },
  beside: {
    count: () => 1,
    path: () => 'index.json',
    bytes: indexBytesOf,
    *write(shape) {
      for (const text of indexOf(shape)) yield new ByteWriter().text(text).bytes;
    },
  },
};
