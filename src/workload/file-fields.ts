/** What a workload file can say besides its jobs: a part of the field table. */
import { type SizeRange, sizeRange } from './composite-types.js';
import { field, type Rows, WORKLOAD_SEED } from './row.js';
import { choice, count, name, preallocation, text } from './value-types.js';
import type { Preallocation, RoundOrder } from './values.js';

const ANY_INTEGER = Number.MAX_SAFE_INTEGER;

/** The single values at the top of a file, by word. */
export interface HeadFields {
  readonly name: string;
  readonly description: string;
  readonly seed: number;
}

export const HEAD_ROWS: Rows<HeadFields> = {
  name: field('name', name, 'required', 'Names the run directory.'),
  description: field('description', text, '', 'What the workload is for, in a sentence.'),
  seed: field('seed', count(0, ANY_INTEGER), 42, 'Seed of everything random in the run.'),
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
  sessions: field('sessions', count(1, 1000), 1, 'Fresh processes, each with another file set than the one before it.'),
  rounds: field(
    'rounds',
    count(1, 10_000),
    5,
    'Counted passes over all arms in each session: the observations of an arm.',
  ),
  warmup: field(
    'warmup',
    count(0, 1000),
    0,
    'Further rounds at the start of each session which are recorded but not counted.',
  ),
  filesets: field(
    'filesets',
    count(1, 1000),
    { absent: '`1` with one session, else `2`' },
    'Sets of data files, equal in size, other in place and content, which sessions and targets take in turn: where a file lies on the storage can make it fast or slow. Each set takes its space. Balanced when `sessions` is a multiple of it.',
  ),
  order: field(
    'order',
    choice(['shuffled', 'abba']),
    'shuffled',
    'Order of the arms: `shuffled` draws each round anew; `abba` draws every second one and runs it backwards in the next, so that an even drift cancels out in each pair of rounds. Of an odd number of `rounds` the last one has no partner.',
  ),
};

/** The section `dataset`, by word. */
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
    sizeRange,
    'required',
    'Bytes of a file; `64k-256k` draws each size evenly from that range.',
  ),
  seed: field('seed', count(0, ANY_INTEGER), WORKLOAD_SEED, 'Seed of content and sizes.'),
  fallocate: field(
    'fallocate',
    preallocation,
    'none',
    'Space for each file before its content: `native` is fallocate(2), `keep` leaves the size as it is.',
  ),
};
