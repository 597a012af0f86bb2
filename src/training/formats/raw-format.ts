import type { DatasetShape, FileGeometry } from '../dataset-shape.js';
import { recordBytesOf } from '../record-bytes.js';
import { contentPieces, type FileFormat } from './file-format.js';

function geometry(shape: DatasetShape, file: number): FileGeometry {
  const bytes = recordBytesOf(shape, file);
  const { samplesPerFile: samples } = shape;
  return { bytes: samples * bytes, samples, sampleAt: (sample) => ({ offsetBytes: sample * bytes, bytes }) };
}

/** Records of one length, one after the other, and nothing else. */
export const rawFormat: FileFormat = {
  leastRecordBytes: 1,
  geometry,
  write: (shape, file, source) => contentPieces(source, 0, geometry(shape, file).bytes),
};
