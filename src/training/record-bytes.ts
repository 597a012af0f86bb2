import { createPrng } from '../base/prng.js';
import type { DatasetShape } from './dataset-shape.js';

/** Keeps the stream of sizes apart from those of contents. */
const SIZES = 0x517e5;

/**
 * Returns the bytes of each sample of a file. With a standard deviation, a file's samples have one length, drawn from a normal
 * distribution. Lengths below 1 are drawn again, and so are those equally far above the mean, so that the mean is the one that
 * is asked for.
 */
export function recordBytesOf({ recordBytes, recordStdevBytes, seed }: DatasetShape, file: number, least = 1): number {
  if (recordStdevBytes === 0 || recordBytes <= least) return recordBytes;
  const prng = createPrng(seed, SIZES, file);
  for (;;) {
    // Box and Muller (1958). 1 - u is never 0.
    const radius = Math.sqrt(-2 * Math.log(1 - prng.nextFloat()));
    const away = Math.round(recordStdevBytes * radius * Math.cos(2 * Math.PI * prng.nextFloat()));
    if (Math.abs(away) <= recordBytes - least) return recordBytes + away;
  }
}
