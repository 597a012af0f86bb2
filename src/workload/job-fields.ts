/**
 * The table of what a job can say. Parser, JSON Schema and reference are made from it. The words
 * are fio's wherever fio has one.
 */
import { blocks, distribution } from './composite-types.js';
import { ENGINE_CHOICES } from './engine-choices.js';
import type { Fallback, Row } from './row.js';
import { choice, count, duration, flag, preallocation, rate, size, type ValueType } from './value-types.js';
import type { CheckpointRestoreJob, CheckpointWriteJob, IoJob, Job, SmallFilesJob } from './workload.js';

export type Kind = Job['kind'];
export const KINDS = ['io', 'checkpoint-write', 'checkpoint-restore', 'small-files'] as const satisfies readonly Kind[];

/** A property of some kind of job. */
export type Property = Exclude<
  keyof IoJob | keyof CheckpointWriteJob | keyof CheckpointRestoreJob | keyof SmallFilesJob,
  'kind'
>;

/** A word of a job. The same word may have a row for each kind that understands it differently. */
export interface JobRow extends Row {
  readonly property: Property;
  readonly kinds: readonly Kind[];
}

const TIB = 1024 ** 4;
const PIB = 1024 ** 5;
const MILLION = 1_000_000;
const ANY_INTEGER = Number.MAX_SAFE_INTEGER;
const READERS: readonly Kind[] = ['io', 'checkpoint-restore', 'small-files'];
const CHECKPOINTS: readonly Kind[] = ['checkpoint-write', 'checkpoint-restore'];
const TIMED: readonly Kind[] = ['io', 'small-files'];

function row(
  word: string,
  property: Property,
  kinds: readonly Kind[],
  type: ValueType<unknown>,
  fallback: Fallback | string | number | boolean,
  meaning: string,
): JobRow {
  const isScalar = typeof fallback !== 'object' && fallback !== 'required';
  return { word, property, kinds, type, fallback: isScalar ? { written: fallback } : (fallback as Fallback), meaning };
}

const IO: readonly Kind[] = ['io'];
const SMALL: readonly Kind[] = ['small-files'];
const WRITE_CHECKPOINT: readonly Kind[] = ['checkpoint-write'];
const readWrite = choice(['read', 'write', 'randread', 'randwrite', 'rw', 'randrw']);
const cache = choice(['cold', 'warm', 'direct', 'as-is']);

