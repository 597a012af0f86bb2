/** The rows that several kinds of job share. */
import { capabilitiesOf, ENGINE_CHOICES } from '../engines.js';
import { FIO_ENGINES } from '../fio-words.js';
import { field, type Rows, WORKLOAD_SEED } from '../row.js';
import { choice, count, duration, flag, jobName, preallocation, rate, size } from '../value-types.js';
import type { CommonJob, TimedJob } from './job-kind.js';

const PIB = 1024 ** 5;
const ANY_INTEGER = Number.MAX_SAFE_INTEGER;

const engineHelp = ENGINE_CHOICES.map((name) => `\`${name}\` ${capabilitiesOf(name).help}`).join('; ');

/** Choose among files that exist. */
export const chosenSizes = {
  min: field(
    'min_filesize',
    size(1, PIB),
    { absent: 'all' },
    'Read only files of the dataset that have at least so many bytes. Requires a dataset of files that exist.',
  ),
  max: field(
    'max_filesize',
    size(0, PIB),
    { absent: 'all' },
    'Read only files of the dataset that have at most so many bytes. Requires a dataset of files that exist.',
  ),
};

/** The rows that all kinds share. Each kind has its own row for `bs`. */
export const common: Rows<Omit<CommonJob, 'bs'>> = {
  numjobs: field(
    'numjobs',
    count(1, 1024),
    1,
    'Number of workers, one thread each. In a checkpoint job, each worker has its own shards, like a training process.',
  ),
  cache: field(
    'cache',
    choice(['cold', 'warm', 'direct', 'as-is']),
    'as-is',
    'State of the page cache before a trial: `cold` evicts the files, `warm` reads them first, `direct` bypasses the cache (O_DIRECT), `as-is` changes nothing. feedrate checks the state and marks trials where it does not hold.',
  ),
  direct: field('direct', flag, false, 'Open files with O_DIRECT. Always true with `cache: direct`.'),
  beside: field(
    'beside',
    jobName,
    { absent: 'none' },
    'Another job of the workload that runs on the same target at the same time, from the common start until this job ends. `[none, JOB]` measures what it costs this job.',
  ),
  randseed: field('randseed', count(0, ANY_INTEGER), WORKLOAD_SEED, 'Seed for offsets, order and content.'),
  ioengine: field(
    'ioengine',
    choice(ENGINE_CHOICES, FIO_ENGINES),
    'auto',
    `How operations are performed. ${engineHelp}.`,
  ),
  simulatedLatencyNs: field('simulated_latency', duration(1), '100us', 'Median latency of `ioengine: simulated`.'),
  simulatedBytesPerSecond: field(
    'simulated_bandwidth',
    rate(),
    { absent: 'unlimited' },
    'Bytes per second for each worker with `ioengine: simulated`.',
  ),
};

export const timed: Rows<TimedJob> = {
  runtimeNs: field(
    'runtime',
    duration(1),
    { absent: 'until all bytes are transferred' },
    'Longest time that each worker is measured.',
  ),
  timeBased: field('time_based', flag, false, 'Repeat the files until `runtime` has elapsed.'),
  rampTimeNs: field(
    'ramp_time',
    duration(0),
    '0s',
    'Time before `runtime` during which workers run but are not measured. A job that ends within it measures nothing, and the run fails: use `time_based` with it.',
  ),
};

export const fallocate = field(
  'fallocate',
  preallocation,
  'none',
  'Preallocation of each file before it is written: `native` uses fallocate(2), `keep` does so without changing the file size.',
);

export const verify = field(
  'verify',
  flag,
  false,
  'Check the content of each block that is read. A job that writes reads its files back at the end and checks them.',
);
