/** A row of the field table: a word, its type and its meaning. */
import type { ValueType } from './value-types.js';

/**
 * The value of a field that is not given: a default as the file would spell it; no value, or the workload's seed, with the
 * meaning of its absence; or an error.
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
  /** The word that this one follows in the reference. Default: the word before it in its own kind of job. */
  readonly after?: string;
}

/** A row whose value becomes a `T`. */
export interface TypedRow<T> extends Row {
  readonly type: ValueType<T>;
  /** Never set. It makes the compiler reject a row that allows only some of the values of its property. */
  readonly exact?: (value: T) => void;
}

/**
 * A row for each property of a job or section, in the order of the table. A missing row, or a row whose type differs from
 * its property's, does not compile. `kind` chooses the table, and `part` is set by the plan.
 */
export type Rows<J> = { readonly [P in Exclude<keyof J, 'kind' | 'part'>]-?: TypedRow<J[P]> };

/** The fallback of a field that defaults to the workload's `seed`. */
export const WORKLOAD_SEED: Inherited = { absent: 'the workload’s `seed`', inherits: 'seed' };

/**
 * Returns a row. `fallback` is the default as the file would spell it, `'required'`, or the meaning of an absent word. With
 * the latter the property may be null, unless it inherits.
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
