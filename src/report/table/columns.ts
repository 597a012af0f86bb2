/** Text in columns, for people. */

/** Columns that a text takes on a terminal. East Asian and later blocks are taken for wide: a line too short is no harm. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += (character.codePointAt(0) as number) >= 0x2e80 ? 2 : 1;
  return columns;
}

/** The text, cut to so many columns, with `…` where something is missing. */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  for (const character of text) {
    if (columnsOf(kept + character) > columns - 1) break;
    kept += character;
  }
  return columns > 0 ? `${kept}…` : '';
}

/** Rows as lines, each column as wide as its widest cell and two spaces from the next. No borders: easy to grep and cut. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, columnsOf(cell));
  }
  const padded = (cell: string, index: number): string =>
    cell + ' '.repeat((widths[index] as number) - columnsOf(cell));
  return rows.map((row) => row.map(padded).join('  ').trimEnd());
}
