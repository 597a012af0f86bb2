/**
 * The types of values in a workload file. Each has a reader into base units, a label for tables, and a zod schema of its
 * spelling for the JSON Schema. Reading does not use zod, whose modules take 100 ms to load. A test checks that both
 * accept the same values.
 */
import type { ZodType } from 'zod';
import {
  DURATION_PATTERN,
  formatDurationLabel,
  formatSizeLabel,
  type Parsed,
  parseDuration,
  parseRate,
  parseSize,
  quoted,
  RATE_PATTERN,
  SIZE_PATTERN,
} from '../base/units.js';
import { compileGlob } from './globs.js';
import { didYouMean } from './suggest.js';
import type { Preallocation } from './values.js';

/** Builds a schema with zod, which the caller loads. Always returns the same schema, because its `id` must be unique. */
export type Spelling = (zod: typeof import('zod')) => ZodType;

function once(build: Spelling): Spelling {
  let built: ZodType | undefined;
  return (zod) => {
    built ??= build(zod);
    return built;
  };
}

export interface ValueType<T> {
  /** The name in the reference: `size`, `true or false`. */
  readonly name: string;
  readonly spelling: Spelling;
  /** Whether a list of values is one value of this type. */
  readonly takesList?: boolean;
  /** Whether a map of names and single values is one value of this type. */
  readonly takesMap?: boolean;
  read(value: unknown): Parsed<T>;
  /** Returns the shortest exact and unique name of a value. */
  label(value: T): string;
  /** How tables for programs hold the value. Absent: as its label. */
  readonly column?: ColumnForm<T>;
  /** All values, if they are few words. */
  readonly choices?: readonly string[];
}

/** A value as a number in its base unit, or as true or false. */
export interface ColumnForm<T> {
  /** Follows the word in the name of the column: `_bytes`. Empty for counts and truth values, which have no unit. */
  readonly unit: '' | '_bytes' | '_ns' | '_bytes_per_s';
  /** Returns null for a value that is no single number. */
  of(value: T): number | boolean | null;
}

const plain = (unit: ColumnForm<number>['unit']): ColumnForm<number> => ({ unit, of: (value) => value });

export const fail = (message: string): { ok: false; message: string } => ({ ok: false, message });

/** Returns a message for a value of the wrong type, or null when `convert` can convert it. */
export type ValueCheck = (value: unknown) => string | null;

/** Returns a type. `check` rejects the same values as `spelling`; `convert` converts the others. */
export function typeOf<T, S>(
  name: string,
  { spelling, check }: { readonly spelling: Spelling; readonly check: ValueCheck },
  convert: (written: S) => Parsed<T>,
  label: (value: T) => string,
  column?: ColumnForm<T>,
): ValueType<T> {
  const read = (value: unknown): Parsed<T> => {
    const wrong = check(value);
    return wrong === null ? convert(value as S) : fail(wrong);
  };
  return { name, spelling: once(spelling), read, label, ...(column && { column }) };
}

export type Written = string | number;

/** Returns the schema and check for a number of at least `min` or any text. `meta` is for the JSON Schema. */
export function numberOrText(
  min: number,
  name: string,
  meta: { readonly id: string; readonly pattern: string; readonly examples: readonly Written[] },
): { readonly spelling: Spelling; readonly check: ValueCheck } {
  const check = (value: unknown): string | null => {
    if (typeof value === 'string') return null;
    if (!Number.isFinite(value)) return `${quoted(value)} is not a ${name}`;
    return (value as number) < min ? `${quoted(value)} is too small for a ${name}` : null;
  };
  return { spelling: once((z) => z.union([z.number().min(min), z.string()]).meta({ ...meta })), check };
}

/** Returns the schema and check for text with a unit or a plain number. */
const written = (name: string, pattern: string, examples: readonly Written[]) =>
  numberOrText(0, name, { id: name, pattern, examples });

const SIZE = written('size', SIZE_PATTERN, ['4k', '1MiB', '1.5GiB', '1MB', 4096]);
const DURATION = written('time', DURATION_PATTERN, ['10s', '500ms', '2m', 10]);
const RATE = written('rate', RATE_PATTERN, ['100MiB/s', '1GB/s', '100m']);

function within(
  parsed: Parsed<number>,
  given: unknown,
  min: number,
  max: number,
  label: (n: number) => string,
): Parsed<number> {
  if (!parsed.ok) return parsed;
  if (parsed.value < min) return fail(`${quoted(given)} is too small; at least ${label(min)}`);
  return parsed.value > max ? fail(`${quoted(given)} is too large; at most ${label(max)}`) : parsed;
}

const isPercentage = (spelled: Written): boolean => String(spelled).trim().endsWith('%');

export function size(minBytes: number, maxBytes: number): ValueType<number> {
  const read = (text: Written): Parsed<number> =>
    isPercentage(text)
      ? fail(`${quoted(text)} is a percentage, which only size and io_size take; write a size, such as 1GiB`)
      : within(parseSize(text), text, minBytes, maxBytes, formatSizeLabel);
  return typeOf('size', SIZE, read, formatSizeLabel, plain('_bytes'));
}

export function duration(minNs: number, bareUnit: 's' | 'us' = 's'): ValueType<number> {
  const read = (text: Written): Parsed<number> =>
    within(parseDuration(text, bareUnit), text, minNs, Number.MAX_SAFE_INTEGER, formatDurationLabel);
  const name = bareUnit === 's' ? 'time' : 'time (without a unit: µs)';
  return typeOf(name, DURATION, read, formatDurationLabel, plain('_ns'));
}

