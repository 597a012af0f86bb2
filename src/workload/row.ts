/** A row of the field table: a word, the values that it takes, and what it means. */
import type { ValueType } from './value-types.js';

/**
 * What holds when a word is not given: a value as the file would spell it; none at all, or the workload's seed, and what
 * that means; or an error.
 */
export type Fallback = { readonly written: Scalar } | Absent | Inherited | 'required';
type Scalar = string | number | boolean;
interface Absent {
  readonly absent: string;
}
interface Inherited extends Absent {
  readonly inherits: 'seed';
}

export interface Row {
  /** As spelled in the file. */
  readonly word: string;
  readonly type: ValueType<unknown>;
  readonly fallback: Fallback;
  readonly meaning: string;
  /** In the reference a new word follows the one before it in its own kind of job; or this one. */
  readonly after?: string;
}

/** A row whose value becomes a `T`. */
export interface TypedRow<T> extends Row {
  readonly type: ValueType<T>;
  /** Never set: it has the compiler refuse a row that takes only some of the values of its property. */
  readonly exact?: (value: T) => void;
}

/**
 * A row for each property of a job or section, in the order of the table. A missing row, and a row of another type than
 * its property's, do not compile.
 */
export type Rows<J> = { readonly [P in Exclude<keyof J, 'kind'>]: TypedRow<J[P]> };

/** For a word that stands for the workload's `seed` when it is not given. */
export const WORKLOAD_SEED: Inherited = { absent: 'the workload’s `seed`', inherits: 'seed' };

/**
 * A row. `fallback` is the default as the file would spell it, `'required'`, or what it means that the word is absent:
 * then the property may be null, unless it inherits.
 */
export function field<T>(
  word: string,
  type: ValueType<T>,
  fallback: Scalar | Inherited,
  meaning: string,
  after?: string,
): TypedRow<T>;
export function field<T>(
  word: string,
  type: ValueType<T>,
  fallback: Absent,
  meaning: string,
  after?: string,
): TypedRow<T | null>;
export function field<T>(
  word: string,
  type: ValueType<T>,
  fallback: Scalar | Absent | Inherited,
  meaning: string,
  after?: string,
): TypedRow<T> {
  const isComplete = typeof fallback === 'object' || fallback === 'required';
  const row = { word, type, fallback: isComplete ? (fallback as Fallback) : { written: fallback }, meaning };
  return after === undefined ? row : { ...row, after };
}
