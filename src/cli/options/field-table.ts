/** The fields of jobs as options of the command line. Loaded only when an option may be one of them. */

import { FIO_OPTIONS } from '../../workload/fio-words.js';
import { JOB_ROWS, JOB_WORDS, KIND_ROW, KINDS } from '../../workload/job-fields.js';
import { flag } from '../../workload/value-types.js';

/** A field of a job as an option. */
export interface FieldOfTable {
  readonly word: string;
  readonly meaning: string;
  /** True or false. Without a value it is true. */
  readonly isFlag: boolean;
  /** The kinds of job that have it; absent: every job. */
  readonly kinds?: readonly string[];
}

/** What the options for fields are made from. */
export interface FieldTable {
  readonly fields: readonly FieldOfTable[];
  /** All kinds of job, in the order of the reference. */
  readonly kinds: readonly string[];
  /** Returns what to use instead of an option of fio that feedrate lacks, or null for another word. */
  readonly advice: (word: string) => string | null;
}

/** The kind of a job, then all fields of all kinds in the order of the reference. */
export const FIELD_TABLE: FieldTable = {
  fields: [{ word: KIND_ROW.word, meaning: KIND_ROW.meaning, isFlag: false }, ...[...JOB_WORDS].map(fieldOf)],
  kinds: KINDS,
  advice: (word) => FIO_OPTIONS.get(word) ?? null,
};

function fieldOf(word: string): FieldOfTable {
  const rows = JOB_ROWS.filter((row) => row.word === word);
  const kinds = KINDS.filter((kind) => rows.some((row) => row.kinds.includes(kind)));
  return { word, meaning: rows[0]?.meaning ?? '', isFlag: rows.every(({ type }) => type === flag), kinds };
}
