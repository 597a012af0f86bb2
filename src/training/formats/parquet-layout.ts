/** Where everything is in a Parquet file of PLAIN pages that are not compressed (parquet-format 2.12). */
import type { DataColumn, DatasetShape, FileSpan } from '../dataset-shape.js';
import { recordBytesOf } from '../record-bytes.js';
import { ByteWriter } from './byte-writer.js';
import { ThriftStruct } from './thrift-struct.js';

export const MAGIC = 'PAR1';
/** The length of the metadata, and the magic again. */
export const END_BYTES = 8;
/** Pages are as long as those of Arrow's writer, unless a value is longer. */
const PAGE_BYTES = 2 ** 20;
/** The column of records, when none are given. */
const RECORD_COLUMN = 'data';

const [INT32, INT64, BYTE_ARRAY, FIXED] = [1, 2, 6, 7];
const [PLAIN, RLE] = [0, 3];
const DATA_PAGE = 0;
const REQUIRED = 0;
const UNCOMPRESSED = 0;
const VERSION = 1;

/** A column as it is stored. */
export interface StoredColumn extends DataColumn {
  readonly type: number;
  /** Whether the length of each value is before it, in 4 bytes. */
  readonly hasLengths: boolean;
  /** Bytes of a value in a page. */
  readonly storedBytes: number;
  readonly pageRows: number;
}

export interface ParquetLayout {
  readonly columns: readonly StoredColumn[];
  readonly samples: number;
  readonly groupRows: number;
  readonly groups: number;
  readonly chunkAt: (group: number, column: number) => FileSpan;
  /** The metadata of the file, which begin at an offset. */
  readonly metadata: Uint8Array;
  readonly metadataAt: number;
}

/** Returns the columns of a file. Given ones have values of fixed length; a record is one value of any length. */
function columnsOf(shape: DatasetShape, file: number): StoredColumn[] {
  const stored = (column: DataColumn, type: number): StoredColumn => {
    const hasLengths = type === BYTE_ARRAY;
    const storedBytes = column.bytes + (hasLengths ? 4 : 0);
    return { ...column, type, hasLengths, storedBytes, pageRows: Math.max(1, Math.floor(PAGE_BYTES / storedBytes)) };
  };
  if (shape.columns.length === 0)
    return [stored({ name: RECORD_COLUMN, bytes: recordBytesOf(shape, file), isRead: true }, BYTE_ARRAY)];
  return shape.columns.map((column) =>
    stored(column, ({ 4: INT32, 8: INT64 } as Record<number, number>)[column.bytes] ?? FIXED),
  );
}

/** Returns the header of a page of so many rows. */
export function pageHeader(column: StoredColumn, rows: number): Uint8Array {
  const bytes = rows * column.storedBytes;
  const page = new ThriftStruct().i32(1, rows).i32(2, PLAIN).i32(3, RLE).i32(4, RLE);
  return new ThriftStruct().i32(1, DATA_PAGE).i32(2, bytes).i32(3, bytes).struct(5, page).bytes;
}

/** Returns the bytes of a column in a group of so many rows. */
function chunkBytes(column: StoredColumn, rows: number): number {
  const { pageRows, storedBytes } = column;
  const full = Math.floor(rows / pageRows);
  const rest = rows % pageRows;
  const headers = full === 0 ? 0 : full * pageHeader(column, pageRows).length;
  return rows * storedBytes + headers + (rest === 0 ? 0 : pageHeader(column, rest).length);
}

function newLayout(shape: DatasetShape, file: number): ParquetLayout {
  const columns = columnsOf(shape, file);
  const { samplesPerFile: samples, rowGroupSamples } = shape;
  const groupRows = rowGroupSamples === 0 ? samples : Math.min(samples, rowGroupSamples);
  const groups = Math.ceil(samples / groupRows);
  const lastRows = samples - (groups - 1) * groupRows;
  const startsOf = (rows: number): number[] => {
    const starts = [0];
    for (const column of columns) starts.push((starts.at(-1) as number) + chunkBytes(column, rows));
    return starts;
  };
  const [starts, lastStarts] = [startsOf(groupRows), startsOf(lastRows)];
  const groupBytes = starts.at(-1) as number;
  const chunkAt = (group: number, column: number): FileSpan => {
    const of = group === groups - 1 ? lastStarts : starts;
    const start = of[column] as number;
    return { offsetBytes: MAGIC.length + group * groupBytes + start, bytes: (of[column + 1] as number) - start };
  };
  const places = { columns, samples, groupRows, groups, chunkAt };
  const metadataAt = MAGIC.length + (groups - 1) * groupBytes + (lastStarts.at(-1) as number);
  return { ...places, metadata: metadataOf(places), metadataAt };
}

function metadataOf(layout: Omit<ParquetLayout, 'metadata' | 'metadataAt'>): Uint8Array {
  const { columns, samples, groups } = layout;
  const root = new ThriftStruct().text(4, 'schema').i32(5, columns.length);
  const leaves = columns.map(({ name, type, bytes }) => {
    const leaf = new ThriftStruct().i32(1, type);
    if (type === FIXED) leaf.i32(2, bytes);
    return leaf.i32(3, REQUIRED).text(4, name);
  });
  return new ThriftStruct()
    .i32(1, VERSION)
    .structs(2, [root, ...leaves])
    .i64(3, samples)
    .structs(
      4,
      Array.from({ length: groups }, (_, group) => groupMetadata(layout, group)),
    )
    .text(6, 'feedrate').bytes;
}

function groupMetadata(
  { columns, ...layout }: Omit<ParquetLayout, 'metadata' | 'metadataAt'>,
  group: number,
): ThriftStruct {
  const rows = rowsOf(layout, group);
  let total = 0;
  const chunks = columns.map(({ name, type }, column) => {
    const { offsetBytes, bytes } = layout.chunkAt(group, column);
    total += bytes;
    const metadata = new ThriftStruct()
      .i32(1, type)
      .numbers(2, [PLAIN, RLE])
      .texts(3, [name])
      .i32(4, UNCOMPRESSED)
      .i64(5, rows)
      .i64(6, bytes)
      .i64(7, bytes)
      .i64(9, offsetBytes);
    return new ThriftStruct().i64(2, offsetBytes).struct(3, metadata);
  });
  return new ThriftStruct().structs(1, chunks).i64(2, total).i64(3, rows);
}

/** Returns the rows of a group. */
export function rowsOf({ samples, groupRows }: Pick<ParquetLayout, 'samples' | 'groupRows'>, group: number): number {
  return Math.min(groupRows, samples - group * groupRows);
}

/** The layout that was asked for last, of each shape: the metadata of files with many columns take a while. */
const layouts = new WeakMap<DatasetShape, { readonly recordBytes: number; readonly layout: ParquetLayout }>();

/** Returns where everything is in a file. */
export function parquetLayout(shape: DatasetShape, file: number): ParquetLayout {
  const recordBytes = shape.columns.length === 0 ? recordBytesOf(shape, file) : 0;
  const known = layouts.get(shape);
  if (known?.recordBytes === recordBytes) return known.layout;
  const layout = newLayout(shape, file);
  layouts.set(shape, { recordBytes, layout });
  return layout;
}

/** Returns what is behind the metadata. */
export function parquetEnd({ metadata }: ParquetLayout): Uint8Array {
  return new ByteWriter().u32(metadata.length).text(MAGIC).bytes;
}
