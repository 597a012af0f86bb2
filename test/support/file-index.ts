/** An index as a scan makes it, of files that need not exist. */
import type { FileIndex, PackedNames } from '../../src/plan/file-index.js';

/** Path relative to the target, as text or bytes, and size. */
export type Listed = readonly [path: string | Uint8Array, bytes: number];

function packed(names: readonly Buffer[]): PackedNames {
  const starts = Uint32Array.from([
    0,
    ...names.map((_, i) => names.slice(0, i + 1).reduce((sum, name) => sum + name.length, 0)),
  ]);
  return { starts, bytes: new Uint8Array(Buffer.concat(names)) };
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
    opening: { follow: false, noAtime: true },
  };
}
