/**
 * The types of value that a workload file holds. Each is a zod schema of its spelling (which is
 * also its part of the JSON Schema) with a reader into base units and a label for tables.
 */
import * as z from 'zod';
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
import { didYouMean } from './suggest.js';
import type { Preallocation } from './values.js';

export interface ValueType<T> {
  /** For the reference: `size`, `true or false`. */
  readonly name: string;
  readonly spelling: z.ZodType;
  read(value: unknown): Parsed<T>;
  /** The shortest exact name of a value, unique for it. */
  label(value: T): string;
}

export const fail = (message: string): { ok: false; message: string } => ({ ok: false, message });

/** Reads with a schema whose every message is complete; `convert` turns what passed into the value. */
export function typeOf<T, S>(
  name: string,
  spelling: z.ZodType<S>,
  convert: (written: S) => Parsed<T>,
  label: (value: T) => string,
): ValueType<T> {
  const read = (value: unknown): Parsed<T> => {
    const result = spelling.safeParse(value);
    return result.success ? convert(result.data) : fail(result.error.issues[0]?.message ?? 'is not valid');
  };
  return { name, spelling, read, label };
}

export type Written = string | number;

/** Before any reading of the text: a number from `min` or a text. */
export function numberOrText(min: number, name: string): z.ZodType<Written> {
  const error = (issue: { input?: unknown }): string => `${quoted(issue.input)} is not a ${name}`;
  const small = (issue: { input?: unknown }): string => `${quoted(issue.input)} is too small for a ${name}`;
  return z.union([z.number({ error }).min(min, { error: small }), z.string()], { error });
}

/** The spelling of a value typed as text with a unit, or as a bare number. */
function written(name: string, pattern: string, examples: readonly Written[]): z.ZodType<Written> {
  return numberOrText(0, name).meta({ id: name, pattern, examples });
}

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

export function size(minBytes: number, maxBytes: number): ValueType<number> {
  const read = (text: Written): Parsed<number> => within(parseSize(text), text, minBytes, maxBytes, formatSizeLabel);
  return typeOf('size', SIZE, read, formatSizeLabel);
}

export function duration(minNs: number, bareUnit: 's' | 'us' = 's'): ValueType<number> {
  const read = (text: Written): Parsed<number> =>
    within(parseDuration(text, bareUnit), text, minNs, Number.MAX_SAFE_INTEGER, formatDurationLabel);
  return typeOf(bareUnit === 's' ? 'time' : 'time (bare: µs)', DURATION, read, formatDurationLabel);
}

export function rate(): ValueType<number> {
  const label = (bytesPerSecond: number): string => `${formatSizeLabel(bytesPerSecond)}/s`;
  return typeOf('rate', RATE, (text) => within(parseRate(text), text, 1, Number.MAX_SAFE_INTEGER, label), label);
}

export function count(min: number, max: number): ValueType<number> {
  const error = (issue: { code?: string; input?: unknown }): string => {
    if (issue.code === 'too_small') return `${quoted(issue.input)} is too small; at least ${min}`;
    if (issue.code === 'too_big') return `${quoted(issue.input)} is too large; at most ${max}`;
    const isQuoted = typeof issue.input === 'string' && /^[0-9]+$/.test(issue.input);
    return `${quoted(issue.input)} is not a whole number${isQuoted ? '; write it without quotes' : ''}`;
  };
  const spelling = z.int({ error }).min(min, { error }).max(max, { error });
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min}–${max}`;
  return typeOf(range, spelling, (value) => ({ ok: true, value }), String);
}

/** true or false; fio's 1 and 0 mean the same. */
export const flag: ValueType<boolean> = typeOf(
  'true or false',
  z
    .union([z.boolean(), z.literal(0), z.literal(1)], {
      error: (issue) => `${quoted(issue.input)} is neither true nor false`,
    })
    .meta({ id: 'flag' }),
  (value) => ({ ok: true, value: Boolean(value) }),
  String,
);

/** The word that YAML reads as no value. */
const YAML_NULL = 'null';

export function choice<const T extends string>(values: readonly [T, ...T[]]): ValueType<T> {
  const error = (issue: { input?: unknown }): string =>
    `${quoted(issue.input)} is not one of ${values.join(', ')}${didYouMean(String(issue.input), values)}`;
  const words: z.ZodType<string> = z.enum(values, { error });
  // An editor's YAML reads the plain word `null` as no value; the parser of this folder keeps the word.
  const spelling = values.some((value) => value === YAML_NULL) ? words.nullable() : words;
  return typeOf(values.join(', '), spelling, (value) => ({ ok: true, value: (value ?? YAML_NULL) as T }), String);
}

export const preallocation: ValueType<Preallocation> = choice(['none', 'native', 'keep']);

/** A text of one line or more. */
export const text: ValueType<string> = typeOf(
  'text',
  z.string({ error: (issue) => `${quoted(issue.input)} is not a text; put it in quotes` }),
  (value) => ({ ok: true, value }),
  String,
);

export const NAME_PATTERN = '^[A-Za-z0-9_][A-Za-z0-9._-]*$';

/** What names a run directory or an arm, and so may not hold a slash or a space. */
export const name: ValueType<string> = typeOf(
  'name',
  z
    .string({ error: (issue) => `${quoted(issue.input)} is not a name; put it in quotes` })
    .regex(new RegExp(NAME_PATTERN), {
      error: (issue) => `${quoted(issue.input)} is not a name; use letters, digits, _ . - and begin with no . or -`,
    }),
  (value) => ({ ok: true, value }),
  String,
);
