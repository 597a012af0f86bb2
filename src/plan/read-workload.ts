/** Chooses the jobs of `feedrate read` from what the files are, and writes them as a workload that a user can change. */
import { formatBytes, formatDurationLabel, formatSizeLabel, formatWhole } from '../base/units.js';
import { type DataShape, fromSize, medianBin } from './size-bins.js';

/** What the workload must fit. */
export interface ReadingPlace {
  readonly cpus: number;
  /** What this process may use. */
  readonly memoryBytes: number;
  /** Most files that may be open at once. */
  readonly openFiles: number;
  readonly targets: number;
  /** The time that all trials together may take. */
  readonly runtimeNs: number;
  /** The cache state that every job claims; null: the one that suits the data. */
  readonly cache: 'cold' | 'warm' | 'as-is' | null;
}

/** `few-large`: blocks of them are read. `many-small`: they are read whole. `mixed`: both. */
export type DataKind = 'few-large' | 'many-small' | 'mixed';

/** From this size on, opening a file costs little beside reading it, so it is read in blocks. */
export const LARGE_BYTES = 8 * 2 ** 20;
/** Below this part of the bytes, large or small files do not matter to a training job … */
const TELLING_SHARE = 0.05;
/** … unless there are this many small ones: each of them costs an open. */
const TELLING_FILES = 100;

const ROUNDS = 3;
/** Shorter trials say little about storage. */
const SHORTEST_TRIAL_NS = 1e9;
/** A worker's memory, with its buffers, rounded up from what `plan/needs.ts` counts. */
const WORKER_BYTES = 48 * 2 ** 20;
/** As many as most data loaders have. */
const MOST_WORKERS = 16;

/** More files than workers can read in the time, and few enough that each trial evicts them from the cache in seconds. */
const MOST_SMALL = 100_000;
/** A job that reads blocks has all its files open. */
const MOST_LARGE = 1000;
/** Part of the open files that a process may have. */
const OPEN_SHARE = 0.5;

/** What a fast local disk does. A pass that it ends within `SHORTEST_PASS_S` is too short to be measured. */
const FAST_BYTES_PER_S = 2.5e9;
const FAST_OPEN_S = 50e-6;
const SHORTEST_PASS_S = 0.1;

/** Returns how files of these sizes are read. */
export function kindOf({ files, bytes, sizes }: DataShape): DataKind {
  const large = fromSize(sizes, LARGE_BYTES);
  const small = { files: files - large.files, bytes: bytes - large.bytes };
  const hasLarge = large.bytes > TELLING_SHARE * bytes;
  const hasSmall = small.bytes > TELLING_SHARE * bytes || small.files >= TELLING_FILES;
  if (!hasLarge) return 'many-small';
  return hasSmall ? 'mixed' : 'few-large';
}

/** One job of the workload: its question, and its fields in the words of the language. */
interface ChosenJob {
  readonly name: string;
  readonly question: string;
  readonly fields: Readonly<Record<string, string | readonly string[]>>;
}

/** The jobs for these files, and what all of them share. */
export interface Choice {
  readonly kind: DataKind;
  readonly cache: 'cold' | 'warm' | 'as-is';
  /** Whether the data is read again until the time is over, because reading it once would be too short to measure. */
  readonly repeats: boolean;
  readonly rounds: number;
  readonly runtimeNs: number;
  /** Most files to read, chosen at random; null = all. */
  readonly limit: number | null;
  readonly jobs: readonly ChosenJob[];
}

/** Chooses the jobs. The files have at least one byte together. */
export function chooseJobs(shape: DataShape, place: ReadingPlace): Choice {
  const kind = kindOf(shape);
  const workers = mostWorkers(place);
  const jobs = [
    ...(kind === 'many-small' ? [] : blockJobs(shape, workers, kind)),
    ...(kind === 'few-large' ? [] : wholeFileJobs(shape, workers, kind)),
  ];
  const trials = place.targets * jobs.reduce((sum, job) => sum + armsOf(job), 0);
  const rounds = Math.min(ROUNDS, Math.max(1, Math.floor(place.runtimeNs / (trials * SHORTEST_TRIAL_NS))));
  const tenths = Math.floor(place.runtimeNs / (rounds * trials) / 1e8);
  const cache = place.cache ?? (isShort(shape, workers) ? 'warm' : 'cold');
  return {
    kind,
    cache,
    repeats: cache !== 'cold',
    rounds,
    runtimeNs: Math.max(SHORTEST_TRIAL_NS, tenths * 1e8),
    limit: limitFor(kind, shape, place),
    jobs,
  };
}

/** Returns the most files to read, so that each trial can have them open or evict them soon; null = all. */
function limitFor(kind: DataKind, { files, sizes }: DataShape, { openFiles }: ReadingPlace): number | null {
  if (kind === 'many-small') return files > MOST_SMALL ? MOST_SMALL : null;
  const most = Math.max(1, Math.min(MOST_LARGE, Math.floor(openFiles * OPEN_SHARE)));
  const large = fromSize(sizes, LARGE_BYTES).files;
  // A choice at random keeps the share of large files.
  return large > most ? Math.max(1, Math.floor((files * most) / large)) : null;
}

/** More workers than CPUs wait for storage at the same time, as a loader's do. */
function mostWorkers({ cpus, memoryBytes }: ReadingPlace): number {
  return Math.max(1, Math.min(MOST_WORKERS, Math.max(4, 2 * cpus), Math.floor(memoryBytes / 2 / WORKER_BYTES)));
}

