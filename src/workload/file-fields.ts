/** What a workload file can say besides its jobs: a part of the field table. */
import { type SizeRange, sizeRange } from './composite-types.js';
import type { Row } from './row.js';
import { choice, count, name, preallocation, text, type ValueType } from './value-types.js';

const ANY_INTEGER = Number.MAX_SAFE_INTEGER;

export const TOP_ROWS: readonly Row[] = [
  { word: 'name', type: name, fallback: 'required', meaning: 'Names the run directory.' },
  { word: 'description', type: text, fallback: { written: '' }, meaning: 'What the workload is for, in a sentence.' },
  {
    word: 'seed',
    type: count(0, ANY_INTEGER),
    fallback: { written: 42 },
    meaning: 'Seed of everything random in the run.',
  },
];

export const TRIALS_ROWS = [
  {
    word: 'sessions',
    type: count(1, 1000),
    fallback: { written: 1 },
    meaning: 'Fresh processes, each with another file set than the one before it.',
  },
  {
    word: 'rounds',
    type: count(1, 10_000),
    fallback: { written: 5 },
    meaning: 'Counted passes over all arms in each session: the observations of an arm.',
  },
  {
    word: 'warmup',
    type: count(0, 1000),
    fallback: { written: 0 },
    meaning: 'Further rounds at the start of each session which are recorded but not counted.',
  },
  {
    word: 'filesets',
    type: count(1, 1000),
    fallback: { absent: '`1` with one session, else `2`' },
    meaning:
      'Sets of data files, equal in size, other in place and content, which sessions and targets take in turn: where a file lies on the storage can make it fast or slow. Each set takes its space. Balanced when `sessions` is a multiple of it.',
  },
  {
    word: 'order',
    type: choice(['shuffled', 'abba']),
    fallback: { written: 'shuffled' },
    meaning:
      'Order of the arms: `shuffled` draws each round anew; `abba` draws every second one and runs it backwards in the next, so that an even drift cancels out in each pair of rounds. Of an odd number of `rounds` the last one has no partner.',
  },
] as const satisfies readonly Row[];

export const DATASET_ROWS = [
  { word: 'nrfiles', type: count(1, 10_000_000), fallback: { written: 1 }, meaning: 'Number of files.' },
  {
    word: 'filesize',
    type: sizeRange as ValueType<SizeRange>,
    fallback: 'required',
    meaning: 'Bytes of a file; `64k-256k` draws each size evenly from that range.',
  },
  {
    word: 'seed',
    type: count(0, ANY_INTEGER),
    fallback: { absent: 'the workload’s `seed`' },
    meaning: 'Seed of content and sizes.',
  },
  {
    word: 'fallocate',
    type: preallocation,
    fallback: { written: 'none' },
    meaning: 'Space for each file before its content: `native` is fallocate(2), `keep` leaves the size as it is.',
  },
] as const satisfies readonly Row[];