export function rate(): ValueType<number> {
  const label = (bytesPerSecond: number): string => `${formatSizeLabel(bytesPerSecond)}/s`;
  return typeOf(
    'rate',
    RATE,
    (text: Written) => within(parseRate(text), text, 1, Number.MAX_SAFE_INTEGER, label),
    label,
    plain('_bytes_per_s'),
  );
}

export function count(min: number, max: number): ValueType<number> {
  const check = (value: unknown): string | null => {
    if (!Number.isInteger(value)) {
      const isQuoted = typeof value === 'string' && /^[0-9]+$/.test(value);
      return `${quoted(value)} is not a whole number${isQuoted ? '; write it without quotes' : ''}`;
    }
    if ((value as number) < min) return `${quoted(value)} is too small; at least ${min}`;
    return (value as number) > max ? `${quoted(value)} is too large; at most ${max}` : null;
  };
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min}–${max}`;
  return typeOf(
    range,
    { spelling: (z) => z.int().min(min).max(max), check },
    (value: number) => ({ ok: true, value }),
    String,
    plain(''),
  );
}

/** true or false, or fio's 1 and 0. */
export const flag: ValueType<boolean> = {
  choices: ['true', 'false'],
  ...typeOf(
    'true or false',
    {
      spelling: (z) => z.union([z.boolean(), z.literal(0), z.literal(1)]).meta({ id: 'flag' }),
      check: (value) =>
        typeof value === 'boolean' || value === 0 || value === 1 ? null : `${quoted(value)} is neither true nor false`,
    },
    (value: boolean | number) => ({ ok: true, value: Boolean(value) }),
    String,
    { unit: '', of: (value) => value },
  ),
};

/** The word that YAML reads as no value. */
const YAML_NULL = 'null';

/** @param others advice on words that are none of the values, but are elsewhere */
export function choice<const T extends string>(
  values: readonly [T, ...T[]],
  others: Readonly<Record<string, string>> = {},
): ValueType<T> {
  // An editor's YAML parser reads the word `null` as no value. feedrate's parser keeps the word.
  const hasNull = values.some((value) => value === YAML_NULL);
  const check = (value: unknown): string | null =>
    (hasNull && value === null) || values.some((known) => known === value)
      ? null
      : `${quoted(value)} is not one of ${values.join(', ')}${adviceOn(String(value))}`;
  const adviceOn = (word: string): string => {
    const advice = Object.hasOwn(others, word) ? others[word] : undefined;
    return advice === undefined ? didYouMean(word, values) : `; ${advice}`;
  };
  const spelling: Spelling = (z) => (hasNull ? z.enum(values).nullable() : z.enum(values));
  const type = typeOf(
    values.join(', '),
    { spelling, check },
    (value: T | null) => ({ ok: true, value: value ?? (YAML_NULL as T) }),
    String,
  );
  return { ...type, choices: values };
}

export const preallocation: ValueType<Preallocation> = choice(['none', 'native', 'keep']);

const isText =
  (wrong: string): ValueCheck =>
  (value) =>
    typeof value === 'string' ? null : `${quoted(value)} ${wrong}`;

/** Text of one or more lines. */
export const text: ValueType<string> = typeOf(
  'text',
  { spelling: (z) => z.string(), check: isText('is not text; put it in quotes') },
  (value: string) => ({ ok: true, value }),
  String,
);

/** A path as the system has it: nothing but NUL is impossible in it. */
export const path: ValueType<string> = typeOf(
  'path',
  { spelling: (z) => z.string().min(1), check: isText('is not a path; put it in quotes') },
  (value: string) => {
    if (value === '') return fail('is empty; write the path of a directory or file');
    return value.includes('\0') ? fail(`${quoted(value)} contains a NUL character`) : { ok: true, value };
  },
  String,
);

/** One pattern of paths, or a list of them. */
export const globs: ValueType<readonly string[]> = {
  ...typeOf(
    'pattern, or list of patterns',
    {
      spelling: (z) => z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
      check: (value) => {
        const wrong = [value].flat().find((each) => typeof each !== 'string');
        return wrong === undefined ? null : `${quoted(wrong)} is not a pattern; put it in quotes`;
      },
    },
    (written: string | readonly string[]) => {
      const patterns = [written].flat();
      for (const pattern of patterns) {
        const compiled = compileGlob(pattern);
        if (!compiled.ok) return compiled;
      }
      return { ok: true, value: patterns };
    },
    (patterns) => patterns.join(' '),
  ),
  takesList: true,
};

export const NAME_PATTERN = '^[A-Za-z0-9_][A-Za-z0-9._-]*$';

/** The name of a run directory or an arm, without slashes or spaces. */
export const name: ValueType<string> = typeOf(
  'name',
  {
    spelling: (z) => z.string().regex(new RegExp(NAME_PATTERN)),
    check: isText('is not a name; put it in quotes'),
  },
  (value: string) =>
    new RegExp(NAME_PATTERN).test(value)
      ? { ok: true, value }
      : fail(`${quoted(value)} is not a valid name; use letters, digits, _ . and -, and do not begin with . or -`),
  String,
);

const NO_JOB = 'none';

/** The name of a job, or `none`, which is null. */
export const jobName: ValueType<string | null> = {
  ...name,
  name: 'job name or none',
  read: (value) => (value === NO_JOB ? { ok: true, value: null } : name.read(value)),
  label: (value) => value ?? NO_JOB,
};
