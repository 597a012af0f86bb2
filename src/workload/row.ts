import type { ValueType } from './value-types.js';

/** What holds when a word is not given: a value as the file would spell it, none at all (and what that means), or an error. */
export type Fallback = { readonly written: string | number | boolean } | { readonly absent: string } | 'required';

export interface Row {
  /** As spelled in the file. */
  readonly word: string;
  readonly type: ValueType<unknown>;
  readonly fallback: Fallback;
  readonly meaning: string;
}
