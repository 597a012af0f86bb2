/** What a workload file can say besides its jobs: a part of the field table. */
import { type SizeRange, sizeRange } from './composite-types.js';
import type { Row } from './row.js';
import { count, name, preallocation, text, type ValueType } from './value-types.js';

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
  { word: 'sessions', type: count(1, 1000), fallback: { written: 1 }, meaning: 'Fresh processes with fresh files.' },
  {
    word: 'rounds',
    type: count(1, 10_000),
    fallback: { written: 5 },
    meaning: 'Counted passes over all arms in each session, each in a new shuffled order: the observations of an arm.',
  },
  {
    word: 'warmup',
    type: count(0, 1000),
    fallback: { written: 0 },
    meaning: 'Further rounds at the start of each session which are recorded but not counted.',
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
