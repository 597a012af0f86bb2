/** Reads CSV (RFC 4180) that feedrate wrote. */

/** Returns the rows of a CSV text, each with its fields by the names of the first row. Rows without fields are left out. */
export function csvRecords(text: string): Record<string, string>[] {
  const [head = [], ...rows] = rowsOf(text);
  return rows
    .filter((row) => row.length > 1 || row[0] !== '')
    .map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ''])));
}

/** A field in quotes, or one without; then what ends it. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/gy;

function rowsOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(FIELD)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    rows.push(row);
    row = [];
    if (end === '') break;
  }
  return rows;
}
