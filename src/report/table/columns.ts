/** Text in columns, for people. */
import { visibleText } from '../../base/visible-text.js';

/**
 * Returns the width of a text on a terminal. East Asian and later blocks count as wide: too narrow a line does no harm.
 */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += (character.codePointAt(0) as number) >= 0x2e80 ? 2 : 1;
  return columns;
}

/** Returns the text cut to this many terminal columns, with `…` at the end if something was cut. */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  for (const character of text) {
    if (columnsOf(kept + character) > columns - 1) break;
    kept += character;
  }
  return columns > 0 ? `${kept}…` : '';
}

/**
 * Returns the rows as lines of aligned columns, two spaces apart, with control characters made visible. There are no
 * borders, for `grep` and `cut`.
 */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const visible = rows.map((row) => row.map(visibleText));
  const widths: number[] = [];
  for (const row of visible) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, columnsOf(cell));
  }
  const padded = (cell: string, index: number): string =>
    cell + ' '.repeat((widths[index] as number) - columnsOf(cell));
  return visible.map((row) => row.map(padded).join('  ').trimEnd());
}
