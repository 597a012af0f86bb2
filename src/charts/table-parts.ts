/** What the tables of all kinds of chart are made of. */
import { visibleText } from '../base/visible-text.js';

export interface ChartTable {
  readonly caption: string;
  readonly columns: readonly { readonly head: string; readonly align: 'left' | 'right' }[];
  readonly rows: readonly { readonly cells: readonly string[]; readonly arm?: string }[];
  /** A sentence on what is left out; absent: nothing. */
  readonly note?: string;
}

/** Longer tables are thinned. */
export const MAX_ROWS = 400;
const MAX_OBSERVATIONS = 12;

type ChartTableRow = ChartTable['rows'][number];

/** Returns a row whose texts show their control characters. */
export function row(cells: readonly string[], arm?: string): ChartTableRow {
  const shown = cells.map(visibleText);
  return arm === undefined ? { cells: shown } : { cells: shown, arm };
}

/** Returns the head of a column of texts. */
export function left(head: string): ChartTable['columns'][number] {
  return { head: visibleText(head), align: 'left' };
}

/** Returns the head of a column of numbers. */
export function right(head: string): ChartTable['columns'][number] {
  return { head: visibleText(head), align: 'right' };
}

/** Returns the single observations of a value: all of them, or how many there are and where they end. */
export function observations(dots: readonly number[], text: (value: number) => string): string {
  if (dots.length <= MAX_OBSERVATIONS) return dots.map(text).join('; ');
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const dot of dots) [low, high] = [Math.min(low, dot), Math.max(high, dot)];
  return `${dots.length} from ${text(low)} to ${text(high)}`;
}

/** A column that appears if a row has something in it. */
export interface OptionalColumn<T> {
  readonly column: ChartTable['columns'][number];
  readonly cell: (item: T) => string | undefined;
}

/** Returns the columns that have content, with the rows. */
export function tableOf<T>(
  caption: string,
  columns: readonly OptionalColumn<T>[],
  items: readonly T[],
  armOf: (item: T) => string | undefined,
): ChartTable {
  const cells = items.map((item) => columns.map(({ cell }) => cell(item)));
  const used = columns.map(
    (_, index) => index === 0 || items.length === 0 || cells.some((line) => line[index] !== undefined),
  );
  return {
    caption: visibleText(caption),
    columns: columns.filter((_, index) => used[index]).map(({ column }) => column),
    rows: cells.map((line, index) =>
      row(
        line.filter((_, at) => used[at]).map((cell) => cell ?? ''),
        armOf(items[index] as T),
      ),
    ),
  };
}
