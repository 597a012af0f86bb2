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
/** Content begins at multiples of it, so that it is turned into text four bytes at a time. */
const ALIGNED_BYTES = 512;

function geometry(shape: DatasetShape, file: number): RecordGeometry {
  const bytes = recordBytesOf(shape, file, END_BYTES + 1);
  const { samplesPerFile: samples } = shape;
  const lineAt = (sample: number) => ({ offsetBytes: NAMES.length + sample * bytes, bytes });
  return { bytes: NAMES.length + samples * bytes, samples, sampleAt: lineAt, recordAt: lineAt };
}

/** Turns each byte into one of the 64 characters from `0` to `o`, among which are no comma, quote or line break. */
function toText(bytes: Uint8Array): Uint8Array {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  for (let i = 0; i < words.length; i++) words[i] = (((words[i] as number) & 0x3f3f3f3f) + 0x30303030) | 0;
  for (let i = words.length * 4; i < bytes.length; i++) bytes[i] = ((bytes[i] as number) & 0x3f) + 0x30;
  return bytes;
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
      for (const piece of contentPieces(source, sample * stepBytes, textBytes)) yield toText(piece);
      yield end;
    }
  },
};
