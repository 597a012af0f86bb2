/** What `feedrate init` writes: workloads to start from, and what it asks about each. */
import type { GivenField } from './compose.js';
import { DATASET_ROWS, TRIALS_ROWS } from './file-fields.js';
import { DEFAULT_KIND, JOB_ROWS, KIND_ROW } from './job-fields.js';
import type { Row } from './row.js';

/** A workload to start from. */
export interface Starter {
  /** What the user's training does, as an answer to a question. */
  readonly purpose: string;
  readonly dataset: Readonly<Record<string, string>>;
  readonly job: Readonly<Record<string, string>>;
  /** The words that are asked about, with the question. */
  readonly questions: Readonly<Record<string, string>>;
}

const FILES = { nrfiles: 'How many files?', filesize: 'How large is a file? A range is written 64k-256k' };
const WORKERS = { numjobs: 'How many workers at once? Commas compare numbers' };
const SHARDS = {
  shard_size: 'How many bytes does each process write or read?',
  numjobs: 'How many processes? Commas compare numbers',
};

/** The starters by the value of `--for`. */
export const STARTERS = {
  sequential: {
    purpose: 'reads large files from start to end (TFRecord, WebDataset, Parquet)',
    dataset: { nrfiles: '4', filesize: '256MiB' },
    job: { rw: 'read', bs: '1MiB', numjobs: '1,4', cache: 'cold', runtime: '5s' },
    questions: { ...FILES, ...WORKERS },
  },
  random: {
    purpose: 'reads records anywhere in large files (shuffled indexes, feature tables)',
    dataset: { nrfiles: '4', filesize: '256MiB' },
    job: { rw: 'randread', bs: '4KiB,128KiB', numjobs: '4', cache: 'direct', runtime: '5s', time_based: 'true' },
    questions: { ...FILES, bs: 'How large is a record? Commas compare sizes', ...WORKERS },
  },
  'small-files': {
    purpose: 'opens a file for each sample (JPEG folders)',
    dataset: { nrfiles: '2000', filesize: '64KiB-160KiB' },
    job: { kind: 'small-files', numjobs: '1,8', cache: 'cold', runtime: '5s' },
    questions: { ...FILES, ...WORKERS },
  },
  'checkpoint-write': {
    purpose: 'writes checkpoints',
    dataset: {},
    job: { kind: 'checkpoint-write', shard_size: '128MiB', numjobs: '1,4' },
    questions: SHARDS,
  },
  'checkpoint-restore': {
    purpose: 'reads a checkpoint when it restarts',
    dataset: {},
    job: { kind: 'checkpoint-restore', shard_size: '128MiB', numjobs: '1,4', cache: 'cold' },
    questions: SHARDS,
  },
} as const satisfies Readonly<Record<string, Starter>>;

export type StarterName = keyof typeof STARTERS;

/** Returns the row of a word in a starter's dataset or job, or undefined for a word that neither has. */
export function rowOf(starter: Pick<Starter, 'dataset' | 'job'>, word: string): Row | undefined {
  if (word in starter.dataset) return Object.values<Row>(DATASET_ROWS).find((row) => row.word === word);
  if (word === KIND_ROW.word) return KIND_ROW;
  const kind = starter.job[KIND_ROW.word] ?? DEFAULT_KIND;
  return JOB_ROWS.find((row) => row.word === word && row.kinds.some((each) => each === kind));
}

/** Returns why a text is no value of a row, or levels of it where commas are allowed; null when it is. */
export function faultIn(row: Row, text: string, levels: boolean): string | null {
  for (const level of levels ? text.split(',') : [text]) {
    const written = level.trim();
    const read = row.type.read(/^-?[0-9]+(\.[0-9]+)?$/.test(written) ? Number(written) : written);
    if (!read.ok) return read.message;
  }
  return null;
}

/** Returns fields with their meanings as comments. */
export function explained(starter: Pick<Starter, 'dataset' | 'job'>, fields: readonly GivenField[]): GivenField[] {
  return fields.map((field) => {
    const row = rowOf(starter, field.word);
    return row === undefined ? field : { ...field, comment: firstSentence(row.meaning) };
  });
}

/** The rounds of a new workload, explained. */
export const STARTER_TRIALS: readonly GivenField[] = [
  {
    word: TRIALS_ROWS.rounds.word,
    text: '5',
    comment: 'Each combination of values is measured once a round. To detect small differences, add sessions: 8.',
  },
];

/** Returns the first sentence of a meaning, without the marks of Markdown. */
function firstSentence(meaning: string): string {
  return (/^.*?[.](?= |$)/s.exec(meaning)?.[0] ?? meaning).replaceAll(/[`*]/g, '');
}
