/** Reads tables in CSV (RFC 4180) that feedrate wrote. */

/** Returns these columns of a table, a record for each row. Fields that the table does not have are empty. */
export function csvRecords<Name extends string>(text: string, names: readonly Name[]): Record<Name, string>[] {
  const [head = [], ...rows] = text.includes('"') ? quotedRows(text) : plainRows(text);
  const columns = names.map((name) => [name, head.indexOf(name)] as const);
  return rows.map(
    (row) => Object.fromEntries(columns.map(([name, at]) => [name, row[at] ?? ''])) as Record<Name, string>,
  );
}

function plainRows(text: string): string[][] {
  const lines = text.split(/\r?\n/);
  return lines.filter((line) => line !== '').map((line) => line.split(','));
}

/** A field in quotes, or one without; then what ends it. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/gy;

function quotedRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(FIELD)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
    if (end === '') break;
  }
  return rows;
}
