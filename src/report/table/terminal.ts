import Table from 'cli-table3';
import pc from 'picocolors';
import { visibleText } from '../../base/visible-text.js';
import { columnsOf } from './columns.js';
import { DrawnLine } from './report-line.js';
import type { ShownColumn, Tone } from './shown-column.js';

/** How to draw a report for people. */
export interface TerminalOptions {
  readonly color: boolean;
  /** Width of the terminal, in characters. */
  readonly columns: number;
  /** Whether lines of prose that are wider than the terminal are broken at words. Logs and files keep long lines. */
  readonly wraps?: boolean;
  /** Whether a comparison shows the difference of each session, and a run bars, percentiles and every ceiling. */
  readonly detail?: boolean;
  /** The arguments after `feedrate`, as typed: the next step may repeat them with an addition. */
  readonly command?: readonly string[];
}

/** Width of the narrowest cell, padding included: six characters remain visible. */
const LEAST_CELL = 8;

type Paint<Drawn> = (text: string, tone: Tone) => Drawn;

/**
 * Returns the table as lines. If it is wider than the terminal, the least important columns are left out. The last line
 * names them, with the value of those that have one value in all rows.
 */
export function terminalTable<Row>(
  rows: readonly Row[],
  columns: readonly ShownColumn<Row>[],
  options: TerminalOptions,
): DrawnLine[] {
  const widths = new Map(columns.map((column) => [column, widthOf(column, rows)]));
  const shown = fitting(columns, widths, options.columns);
  const paint = colorer(options.color);
  const cells = rows.map((row) => shown.map(({ text, tone }) => paint(text(row), tone?.(row) ?? 'plain')));
  const lines = drawn(shown, cellWidths(shown, widths, options.columns), cells);
  const hidden = columns.filter((column) => !shown.includes(column)).map((column) => hiddenText(column, rows));
  if (hidden.length > 0) lines.push(visibleText(`not shown at this width: ${hidden.join(', ')}`));
  return lines.map((line) => new DrawnLine(line));
}

/** Rows that are drawn at once. The time that cli-table3 takes grows with their square. */
const ROWS_AT_ONCE = 200;

function drawn<Row>(
  columns: readonly ShownColumn<Row>[],
  colWidths: number[],
  cells: readonly (readonly string[])[],
): string[] {
  const lines: string[] = [];
  for (let start = 0; start === 0 || start < cells.length; start += ROWS_AT_ONCE) {
    const table = new Table({
      head: start === 0 ? columns.map(({ head }) => visibleText(head)) : [],
      colAligns: columns.map(({ align }) => align),
      colWidths,
      // The defaults would colour heads and borders, even in a pipe.
      style: { head: [], border: [], compact: true },
    });
    table.push(...cells.slice(start, start + ROWS_AT_ONCE).map((row) => [...row]));
    // The lower border of one part and the upper border of the next are not in the table.
    const part = table.toString().split('\n');
    lines.splice(-1, 1, ...(start === 0 ? part : part.slice(1)));
  }
  return lines;
}

/** Returns a function that draws a line in the colour of its tone, or without colour if `color` is false. */
export function painter(color: boolean): Paint<DrawnLine> {
  const paint = colorer(color);
  return (text, tone) => new DrawnLine(paint(text, tone));
}

/** The text becomes visible first, so that the only control sequences are those of the colour. */
function colorer(color: boolean): Paint<string> {
  const { green, red } = pc.createColors(color);
  const paints = { good: green, bad: red, plain: (text: string) => text };
  return (text, tone) => paints[tone](visibleText(text));
}

function widthOf<Row>(column: ShownColumn<Row>, rows: readonly Row[]): number {
  return Math.max(columnsOf(visibleText(column.head)), ...rows.map((row) => columnsOf(visibleText(column.text(row)))));
}

type Widths<Row> = ReadonlyMap<ShownColumn<Row>, number>;

/** Each column has a space on both sides and a border after it. There is one border before the first. */
function totalWidth<Row>(columns: readonly ShownColumn<Row>[], widths: Widths<Row>): number {
  return columns.reduce((sum, column) => sum + (widths.get(column) as number) + 3, 1);
}

/** Returns the columns that fit, in their order: see `ShownColumn.dropOrder`. */
function fitting<Row>(columns: readonly ShownColumn<Row>[], widths: Widths<Row>, limit: number): ShownColumn<Row>[] {
  const orders = [...new Set(columns.map(({ dropOrder }) => dropOrder))].sort((a, b) => a - b);
  let kept = new Set<number>();
  for (const order of orders) {
    const more = new Set([...kept, order]);
    const shown = columns.filter(({ dropOrder }) => more.has(dropOrder));
    if (order === 0 || totalWidth(shown, widths) <= limit) kept = more;
  }
  return columns.filter(({ dropOrder }) => kept.has(dropOrder));
}

/** Returns the head of a column that is left out, with its value if all rows have the same: `n (5)`. */
function hiddenText<Row>({ head, text }: ShownColumn<Row>, rows: readonly Row[]): string {
  const [only = '', ...others] = new Set(rows.map(text));
  return others.length === 0 && /[\p{L}\p{N}]/u.test(only) ? `${head} (${only})` : head;
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
