import { withOwnFile } from '../../src/host/files/own-file.js';
import { type Residency, residencyTest } from '../../src/host/files/residency.js';

/** Returns the bytes of the files that are in the page cache, or null when that cannot be found out for each of them. */
export function residentBytes(
  paths: Iterable<string>,
  sources: readonly Residency['source'][] = ['cachestat', 'mincore'],
): Residency | null {
  const test = residencyTest(sources);
  if (test === null) return null;
  let bytes = 0;
  let source: Residency['source'] = sources[0] ?? 'cachestat';
  for (const path of paths) {
    const file = withOwnFile(path, test);
    if (file === null) return null;
    bytes += file.bytes;
    if (file.source === 'mincore') source = 'mincore';
  }
  return { bytes, source };
}
