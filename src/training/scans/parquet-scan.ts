/** Parquet files: their footer has the row groups, and where the chunks of their columns are (parquet.thrift). */
import type { FileSpan } from '../dataset-shape.js';
import type { ParquetGeometry } from '../file-geometries.js';
import { type ByteSource, bytesAt, damaged } from './byte-source.js';
import type { FormatScan } from './format-scan.js';
import { ThriftError, type ThriftFields, ThriftReader, type ThriftValue } from './thrift-compact.js';

const MAGIC = 'PAR1';
/** The length of the metadata, and the magic. */
const END_BYTES = 8;
/** Numbers of fields. */
const FILE = { rowGroups: 4 } as const;
const GROUP = { columns: 1, rows: 3 } as const;
const COLUMN = { metadata: 3 } as const;
const CHUNK = { compressedBytes: 7, dataAt: 9, dictionaryAt: 11 } as const;

interface RowGroup {
  readonly samples: number;
  /** The chunks of the columns that are read, in the order of the file. */
  readonly chunks: readonly FileSpan[];
}

function listOf(struct: ThriftFields, field: number): readonly ThriftValue[] {
  const value = struct.get(field);
  return Array.isArray(value) ? (value as readonly ThriftValue[]) : [];
}

function numberOf(struct: ThriftFields, field: number): number | null {
  const value = struct.get(field);
  return typeof value === 'number' ? value : null;
}

function structOf(value: ThriftValue | undefined): ThriftFields {
  return value instanceof Map ? value : new Map();
}

/** Returns where the chunk of a column is: its dictionary comes first. */
function chunkOf(source: ByteSource, column: ThriftValue): FileSpan {
  const metadata = structOf(structOf(column).get(COLUMN.metadata));
  const [bytes, dataAt] = [numberOf(metadata, CHUNK.compressedBytes), numberOf(metadata, CHUNK.dataAt)];
  const dictionaryAt = numberOf(metadata, CHUNK.dictionaryAt);
  const offsetBytes = dictionaryAt !== null && dictionaryAt > 0 ? Math.min(dictionaryAt, dataAt ?? 0) : dataAt;
  if (bytes === null || offsetBytes === null || bytes < 0 || offsetBytes < 0 || offsetBytes + bytes > source.bytes)
    throw damaged(source, 'a column is not in the file, as if it were truncated');
  return { offsetBytes, bytes };
}

function groupsIn(source: ByteSource, footer: Uint8Array, columnsRead: number | null): RowGroup[] {
  const groups = listOf(new ThriftReader(footer).struct(), FILE.rowGroups).map(structOf);
  return groups.map((group) => {
    const chunks = listOf(group, GROUP.columns)
      .slice(0, columnsRead ?? undefined)
      .map((column) => chunkOf(source, column))
      .sort((a, b) => a.offsetBytes - b.offsetBytes);
    const samples = numberOf(group, GROUP.rows);
    if (samples === null || samples < 0 || chunks.length === 0)
      throw damaged(source, 'a row group has no columns or rows');
    return { samples, chunks };
  });
}

/** The numbers are the bytes of the file, the place of the footer, and then for each row group its rows and chunks. */
export const parquetScan: FormatScan<ParquetGeometry> = {
  scan: (source, { columnsRead }) => {
    const end = bytesAt(source, source.bytes - END_BYTES, END_BYTES, 'the end of a Parquet file');
    if (end.text(4, MAGIC.length) !== MAGIC)
      throw damaged(source, 'there is no Parquet file, or its footer is encrypted; check the format');
    const footerBytes = end.u32(0);
    const footerAt = source.bytes - END_BYTES - footerBytes;
    const footer = bytesAt(source, footerAt, footerBytes, 'the footer').bytes;
    try {
      const groups = groupsIn(source, footer, columnsRead).filter(({ samples }) => samples > 0);
      if (groups.length === 0) throw damaged(source, 'the file has no rows');
      const numbers = groups.flatMap(({ samples, chunks }) => [
        samples,
        chunks.length,
        ...chunks.flatMap(({ offsetBytes, bytes }) => [offsetBytes, bytes]),
      ]);
      return [source.bytes, footerAt, ...numbers];
    } catch (thrown) {
      if (thrown instanceof ThriftError) throw damaged(source, `its footer is damaged: ${thrown.message}`);
      throw thrown;
    }
  },
  geometry: (numbers) => {
    const [bytes = 0, footerAt = 0] = numbers;
    const rowGroups: RowGroup[] = [];
    for (let at = 2; at < numbers.length; ) {
      const [samples = 0, count = 0] = numbers.subarray(at, at + 2);
      const chunks = Array.from({ length: count }, (_, i) => ({
        offsetBytes: numbers[at + 2 + 2 * i] as number,
        bytes: numbers[at + 3 + 2 * i] as number,
      }));
      rowGroups.push({ samples, chunks });
      at += 2 + 2 * count;
    }
    const firsts = rowGroups.map((_, group) =>
      rowGroups.slice(0, group).reduce((sum, { samples }) => sum + samples, 0),
    );
    const samples = rowGroups.reduce((sum, group) => sum + group.samples, 0);
    const rowGroupOf = (sample: number) => firsts.findLastIndex((first) => first <= sample);
    const chunksOf = (group: number) => (rowGroups[group] as RowGroup).chunks;
    return {
      bytes,
      samples,
      // A row has no place of its own: its bytes are an equal part of its group's.
      sampleAt: (sample) => {
        const chunks = chunksOf(rowGroupOf(sample));
        const whole = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
        const rows = (rowGroups[rowGroupOf(sample)] as RowGroup).samples;
        return { offsetBytes: (chunks[0] as FileSpan).offsetBytes, bytes: Math.round(whole / rows) };
      },
      columns: (rowGroups[0]?.chunks ?? []).map(() => ({ isRead: true })),
      rowGroups: rowGroups.length,
      rowGroupOf,
      chunkAt: (group, column) => chunksOf(group)[column] as FileSpan,
      metadata: { offsetBytes: footerAt, bytes: bytes - footerAt - END_BYTES },
    };
  },
};
