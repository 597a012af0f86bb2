/** The rows that several kinds of job share. */
import { blocks } from '../composite-types.js';
import { capabilitiesOf, ENGINE_CHOICES } from '../engines.js';
import { field, type Rows, WORKLOAD_SEED } from '../row.js';
import { choice, count, duration, flag, preallocation, rate, size } from '../value-types.js';
import type { CommonJob, ShardedJob, TimedJob } from './job-kind.js';

const PIB = 1024 ** 5;
const ANY_INTEGER = Number.MAX_SAFE_INTEGER;

const engineHelp = ENGINE_CHOICES.map((name) => `\`${name}\` ${capabilitiesOf(name).help}`).join('; ');

/** Rows for all kinds; each has a row of its own for `bs`. */
export const common: Rows<Omit<CommonJob, 'bs'>> = {
  numjobs: field(
    'numjobs',
    count(1, 1024),
    1,
    'Workers, one thread each. In a checkpoint, each worker has its own shards, as a training process does.',
  ),
  cache: field(
    'cache',
    choice(['cold', 'warm', 'direct', 'as-is']),
    'as-is',
    'What the page cache holds before a trial: `cold` evicts the files, `warm` reads them first, `direct` goes around it (O_DIRECT), `as-is` claims nothing. A claim is proven, or the record is marked.',
  ),
  direct: field('direct', flag, false, 'Open with O_DIRECT. True with `cache: direct`.'),
  randseed: field('randseed', count(0, ANY_INTEGER), WORKLOAD_SEED, 'Seed of offsets, order and content.'),
  ioengine: field('ioengine', choice(ENGINE_CHOICES), 'auto', `How operations are done. ${engineHelp}.`),
  simulatedLatencyNs: field('simulated_latency', duration(1), '100us', 'Median latency of `ioengine: simulated`.'),
  simulatedBytesPerSecond: field(
    'simulated_bandwidth',
    rate(),
    { absent: 'unlimited' },
    'Bytes a second of each worker of `ioengine: simulated`.',
  ),
};

export const timed: Rows<TimedJob> = {
  runtimeNs: field(
    'runtime',
    duration(1),
    { absent: 'until the bytes are done' },
    'Longest time that a worker is measured.',
  ),
  timeBased: field('time_based', flag, false, 'Pass over the files again and again until `runtime` is over.'),
  rampTimeNs: field(
    'ramp_time',
    duration(0),
    '0s',
    'Time before `runtime` begins, in which work is done but not measured.',
  ),
};

export const sharded: Rows<ShardedJob & Pick<CommonJob, 'bs'>> = {
  bs: field('bs', blocks, '1MiB', 'Bytes of one read or write call.'),
  shards: field('shards', count(1, 100_000), 1, 'Files of each worker in one checkpoint.'),
  shardBytes: field('shard_size', size(1, PIB), 'required', 'Bytes of each shard.'),
};

export const fallocate = field(
  'fallocate',
  preallocation,
  'none',
  'Space for each file before its content: `native` is fallocate(2), `keep` leaves the size as it is.',
);

export const verify = field(
  'verify',
  flag,
  false,
  'Check the content of what is read; a job that writes reads back what it wrote when it is done, and checks that.',
);
