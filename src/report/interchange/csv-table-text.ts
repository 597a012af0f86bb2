/** A table of runs as CSV. */
import { type Column, csvHead, csvRows } from '../../record/csv-table.js';
import type { RunTable } from './run-tables.js';

/** Returns the table in the form of the CSV files of a run directory. */
export function csvTableText({ columns, rows }: RunTable): string {
  const cells = columns.map(({ name, values }): Column<number> => ({ name, value: (row) => values[row] ?? null }));
  const indices = Array.from({ length: rows }, (_, row) => row);
  return csvHead(cells) + csvRows(cells, indices);
}
