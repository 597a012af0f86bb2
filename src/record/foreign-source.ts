/** Where the results of a run come from that another program measured. */
import type { JsonReader } from './json-reader.js';

export interface ForeignSource {
  /** With its version: `fio-3.33`. */
  readonly program: string;
  readonly files: readonly string[];
  readonly importedAt: string;
  /** What the files lack, and figures of theirs that a run has no place for: one line each. */
  readonly notes: readonly string[];
}

/** Throws `FeedrateError('store')` at the first field that is missing or has a wrong type. */
export function checkForeign(foreign: JsonReader): void {
  for (const key of ['program', 'importedAt']) foreign.at(key).text();
  for (const line of [...foreign.at('files').list(), ...foreign.at('notes').list()]) line.text();
}
