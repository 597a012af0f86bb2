/** Reads the single values of a section by its rows. */
import { describeValue, type Entry, type Located } from './document.js';
import type { IssueList } from './issues.js';
import type { FileLocation } from './location.js';
import type { Row, Rows, TypedRow } from './row.js';
import { didYouMean } from './suggest.js';

/** The values of a section by word; null for one that is absent or faulty. */
export type Section<S> = { readonly [P in keyof S]: S[P] | null };

/** Reads the rows of a section. `missing` is the location to report for a missing field. */
export function readSection<S>(
  rows: Rows<S>,
  fields: ReadonlyMap<string, Entry>,
  missing: FileLocation,
  issues: IssueList,
): Section<S> {
  const read = (row: Row): unknown => readRow(row, fields, missing, issues);
  const values = Object.entries<Row>(rows).map(([word, row]) => [word, read(row)]);
  return Object.fromEntries(values) as Section<S>;
}

/** Returns the value of a row, its default when it is not given, or null when it is absent or faulty. */
export function readRow<T>(
  row: Pick<TypedRow<T>, keyof Row>,
  fields: ReadonlyMap<string, Entry>,
  missing: FileLocation,
  issues: IssueList,
): T | null {
  const entry = fields.get(row.word);
  if (entry) return readScalar(row, entry.value, issues);
  if (row.fallback === 'required' && !issues.hasUnread) issues.add(missing, `${row.word}: is missing`);
  if (row.fallback === 'required' || !('written' in row.fallback)) return null;
  const read = row.type.read(row.fallback.written);
  return read.ok ? read.value : null;
}

function readScalar<T>(row: Pick<TypedRow<T>, keyof Row>, { location, content }: Located, issues: IssueList): T | null {
  if (content.type === 'list' && row.type.takesList) return readList(row, content.items(), location, issues);
  if (content.type !== 'scalar') {
    issues.add(location, `${row.word}: expected one value, found ${describeValue({ location, content })}`);
    return null;
  }
  const read = content.value === null ? null : row.type.read(content.value);
  if (read?.ok) return read.value;
  issues.add(location, `${row.word}: ${read === null ? 'has no value' : read.message}`);
  return null;
}

/** Reads a list that is one value. An item that is wrong is reported in its own place. */
function readList<T>(
  row: Pick<TypedRow<T>, keyof Row>,
  items: readonly Located[],
  location: FileLocation,
  issues: IssueList,
): T | null {
  if (items.length === 0) {
    issues.add(location, `${row.word}: is an empty list; leave it out`);
    return null;
  }
  const wrong = items.filter(
    (item) => readScalar({ ...row, type: { ...row.type, takesList: false } }, item, issues) === null,
  );
  if (wrong.length > 0) return null;
  const read = row.type.read(items.map(({ content }) => (content as { readonly value: unknown }).value));
  return read.ok ? read.value : null;
}

/** Reports the fields that no row has. */
export function refuseUnknown(
  fields: ReadonlyMap<string, Entry>,
  rows: Readonly<Record<string, Row>>,
  issues: IssueList,
): void {
  const words = Object.values(rows).map(({ word }) => word);
  for (const { key, location } of fields.values()) {
    if (!words.includes(key)) issues.addUnread(location, `${key}: no such field${didYouMean(key, words)}`);
  }
}
