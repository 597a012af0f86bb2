/**
 * Comma-separated values with a line of names: one sample per line, its content as text and its class as a digit. Text cannot
 * be incompressible: six of eight bits are random.
 */
import { datasetClass } from '../dataset-paths.js';
import type { DatasetShape } from '../dataset-shape.js';
import type { RecordGeometry } from '../file-geometries.js';
import { recordBytesOf } from '../record-bytes.js';
import { ByteWriter } from './byte-writer.js';
import { contentPieces, type FileFormat } from './file-format.js';

const NAMES = 'data,label\n';
/** A comma, a digit and the line break. */
const END_BYTES = 3;
/** Content begins at multiples of it, so that no sector of content is made twice. */
const ALIGNED_BYTES = 512;
/** The 64 characters from `0` to `o`, among which are no comma, quote or line break. */
const TEXT = { mask: 0x3f, base: 0x30 } as const;

function geometry(shape: DatasetShape, file: number): RecordGeometry {
  const bytes = recordBytesOf(shape, file, END_BYTES + 1);
  const { samplesPerFile: samples } = shape;
  const lineAt = (sample: number) => ({ offsetBytes: NAMES.length + sample * bytes, bytes });
  return { bytes: NAMES.length + samples * bytes, samples, sampleAt: lineAt, recordAt: lineAt };
}

export const csvFormat: FileFormat<RecordGeometry> = {
  leastRecordBytes: END_BYTES + 1,
  geometry,
  *write(shape, file, source) {
    const { samples, recordAt } = geometry(shape, file);
    const textBytes = recordAt(0).bytes - END_BYTES;
    const end = new ByteWriter().text(`,${datasetClass(shape, file) % 10}\n`).bytes;
    const stepBytes = Math.ceil(textBytes / ALIGNED_BYTES) * ALIGNED_BYTES;
    yield new ByteWriter().text(NAMES).bytes;
    for (let sample = 0; sample < samples; sample++) {
      yield* contentPieces(source, sample * stepBytes, textBytes, TEXT);
      yield end;
    }
  },
};