/** Whether one pass over the files is too short to measure, at least on a fast disk. */
function isShort({ files, bytes }: DataShape, workers: number): boolean {
  return bytes / FAST_BYTES_PER_S + (files * FAST_OPEN_S) / Math.min(workers, files) < SHORTEST_PASS_S;
}

function blockJobs({ sizes }: DataShape, most: number, kind: DataKind): ChosenJob[] {
  const workers = Math.min(most, Math.floor(fromSize(sizes, LARGE_BYTES).bytes / LARGE_BYTES));
  const all = String(workers);
  const only = kind === 'mixed' ? { min_filesize: formatSizeLabel(LARGE_BYTES) } : {};
  const mapped: ChosenJob = {
    name: 'mapped',
    question: 'And through mapped memory, as Arrow, safetensors and numpy read?',
    fields: { rw: 'randread', bs: '128KiB', ioengine: 'mmap', numjobs: all, ...only },
  };
  return [
    {
      name: 'sequential',
      question: 'How fast are the files read from beginning to end?',
      fields: { rw: 'read', bs: '1MiB', numjobs: kind === 'mixed' ? all : levels([1, workers]), ...only },
    },
    {
      name: 'random',
      question: 'How many random reads a second, as of an indexed file of samples?',
      fields: { rw: 'randread', bs: kind === 'mixed' ? '128KiB' : ['4KiB', '128KiB'], numjobs: all, ...only },
    },
    mapped,
  ];
}

function wholeFileJobs({ files, sizes }: DataShape, most: number, kind: DataKind): ChosenJob[] {
  const small = files - fromSize(sizes, LARGE_BYTES).files;
  const workers = Math.min(most, kind === 'mixed' ? small : files);
  const only = kind === 'mixed' ? { max_filesize: `${LARGE_BYTES - 1}B` } : {};
  const counts = kind === 'mixed' ? [1, workers] : [1, Math.min(4, workers), workers];
  const shuffled: ChosenJob = {
    name: 'whole-files',
    question: 'How many files a second are opened, read and closed in random order, by the number of workers?',
    fields: { kind: 'small-files', bs: '1MiB', numjobs: levels(counts), ...only },
  };
  if (kind === 'mixed') return [shuffled];
  const inOrder: ChosenJob = {
    name: 'in-order',
    question: 'And in the order of their names?',
    fields: { kind: 'small-files', bs: '1MiB', numjobs: String(workers), shuffle: 'false' },
  };
  return [shuffled, inOrder];
}

function levels(counts: readonly number[]): string | readonly string[] {
  const [first = '1', ...others] = new Set(counts.map(String));
  return others.length === 0 ? first : [first, ...others];
}

function armsOf({ fields }: ChosenJob): number {
  return Object.values(fields).reduce((product, value) => product * (typeof value === 'string' ? 1 : value.length), 1);
}

/** What the files are, and how they are read, for one file and for several. */
const KINDS: Readonly<Record<DataKind, readonly [one: string, several: string]>> = {
  'few-large': [
    'a large file; reading blocks of it, in order, at random and mapped',
    'large files; reading blocks of them, in order, at random and mapped',
  ],
  'many-small': ['a small file; reading it whole', 'small files; reading them whole'],
  mixed: ['', 'small and large files; reading files whole, and blocks of the large ones'],
};

/** Returns `1,281,167 files, 134 GiB, half of them below 128 KiB: small files; reading them whole`. */
export function choiceWords(
  { files, bytes, sizes }: DataShape,
  { kind }: Pick<Choice, 'kind'>,
  isDevice = false,
): string {
  const [, reading] = KINDS[kind][0].split('; ');
  if (isDevice) return `block device, ${formatBytes(bytes)}; ${reading}`;
  const median = medianBin(sizes)?.fromBytes ?? 0;
  const half = files < 3 ? '' : `, half of them below ${formatBytes(2 * median || 1)}`;
  const isOne = files === 1;
  const count = `${formatWhole(files)} ${isOne ? 'file' : 'files'}`;
  return `${count}, ${formatBytes(bytes)}${half}: ${KINDS[kind][isOne ? 0 : 1]}`;
}

/**
 * Returns the workload as text, with a comment for each job.
 * @param dataset the fields of the dataset, each in the syntax of YAML
 * @param comments lines at the beginning
 */
export function workloadText(
  choice: Choice,
  dataset: Readonly<Record<string, string>>,
  comments: readonly string[],
): string {
  const { cache, repeats, rounds, runtimeNs, jobs } = choice;
  const written = (value: string | readonly string[]) => (typeof value === 'string' ? value : `[${value.join(', ')}]`);
  const fields = Object.entries(dataset).map(([word, value]) => `${word}: ${value}`);
  return [
    ...comments.map((line) => `# ${line}`),
    'name: read',
    'description: Reads files that are there already',
    `trials: {rounds: ${rounds}}`,
    '',
    `dataset: {${fields.join(', ')}}`,
    '',
    'defaults:',
    `  cache: ${cache}`,
    `  runtime: ${formatDurationLabel(runtimeNs)}`,
    ...(repeats ? ['  time_based: true'] : []),
    '',
    'jobs:',
    ...jobs.flatMap(({ name, question, fields }, index) => [
      ...(index === 0 ? [] : ['']),
      `  # ${question}`,
      `  ${name}:`,
      ...Object.entries(fields).map(([word, value]) => `    ${word}: ${written(value)}`),
    ]),
    '',
  ].join('\n');
}
