/** Messages about fields that a job does not have. */
import { FIO_OPTIONS } from './fio-words.js';
import { DEFAULT_KIND, JOB_ROWS, JOB_WORDS, type Kind, rowsOf } from './job-fields.js';
import { didYouMean } from './suggest.js';

/** Returns a message for a word that is not a field of this kind of job (null: of any kind). */
export function unknownFieldOf(word: string, kind: Kind | null): string {
  if (kind === null && (word === 'kind' || word === 'thresholds')) {
    return `cannot be a default; ${word === 'kind' ? 'set it in each job' : 'put it at the top of the file'}`;
  }
  const instead = FIO_OPTIONS.get(word);
  if (kind !== null && JOB_WORDS.has(word)) {
    const kinds = JOB_ROWS.filter((row) => row.word === word).flatMap((row) => row.kinds);
    const mend = kind === DEFAULT_KIND && instead !== undefined ? `; ${instead}` : '';
    return `is not supported for kind: ${kind}, only for ${kinds.join(' and ')}${mend}`;
  }
  if (instead !== undefined) {
    const fits = kind === null || fieldsIn(instead).every((field) => rowsOf(kind).some((row) => row.word === field));
    return `feedrate has no such field${fits ? `; ${instead}` : ''}`;
  }
  const known = kind === null ? [...JOB_WORDS] : [...rowsOf(kind).map((row) => row.word), 'kind', 'thresholds'];
  return `no such field${didYouMean(word, known)}`;
}

/** Returns the fields of jobs that an advice names. */
function fieldsIn(advice: string): string[] {
  return [...advice.matchAll(/[a-z_]+/g)].flatMap(([word]) => (JOB_WORDS.has(word) ? [word] : []));
}