export const JOB_ROWS: readonly JobRow[] = [
  row('rw', 'rw', IO, readWrite, 'read', 'Reads, writes or both (`rw`, `randrw`), in order or at random offsets.'),
  row('rwmixread', 'rwmixread', IO, count(0, 100), 50, 'Percentage of reads in `rw` and `randrw`.'),
  row(
    'bs',
    'bs',
    IO,
    blocks,
    '4k',
    'Bytes of one operation. A mix is spelled as fio spells `bssplit`: `4k/60:64k/40` is 60 % of 4 KiB and 40 % of 64 KiB; an empty percentage is the rest.',
  ),
  row('bs', 'bs', CHECKPOINTS, blocks, '1MiB', 'Bytes of one read or write call.'),
  row('bs', 'bs', SMALL, blocks, '1MiB', 'Bytes of one read call; a larger file takes several.'),
  row(
    'numjobs',
    'numjobs',
    KINDS,
    count(1, 1024),
    1,
    'Workers, one thread each. Of a checkpoint, each has shards of its own, as a process of a training has.',
  ),
  row(
    'iodepth',
    'iodepth',
    IO,
    count(1, 1024),
    1,
    'Operations in flight per worker. More than one takes `io_uring`, or that many threads where the kernel does not grant it.',
  ),
  row(
    'size',
    'sizeBytes',
    IO,
    size(1, PIB),
    { absent: 'the dataset, shared by all workers' },
    'Bytes of files per worker. A job that writes must have it.',
  ),
  row('nrfiles', 'nrfiles', IO, count(1, MILLION), 1, 'Files per worker that `size` is divided into.'),
  row(
    'nrfiles',
    'nrfiles',
    SMALL,
    count(1, MILLION),
    { absent: 'the dataset' },
    'Files per worker, together with `filesize`.',
  ),
  row(
    'filesize',
    'filesizeBytes',
    SMALL,
    size(1, TIB),
    { absent: 'the dataset' },
    'Bytes of each of the job’s own files, together with `nrfiles`.',
  ),
  row(
    'io_size',
    'ioSizeBytes',
    IO,
    size(1, PIB),
    { absent: 'one pass over the files' },
    'Bytes that each worker transfers at most: less than `size`, or more (then it starts again).',
  ),
  row(
    'fallocate',
    'fallocate',
    ['io', 'checkpoint-write'],
    preallocation,
    'none',
    'Space for each file before its content: `native` is fallocate(2), `keep` leaves the size as it is.',
  ),
  row('shards', 'shards', CHECKPOINTS, count(1, 100_000), 1, 'Files of each worker in one checkpoint.'),
  row('shard_size', 'shardBytes', CHECKPOINTS, size(1, PIB), 'required', 'Bytes of each shard.'),
  row('checkpoints', 'checkpoints', WRITE_CHECKPOINT, count(1, 100_000), 1, 'Checkpoints written in one trial.'),
  row(
    'keep_last',
    'keepLast',
    WRITE_CHECKPOINT,
    count(1, 100_000),
    2,
    'Checkpoints kept; older ones are deleted, as training does.',
  ),
  row(
    'interval',
    'intervalNs',
    WRITE_CHECKPOINT,
    duration(0),
    '0s',
    'Pause between two checkpoints: the training steps in between.',
  ),
  row(
    'runtime',
    'runtimeNs',
    TIMED,
    duration(1),
    { absent: 'until the bytes are done' },
    'Longest time that a worker is measured.',
  ),
  row('time_based', 'timeBased', TIMED, flag, false, 'Pass over the files again and again until `runtime` is over.'),
  row(
    'ramp_time',
    'rampTimeNs',
    TIMED,
    duration(0),
    '0s',
    'Time before `runtime` begins, in which work is done but not measured.',
  ),
  row(
    'cache',
    'cache',
    KINDS,
    cache,
    'as-is',
    'What the page cache holds before a trial: `cold` evicts the files, `warm` reads them first, `direct` goes around it (O_DIRECT), `as-is` claims nothing. A claim is proven, or the record is marked.',
  ),
  row('direct', 'direct', KINDS, flag, false, 'Open with O_DIRECT. True with `cache: direct`.'),
  row('fsync', 'fsync', IO, count(0, ANY_INTEGER), 0, 'fsync the file after this many writes; 0 is never.'),
  row('fsync', 'fsync', WRITE_CHECKPOINT, flag, true, 'fsync each shard before its rename.'),
  row('fdatasync', 'fdatasync', IO, count(0, ANY_INTEGER), 0, 'fdatasync the file after this many writes; 0 is never.'),
  row('end_fsync', 'endFsync', IO, flag, false, 'fsync each written file when the job ends, within the measured time.'),
  row(
    'random_distribution',
    'randomDistribution',
    IO,
    distribution,
    'random',
    'Where random operations land: `random` visits each block once a pass; `zipf:1.2` and `pareto:0.9` have popular blocks; `hotband:80/20` sends 80 % of the operations to 20 % of the space.',
  ),
  row('norandommap', 'norandommap', IO, flag, false, 'Draw random offsets without remembering which were visited.'),
  row('shuffle', 'shuffle', SMALL, flag, true, 'Visit the files in a new random order each pass instead of by name.'),
  row(
    'rate',
    'rateBytesPerSecond',
    IO,
    rate(),
    { absent: 'unlimited' },
    'Bytes a second of each worker. Latency then counts from the intended start of an operation, so a stall is not hidden.',
  ),
  row(
    'rate_iops',
    'rateIops',
    IO,
    count(1, 1_000_000_000),
    { absent: 'unlimited' },
    'Operations a second of each worker, instead of `rate`.',
  ),
  row(
    'rate_process',
    'rateProcess',
    IO,
    choice(['linear', 'poisson']),
    'linear',
    'Even or random (Poisson) spacing of rated operations.',
  ),
  row(
    'thinktime',
    'thinktimeNs',
    IO,
    duration(0, 'us'),
    0,
    'Pause of a worker after `thinktime_blocks` operations. **A bare number is µs**, as in fio.',
  ),
  row('thinktime_blocks', 'thinktimeBlocks', IO, count(1, ANY_INTEGER), 1, 'Operations between two pauses.'),
  row(
    'verify',
    'verify',
    READERS,
    flag,
    false,
    'Check the content of what is read; a job that writes reads back what it wrote when it is done, and checks that.',
  ),
  row(
    'read_back',
    'readBack',
    WRITE_CHECKPOINT,
    flag,
    false,
    'Read the last checkpoint back after the writes and check its content.',
  ),
  row(
    'refill_buffers',
    'refillBuffers',
    IO,
    flag,
    true,
    'New incompressible content for each write. `false` writes one buffer again and again, which storage may compress or deduplicate.',
  ),
  row(
    'randseed',
    'randseed',
    KINDS,
    count(0, ANY_INTEGER),
    { absent: 'the workload’s `seed`' },
    'Seed of offsets, order and content.',
  ),
  row(
    'ioengine',
    'ioengine',
    KINDS,
    choice(ENGINE_CHOICES),
    'auto',
    'How operations are done. `auto` is `io_uring` for `iodepth` above 1 where the kernel grants it, else `psync`: one blocking call each. `mmap` copies from mapped files, as memory-mapped datasets do; `null` does nothing (the cost of feedrate itself); `simulated` follows a latency model on a virtual clock.',
  ),
  row(
    'madvise',
    'madvise',
    IO,
    choice(['normal', 'random', 'sequential', 'willneed']),
    'normal',
    'Advice to the kernel on the mapped files of `ioengine: mmap`.',
  ),
  row(
    'simulated_latency',
    'simulatedLatencyNs',
    KINDS,
    duration(1),
    '100us',
    'Median latency of `ioengine: simulated`.',
  ),
  row(
    'simulated_bandwidth',
    'simulatedBytesPerSecond',
    KINDS,
    rate(),
    { absent: 'unlimited' },
    'Bytes a second of each worker of `ioengine: simulated`.',
  ),
];

export const KIND_ROW: Row = {
  word: 'kind',
  type: choice(KINDS),
  fallback: { written: 'io' },
  meaning: '`io` is fio’s kind of job; `checkpoint-write`, `checkpoint-restore` and `small-files` are a training’s.',
};

/** The rows of one kind of job, in the order of the table. */
export function rowsOf(kind: Kind): readonly JobRow[] {
  return JOB_ROWS.filter(({ kinds }) => kinds.includes(kind));
}

/** Every word that some kind of job takes as a field. */
export const JOB_WORDS: ReadonlySet<string> = new Set(JOB_ROWS.map(({ word }) => word));
