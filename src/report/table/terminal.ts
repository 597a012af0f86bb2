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
  /** Whether a comparison shows the difference of each session, and a run every ceiling. */
  readonly detail?: boolean;
  /** The arguments after `feedrate`, as typed: the next step may repeat them with an addition. */
  readonly command?: readonly string[];
}

/** Width of the narrowest cell, padding included: six characters remain visible. */
const LEAST_CELL = 8;

type Paint<Drawn> = (text: string, tone: Tone) => Drawn;

/**
 * Returns the table as lines. If it is wider than the terminal, the least important columns are left out and the last
 * line names them.
 */
export function terminalTable<Row>(
  rows: readonly Row[],
  columns: readonly ShownColumn<Row>[],
  options: TerminalOptions,
): DrawnLine[] {
  const widths = new Map(columns.map((column) => [column, widthOf(column, rows)]));
  const shown = fitting(columns, widths, options.columns);
  const paint = colorer(options.color);
  const table = new Table({
    head: shown.map(({ head }) => visibleText(head)),
    colAligns: shown.map(({ align }) => align),
    colWidths: cellWidths(shown, widths, options.columns),
    // The defaults would colour heads and borders, even in a pipe.
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push(shown.map(({ text, tone }) => paint(text(row), tone?.(row) ?? 'plain')));
  const lines = table.toString().split('\n');
  const hidden = columns.filter((column) => !shown.includes(column)).map(({ head }) => head);
  if (hidden.length > 0) lines.push(visibleText(`not shown at this width: ${hidden.join(', ')}`));
  return lines.map((line) => new DrawnLine(line));
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
