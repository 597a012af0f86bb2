/** Messages about fields that a job does not have. */
import { DEFAULT_KIND, JOB_ROWS, JOB_WORDS, type Kind, rowsOf } from './job-fields.js';
import { didYouMean } from './suggest.js';

/** fio's options that feedrate names differently or does not have, each with advice. */
const FIO_OPTIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    bssplit: 'write the mix as bs',
    blocksize: 'write bs',
    readwrite: 'write rw',
    rwmixwrite: 'write rwmixread, the percentage of reads',
    io_limit: 'write io_size',
    buffered: 'write direct',
    invalidate: 'write cache: cold',
    directory: 'name targets on the command line with -t',
    filename: 'name targets on the command line with -t',
    openfiles: 'all files of a job are open while it runs',
    loops: 'use time_based, or io_size larger than size',
    thread: 'workers are always threads',
    group_reporting: 'workers are always reported together',
    stonewall: 'jobs always run one after the other',
    startdelay: 'jobs always run one after the other',
    unlink: 'files are always removed; those of the dataset by feedrate clean',
    buffer_compress_percentage: 'content is incompressible',
    dedupe_percentage: 'content never repeats',
    description: 'use a comment',
    filesize: 'write size, the bytes of all files of a worker, and nrfiles',
  }),
);

/** Returns what to use instead of an option of fio that feedrate lacks, or null for another word. */
export function fioAdvice(word: string): string | null {
  return FIO_OPTIONS.get(word) ?? null;
}

/** Returns a message for a word that is not a field of this kind of job (null: of any kind). */
export function unknownFieldOf(word: string, kind: Kind | null): string {
  if (word === '<<') return 'merge keys are not supported; put shared fields into defaults';
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
