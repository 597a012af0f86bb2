/** The part of the field table outside the jobs. */
import { type SizeRange, sizeRange } from './composite-types.js';
import { field, type Rows, WORKLOAD_SEED } from './row.js';
import { choice, count, flag, globs, name, path, preallocation, text } from './value-types.js';
import type { Preallocation, RoundOrder } from './values.js';

const ANY_INTEGER = Number.MAX_SAFE_INTEGER;

/** The single values at the top of a file, by word. */
export interface HeadFields {
  readonly name: string;
  readonly description: string;
  readonly seed: number;
}

export const HEAD_ROWS: Rows<HeadFields> = {
  name: field('name', name, 'required', 'Name of the workload. It is part of the name of the run directory.'),
  description: field('description', text, '', 'Purpose of the workload, in one sentence.'),
  seed: field('seed', count(0, ANY_INTEGER), 42, 'Seed for everything random in the run.'),
};

/** The section `trials`, by word. */
export interface TrialsFields {
  readonly sessions: number;
  readonly rounds: number;
  readonly warmup: number;
  readonly filesets: number | null;
  readonly order: RoundOrder;
}

export const TRIALS_ROWS: Rows<TrialsFields> = {
  sessions: field(
    'sessions',
    count(1, 1000),
    1,
    'Number of sessions. Each one is a new process and uses a different file set than the previous one.',
  ),
  rounds: field('rounds', count(1, 10_000), 5, 'Measured rounds per session. Each round runs every arm once.'),
  warmup: field(
    'warmup',
    count(0, 1000),
    0,
    'Additional rounds at the start of each session. They are recorded but not counted.',
  ),
  filesets: field(
    'filesets',
    count(1, 1000),
    { absent: '`1` with one session or files that exist, else `2`' },
    'Number of sets of data files, because the position of a file on the storage can make it fast or slow. The sets are equal in size and differ in position and content. Sessions and targets alternate between them. Each set takes the full space, except that files which exist are divided among the sets. Use a divisor of `sessions` for balance.',
  ),
  order: field(
    'order',
    choice(['shuffled', 'abba', 'read-once', 'listed']),
    'shuffled',
    'Order of the arms. `shuffled` shuffles each round. `abba` shuffles every second round and reverses it in the next one, so that linear drift cancels out in each pair of rounds. Use an even number of `rounds` with it. `read-once` is for storage that moves what is read between tiers: in each session, jobs that read sequentially come before all others, and every trial reads files of its own, which takes the full space for each trial of a target. `listed` keeps the order of the file in every round, for jobs that belong together; then drift favors some of them.',
  ),
};

/** The section `dataset` of generated files, by word. */
export interface DatasetFields {
  readonly nrfiles: number;
  readonly filesize: SizeRange;
  readonly seed: number;
  readonly fallocate: Preallocation;
}

export const DATASET_ROWS: Rows<DatasetFields> = {
  nrfiles: field('nrfiles', count(1, 10_000_000), 1, 'Number of files.'),
  filesize: field(
    'filesize',
    sizeRange(0),
    'required',
    'Bytes per file. `64k-256k` chooses each size uniformly from that range. Only `small-files` can read empty files.',
  ),
  seed: field('seed', count(0, ANY_INTEGER), WORKLOAD_SEED, 'Seed for content and sizes.'),
  fallocate: field(
    'fallocate',
    preallocation,
    'none',
    'Preallocation of each file before it is written: `native` uses fallocate(2), `keep` does so without changing the file size.',
  ),
};

/** The section `dataset` of a trace, by word. The words for files that exist may follow. */
export interface TracedFields {
  readonly trace: string;
  readonly seed: number;
}

export const TRACED_ROWS: Rows<TracedFields> = {
  trace: field(
    'trace',
    path,
    'required',
    'Trace of a program, made by `record` or `import trace`, which a job of `kind: replay` replays. It is relative to the workload file, or absolute. Files of the same sizes are generated. With `path`, your own files are read instead, and only read.',
  ),
  seed: field('seed', count(0, ANY_INTEGER), WORKLOAD_SEED, 'Seed for the content of the files.'),
};

/** The section `dataset` of files that exist, by word. */
export interface ExistingFields {
  readonly path: string | null;
  readonly manifest: string | null;
  readonly include: readonly string[] | null;
  readonly exclude: readonly string[] | null;
  readonly follow: boolean;
  readonly limit: number | null;
  readonly seed: number;
}

export const EXISTING_ROWS: Rows<ExistingFields> = {
  path: field(
    'path',
    path,
    { absent: 'the target itself, with `manifest`' },
    'Directory, file or block device to read: relative to each target, or absolute below it. Nothing there is created, changed or removed.',
  ),
  manifest: field(
    'manifest',
    path,
    { absent: 'everything below `path`' },
    'File that lists the files to read: paths relative to `path`, one a line or each ended by a NUL character. It is relative to each target, or absolute anywhere.',
  ),
  include: field(
    'include',
    globs,
    { absent: 'all files' },
    'Pattern, or list of patterns, of files to read, relative to `path`: `**/*.jpeg`. `**` stands for any directories, `*` and `?` for characters of a name. `[a-z]`, `{a,b}` and `{000..146}` work as in a shell.',
  ),
  exclude: field(
    'exclude',
    globs,
    { absent: 'none' },
    'Pattern, or list of patterns, of files and directories to leave out.',
  ),
  follow: field('follow', flag, false, 'Follow symbolic links. By default, they are left out and counted.'),
  limit: field(
    'limit',
    count(1, 10_000_000),
    { absent: 'all files' },
    'Most files to read. They are chosen at random by `seed` and path, so that copies of the same data give the same files.',
  ),
  seed: field('seed', count(0, ANY_INTEGER), WORKLOAD_SEED, 'Seed for the choice that `limit` makes.'),
};
