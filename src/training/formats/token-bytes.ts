import type { DatasetShape } from '../dataset-shape.js';
import { recordBytesOf } from '../record-bytes.js';

/** Tokens of vocabularies below 65,536 are unsigned integers of 16 bits. */
export const TOKEN_BYTES = 2;

/** Returns the bytes of each sample of a file of tokens: whole tokens. */
export function tokenBytesOf(shape: DatasetShape, file: number): number {
  const bytes = recordBytesOf(shape, file, TOKEN_BYTES);
  return bytes - (bytes % TOKEN_BYTES);
}
