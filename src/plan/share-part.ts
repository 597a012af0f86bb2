/** The first part of a worker's share of files, for jobs that read a percentage of it. */
import type { Extent } from './file-part.js';
import type { Extents } from './plan.js';

/** Returns the bytes of all extents. */
export function bytesOf(extents: Extents): number {
  let sum = 0;
  for (const { lengthBytes } of extents) sum += lengthBytes;
  return sum;
}

/**
 * Returns the first extents, with at most this share of the bytes of all. The last one ends after a whole block. Extents
 * that are cut are listed, even of whole files: a job that reads blocks has all its files open, so they are few.
 */
export function firstPart(extents: Extents, share: number, blockBytes: number): Extents {
  if (share === 1) return extents;
  let leftBytes = Math.round(bytesOf(extents) * share);
  const part: Extent[] = [];
  for (const extent of extents) {
    const isWhole = extent.lengthBytes <= leftBytes;
    const lengthBytes = isWhole ? extent.lengthBytes : leftBytes - (leftBytes % blockBytes);
    if (lengthBytes > 0) part.push({ ...extent, lengthBytes });
    if (!isWhole) break;
    leftBytes -= lengthBytes;
  }
  return part;
}
