/**
 * The table of job fields, collected from the kinds of job. The parser, the JSON Schema and the reference are generated
 * from it. Field names are fio's wherever fio has one.
 */
import type { AnyJobKind } from './jobs/job-kind.js';
import { JOB_KINDS, type Job, type Kind } from './jobs/registry.js';
import type { Row } from './row.js';
import { field } from './row.js';
import type { PropertyOf } from './rules.js';
import { choice } from './value-types.js';

export type { Kind } from './jobs/registry.js';

/** A property of some kind of job. */
export type Property = PropertyOf<Job>;

/** A field of a job. A word may have several rows, one for each kind that defines it differently. */
export interface JobRow extends Row {
  readonly property: Property;
  readonly kinds: readonly Kind[];
}

export const KINDS = Object.keys(JOB_KINDS) as [Kind, ...Kind[]];
/** The default kind: fio's. */
export const DEFAULT_KIND: Kind = 'io';

/** Returns a kind as parser, schema and reference use it. */
export function jobKind(kind: Kind): AnyJobKind {
  return JOB_KINDS[kind];
}

export const KIND_ROW = field(
  'kind',
  choice(KINDS),
  DEFAULT_KIND,
  `What the job does: ${KINDS.map((kind) => `\`${kind}\` ${jobKind(kind).meaning}`).join('; ')}.`,
);

const jobRows: ReadonlyMap<Row, JobRow> = collectRows();

/** Returns each row of the kinds once, with all kinds that refer to it. */
function collectRows(): Map<Row, JobRow> {
  const found = new Map<Row, JobRow & { readonly kinds: Kind[] }>();
  for (const kind of KINDS) {
    for (const [property, row] of Object.entries(jobKind(kind).rows) as [Property, Row][]) {
      const known = found.get(row);
      if (known === undefined) found.set(row, { ...row, property, kinds: [kind] });
      else known.kinds.push(kind);
    }
  }
  return found;
}

/** Returns the words of all kinds in the order of the reference. A new word follows the one before it in its own kind. */
function wordsInOrder(): string[] {
  const words: string[] = [];
  for (const kind of KINDS) {
    let before: string | undefined;
    for (const row of Object.values(jobKind(kind).rows)) {
      if (!words.includes(row.word)) words.splice(words.indexOf(row.after ?? before ?? '') + 1, 0, row.word);
      before = row.word;
    }
  }
  return words;
}

/** Every word that is a field of some kind of job. */
export const JOB_WORDS: ReadonlySet<string> = new Set(wordsInOrder());

/** The whole table, in the order of the reference. */
export const JOB_ROWS: readonly JobRow[] = [...JOB_WORDS].flatMap((word) =>
  [...jobRows.values()].filter((row) => row.word === word),
);

/** Returns the rows of one kind of job, in its own order. */
export function rowsOf(kind: Kind): readonly JobRow[] {
  return Object.values(jobKind(kind).rows).map((row) => jobRows.get(row) as JobRow);
}
