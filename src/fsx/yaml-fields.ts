/** Reads data files in YAML: fields by name, each fault with its line and column. */
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { quoted } from '../base/units.js';
import { readTextFile } from '../host/system/regular-file.js';
import { describeValue, type Located, readDocument } from '../workload/document.js';
import { IssueList } from '../workload/issues.js';
import { didYouMean } from '../workload/suggest.js';

/** Reads a value, or adds what is wrong with it to `issues` and returns undefined. */
export type Reader<T> = (value: Located, name: string, issues: IssueList) => T | undefined;

/** A field of a map. A field with a `fallback` may be left out. */
export interface ReadField<T> {
  readonly read: Reader<T>;
  readonly fallback?: T;
}

export type ReadFields<T> = { readonly [Key in keyof T]: ReadField<T[Key]> };

/** A list of numbers that a person wrote needs no more. */
const MOST_BYTES = 2 ** 20;

/**
 * Reads a file of this form.
 * @throws FeedrateError `usage` with an issue and its `file:line:column` for each fault
 */
export function readDataFile<T>(path: string, read: Reader<T>): T {
  let text: string;
  try {
    text = readTextFile(path, MOST_BYTES);
  } catch (cause) {
    throw new FeedrateError('usage', `cannot read ${path}: ${systemFaultOf(cause).message}`, { cause });
  }
  return parseData(text, path, read);
}

/** Parses the text of a data file. `source` names it in messages. Throws as `readDataFile` does. */
export function parseData<T>(text: string, source: string, read: Reader<T>): T {
  const issues = new IssueList();
  try {
    const value = read(readDocument(text, source, issues), '', issues);
    issues.throwIfAny(source);
    return value as T;
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    const count = thrown.issues.length === 1 ? '1 error' : `${thrown.issues.length} errors`;
    throw new FeedrateError('usage', `${source}: the file has ${count}`, { issues: thrown.issues });
  }
}

/** Returns a reader of one value. `parse` returns undefined for a value that is not `expected`. */
export function scalar<T>(expected: string, parse: (value: unknown) => T | undefined): Reader<T> {
  return (value, name, issues) => {
    const { content, location } = value;
    const parsed = content.type === 'scalar' ? parse(content.value) : undefined;
    if (parsed === undefined) issues.add(location, `${name}: expected ${expected}, found ${describeValue(value)}`);
    return parsed;
  };
}

export const text: Reader<string> = scalar('text', (value) =>
  value === null || value === '' || typeof value === 'object' ? undefined : String(value),
);

/** A number of at least 0, multiplied by `factor`. */
export function amount(factor = 1): Reader<number> {
  return scalar('a number of at least 0', (value) =>
    typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value * factor : undefined,
  );
}

/** A number above 0, or one of these words. */
export function positiveOr<Word extends string>(word: Word): Reader<number | Word> {
  return scalar(`a number above 0, or ${word}`, (value) => {
    if (value === word) return word;
    return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : undefined;
  });
}

/** One of these words. */
export function oneOf<Word extends string>(words: readonly Word[]): Reader<Word> {
  return scalar(`one of ${words.join(', ')}`, (value) => words.find((word) => word === value));
}

/** A year, a month or a day: `2022`, `2026-05`, `2026-09-20`. */
export const date: Reader<string> = scalar('a date such as 2026-11-29', (value) => {
  const written = String(value);
  return /^\d{4}(?:-\d\d(?:-\d\d)?)?$/.test(written) && !Number.isNaN(Date.parse(written)) ? written : undefined;
});

/** A list of such items. */
export function listOf<T>(item: Reader<T>): Reader<T[]> {
  return ({ content, location }, name, issues) => {
    if (content.type === 'list') return content.items().flatMap((each) => item(each, name, issues) ?? []);
    issues.add(location, `${name}: expected a list`);
    return undefined;
  };
}

/** A list of such items, or one of them alone. */
export function oneOrMore<T>(item: Reader<T>): Reader<T[]> {
  const list = listOf(item);
  return (value, name, issues) => {
    if (value.content.type === 'list') return list(value, name, issues);
    const single = item(value, name, issues);
    return single === undefined ? undefined : [single];
  };
}

/** A map whose keys the author chooses. */
export function mapOf<T>(item: Reader<T>): Reader<ReadonlyMap<string, T>> {
  return ({ content, location }, name, issues) => {
    if (content.type !== 'map') {
      issues.add(location, `${name}: expected a map`);
      return undefined;
    }
    const entries = content.entries().flatMap(({ key, value }): [string, T][] => {
      const read = item(value, `${name}.${key}`, issues);
      return read === undefined ? [] : [[key, read]];
    });
    return new Map(entries);
  };
}

/** A map with these fields and no others. `check` returns what is wrong with the fields together, or null. */
export function fieldsOf<T extends object>(
  fields: ReadFields<T>,
  check: (value: T) => string | null = () => null,
): Reader<T> {
  const known = Object.entries(fields) as [string, ReadField<unknown>][];
  return (value, name, issues) => {
    const { content, location } = value;
    if (content.type !== 'map') {
      issues.add(location, `${name === '' ? '' : `${name}: `}expected a map, found ${describeValue(value)}`);
      return undefined;
    }
    const entries = content.entries();
    const words = known.map(([word]) => word);
    for (const { key, location: at } of entries)
      if (!words.includes(key)) issues.add(at, `${quoted(key)}: no such field${didYouMean(key, words)}`);
    let isWhole = true;
    const read = known.map(([word, { read, fallback }]): [string, unknown] => {
      const entry = entries.find(({ key }) => key === word);
      const found = entry === undefined ? fallback : read(entry.value, word, issues);
      if (entry === undefined && fallback === undefined) issues.add(location, `${word}: is missing`);
      if (found === undefined) isWhole = false;
      return [word, found];
    });
    if (!isWhole) return undefined;
    const whole = Object.fromEntries(read) as T;
    const fault = check(whole);
    if (fault !== null) issues.add(location, fault);
    return fault === null ? whole : undefined;
  };
}

/** A field that may be left out, and is null then. */
export function optional<T>(read: Reader<T>): ReadField<T | null> {
  return { read, fallback: null };
}
