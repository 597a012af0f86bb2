/** A table of runs as Parquet. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { CellValue } from '../../record/csv-table.js';
import type { RunTable, TypedColumn } from './run-tables.js';

type ParquetColumn = Parameters<typeof parquetWriteBuffer>[0]['columnData'][number];

/** Columns that hold whole numbers in every run: places in the plan, settings and counts of operations. */
const WHOLE = /^(?:session|round|place|rank|fileset|numjobs|iodepth|threads_per_job|count|trials_.+|.+_count)$/;
/** A moment, as records have it. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/**
 * Returns the file. Other numbers are DOUBLE even where all of them are whole, so that a column has one type in every file.
 * @param about a line about the content, in the metadata of the file
 */
export function parquetTable({ columns, rows }: RunTable, about: string): Uint8Array {
  const buffer = parquetWriteBuffer({
    columnData: columns.map(parquetColumn),
    rowGroupSize: Math.max(rows, 1) > ROWS_MOST ? ROWS_MOST : Math.max(rows, 1),
    kvMetadata: [{ key: 'feedrate', value: about }],
    createdBy: 'feedrate',
  });
  return new Uint8Array(buffer);
}

const ROWS_MOST = 100_000;

function parquetColumn({ name, values }: TypedColumn): ParquetColumn {
  const present = values.filter((value) => value !== null);
  const are = (type: string): boolean => present.length > 0 && present.every((value) => typeof value === type);
  const column = (type: 'BOOLEAN' | 'INT64' | 'DOUBLE' | 'STRING' | 'TIMESTAMP', of: (value: never) => unknown) => ({
    name,
    type,
    nullable: true,
    data: values.map((value) => (value === null ? null : of(value as never))),
  });
  if (are('boolean')) return column('BOOLEAN', (value) => value);
  if (are('number')) {
    const isWhole = WHOLE.test(name) && present.every(Number.isSafeInteger);
    if (isWhole) return column('INT64', (value: number) => BigInt(value));
    return column('DOUBLE', (value: number) => value);
  }
  if (name.endsWith('_at') && present.length > 0 && present.every(isMoment))
    return column('TIMESTAMP', (value: string) => new Date(value));
  return column('STRING', (value: CellValue) => String(value));
}

function isMoment(value: CellValue): boolean {
  return typeof value === 'string' && MOMENT.test(value);
}
