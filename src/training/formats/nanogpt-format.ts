import type { DatasetShape, FileGeometry } from '../dataset-shape.js';
import { contentPieces, type FileFormat } from './file-format.js';
import { TOKEN_BYTES, tokenBytesOf } from './token-bytes.js';

function geometry(shape: DatasetShape, file: number): FileGeometry {
  const bytes = tokenBytesOf(shape, file);
  const { samplesPerFile: samples } = shape;
  return {
    bytes: samples * bytes + TOKEN_BYTES,
    samples,
    sampleAt: (sample) => ({ offsetBytes: sample * bytes, bytes }),
  };
}

/**
 * Tokens and nothing else, as nanoGPT's `prepare.py` writes them. A sample is a window; its targets are the window one token
 * further on, so there is a token after the last one.
 */
export const nanogptFormat: FileFormat = {
  leastRecordBytes: TOKEN_BYTES,
  geometry,
  write: (shape, file, source) => contentPieces(source, 0, geometry(shape, file).bytes),
};
