import { stringify } from 'csv-stringify/sync';

export type CellValue = string | number | boolean | null;

/** One column of a table of records: its name with the unit, and the value of each row. */
export interface Column<Row> {
  readonly name: string;
  readonly value: (row: Row) => CellValue;
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
