import { stringify } from 'csv-stringify/sync';

export type CellValue = string | number | boolean | null;

/** One column of a table of records: its name with the unit, and the value of each row. */
export interface Column<Row> {
  readonly name: string;
  readonly value: (row: Row) => CellValue;
  /** Whether the table has the column even if it has no value. Only for texts: readers guess a type from values. */
  readonly isKept?: boolean;
}

/**
 * Returns the columns that have a value in some row, and those that are always kept. An empty column would have another
 * type in each file: readers such as DuckDB take it for text, and then turn the numbers of other files into text.
 */
export function filledColumns<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Column<Row>[] {
  return columns.filter((column) => column.isKept || rows.some((row) => isValue(column.value(row))));
}

function isValue(value: CellValue): boolean {
  return value !== null && value !== '' && !Number.isNaN(value);
}

/** Returns the header line of a CSV table. */
export function csvHead<Row>(columns: readonly Column<Row>[]): string {
  return csvLines([columns.map((column) => column.name)]);
}

/** Returns the rows of a CSV table, each with a line break. */
export function csvRows<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return csvLines(rows.map((row) => columns.map((column) => column.value(row))));
}

/**
 * RFC 4180 with `\n`. Numbers are written in full, null and NaN as empty fields, booleans as `true` and `false`. Texts
 * that a spreadsheet would read as a formula get a leading apostrophe.
 */
function csvLines(rows: readonly (readonly CellValue[])[]): string {
  if (rows.length === 0) return '';
  return stringify(rows as CellValue[][], {
    delimiter: ',',
    quote: '"',
    record_delimiter: '\n',
    // Many readers end a line at a lone carriage return, but it is not quoted by default.
    quoted_match: /\r/,
    escape_formulas: true,
    cast: {
      number: (value) => (Number.isNaN(value) ? '' : String(value)),
      boolean: (value) => String(value),
    },
  });
}
