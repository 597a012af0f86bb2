import { warmInStretches } from '../../src/host/files/page-cache.js';

/** Reads each file whole, in one go, so that the page cache holds it; returns the bytes read. */
export function warm(paths: readonly string[]): number {
  let totalBytes = 0;
  for (const { bytes } of warmInStretches(paths)) totalBytes += bytes;
  return totalBytes;
}
