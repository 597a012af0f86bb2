/** An index as a scan makes it, of files that need not exist. */
import type { FileIndex, PackedNames } from '../../src/plan/file-index.js';
import type { Found } from '../../src/plan/planned-dataset.js';
import type { ScanSummary } from '../../src/plan/scan-summary.js';

const NOTHING_ELSE = {
  directories: 1,
  emptyFiles: 0,
  sparseFiles: 0,
  sparseBytes: 0,
  allocatedBytes: 0,
  leftOut: {},
  firstLeftOut: [],
};

/** Path relative to the target, as text or bytes, and size. */
export type Listed = readonly [path: string | Uint8Array, bytes: number];

function packed(names: readonly Buffer[]): PackedNames {
  const starts = Uint32Array.from([
    0,
    ...names.map((_, i) => names.slice(0, i + 1).reduce((sum, name) => sum + name.length, 0)),
  ]);
  return { starts, bytes: new Uint8Array(Buffer.concat(names)) };
}

/** The index as a scan hands it over. */
export function foundFiles(files: readonly Listed[], more: Partial<ScanSummary> = {}): Found {
  const index = fileIndex(files);
  const bytes = index.bytes.reduce((sum, each) => sum + each, 0);
  const summary = { ...NOTHING_ELSE, files: files.length, bytes, matching: files.length, ...more };
  return { image: new SharedArrayBuffer(0), index, summary };
}

export function fileIndex(files: readonly Listed[]): FileIndex {
  const sorted = files
    .map(([path, bytes]) => ({ path: Buffer.from(path as string), bytes }))
    .sort((a, b) => Buffer.compare(a.path, b.path));
  const directoryOf = (path: Buffer) => path.subarray(0, Math.max(0, path.lastIndexOf('/')));
  const directories = [...new Set(sorted.map(({ path }) => directoryOf(path).toString('latin1')))];
  return {
    directories: packed(directories.map((text) => Buffer.from(text, 'latin1'))),
    directoryOf: Uint32Array.from(sorted, ({ path }) => directories.indexOf(directoryOf(path).toString('latin1'))),
    names: packed(sorted.map(({ path }) => path.subarray(path.lastIndexOf('/') + 1))),
    bytes: Float64Array.from(sorted, ({ bytes }) => bytes),
    modifiedMs: Float64Array.from(sorted, () => 0),
    opening: { follow: false, noAtime: true, device: false },
  };
}
