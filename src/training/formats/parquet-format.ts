/**
 * Parquet files. Their pages are PLAIN and not compressed, so that content stays incompressible and a size is known before a file
 * is written; a writer of values would hold whole columns in memory.
 */
import type { DatasetShape } from '../dataset-shape.js';
import type { ParquetGeometry } from '../file-geometries.js';
import { ByteWriter } from './byte-writer.js';
import { type ContentSource, contentPieces, type FileFormat, piecesOf } from './file-format.js';
import {
  END_BYTES,
  MAGIC,
  pageHeader,
  parquetEnd,
  parquetLayout,
  rowsOf,
  type StoredColumn,
} from './parquet-layout.js';

function geometry(shape: DatasetShape, file: number): ParquetGeometry {
  const { columns, samples, groupRows, groups, chunkAt, metadata, metadataAt } = parquetLayout(shape, file);
  const readBytes = columns.reduce((sum, { isRead, bytes }) => sum + (isRead ? bytes : 0), 0);
  const rowGroupOf = (sample: number): number => Math.floor(sample / groupRows);
  return {
    bytes: metadataAt + metadata.length + END_BYTES,
    samples,
    sampleAt: (sample) => ({ offsetBytes: chunkAt(rowGroupOf(sample), 0).offsetBytes, bytes: readBytes }),
    columns,
    rowGroups: groups,
    rowGroupOf,
    chunkAt,
    metadata: { offsetBytes: metadataAt, bytes: metadata.length },
  };
}

function* write(shape: DatasetShape, file: number, source: ContentSource): Generator<Uint8Array, void> {
  const layout = parquetLayout(shape, file);
  yield new ByteWriter().text(MAGIC).bytes;
  for (let group = 0; group < layout.groups; group++) {
    for (const [index, column] of layout.columns.entries())
      yield* chunk(column, rowsOf(layout, group), layout.chunkAt(group, index).offsetBytes, source);
  }
  yield* piecesOf(layout.metadata);
  yield parquetEnd(layout);
}

/** Yields the pages of a column of a group. */
function* chunk(
  column: StoredColumn,
  rows: number,
  offsetBytes: number,
  source: ContentSource,
): Generator<Uint8Array, void> {
  const { pageRows, storedBytes, bytes, hasLengths } = column;
  let at = offsetBytes;
  for (let first = 0; first < rows; first += pageRows) {
    const count = Math.min(pageRows, rows - first);
    const header = pageHeader(column, count);
    yield header;
    at += header.length;
    if (!hasLengths) yield* contentPieces(source, at, count * storedBytes);
    else {
      const length = new ByteWriter().u32(bytes).bytes;
      for (let row = 0; row < count; row++) {
        yield length;
        yield* contentPieces(source, at + (row + 1) * storedBytes - bytes, bytes);
      }
    }
    at += count * storedBytes;
  }
}

export const parquetFormat: FileFormat<ParquetGeometry> = {
  leastRecordBytes: 1,
  // The size of a page is a signed 32-bit number, and so is the length of a value.
  mostRecordBytes: 2 ** 31 - 5,
  geometry,
  write,
};
