import Table from 'cli-table3';
import pc from 'picocolors';
import { columnsOf } from './columns.js';
import type { ShownColumn, Tone } from './shown-column.js';

/** How to draw a report for people. */
export interface TerminalOptions {
  readonly color: boolean;
  /** Width of the terminal, in characters. */
  readonly columns: number;
  /** Whether lines of prose that are wider than the terminal are broken at words. Logs and files keep long lines. */
  readonly wraps?: boolean;
}

/** Width of the narrowest cell, padding included: six characters remain visible. */
const LEAST_CELL = 8;

type Paint = (text: string, tone: Tone) => string;

/**
 * Returns the table as lines. If it is wider than the terminal, the least important columns are left out and the last
 * line names them.
 */
export function terminalTable<Row>(
  rows: readonly Row[],
  columns: readonly ShownColumn<Row>[],
  options: TerminalOptions,
): string[] {
  const widths = new Map(columns.map((column) => [column, widthOf(column, rows)]));
  const shown = fitting(columns, widths, options.columns);
  const paint = painter(options.color);
  const table = new Table({
    head: shown.map(({ head }) => head),
    colAligns: shown.map(({ align }) => align),
    colWidths: cellWidths(shown, widths, options.columns),
    // The defaults would colour heads and borders, even in a pipe.
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push(shown.map(({ text, tone }) => paint(text(row), tone?.(row) ?? 'plain')));
  const lines = table.toString().split('\n');
  const hidden = columns.filter((column) => !shown.includes(column)).map(({ head }) => head);
  if (hidden.length > 0) lines.push(`not shown at this width: ${hidden.join(', ')}`);
  return lines;
}

/** Returns a function that colours text by its tone, or leaves it unchanged if `color` is false. */
export function painter(color: boolean): Paint {
  const { green, red } = pc.createColors(color);
  return (text, tone) => (tone === 'good' ? green(text) : tone === 'bad' ? red(text) : text);
}

function widthOf<Row>(column: ShownColumn<Row>, rows: readonly Row[]): number {
  return Math.max(columnsOf(column.head), ...rows.map((row) => columnsOf(column.text(row))));
}

type Widths<Row> = ReadonlyMap<ShownColumn<Row>, number>;

/** Each column has a space on both sides and a border after it. There is one border before the first. */
function totalWidth<Row>(columns: readonly ShownColumn<Row>[], widths: Widths<Row>): number {
  return columns.reduce((sum, column) => sum + (widths.get(column) as number) + 3, 1);
}

function fitting<Row>(columns: readonly ShownColumn<Row>[], widths: Widths<Row>, limit: number): ShownColumn<Row>[] {
  let shown = [...columns];
  while (totalWidth(shown, widths) > limit) {
    const order = Math.max(...shown.map((column) => column.dropOrder));
    if (order === 0) break;
    const last = shown.findLast((column) => column.dropOrder === order);
    shown = shown.filter((column) => column !== last);
  }
  return shown;
}

/**
 * Returns the cell widths for cli-table3, padding included. If the table is still too wide, the widest columns are cut.
 */
function cellWidths<Row>(shown: readonly ShownColumn<Row>[], widths: Widths<Row>, limit: number): number[] {
  const cells = shown.map((column) => (widths.get(column) as number) + 2);
  for (let excess = totalWidth(shown, widths) - limit; excess > 0; excess--) {
    const widest = Math.max(...cells);
    if (widest <= LEAST_CELL) break;
    cells[cells.indexOf(widest)] = widest - 1;
  }
  return cells;
}
