/** The job kind `io`, which is fio's, in the workload language: its fields and rules. */
import { formatSizeLabel } from '../../base/units.js';
import { blocks, distribution, sizeOrShare } from '../composite-types.js';
import { capabilitiesOf } from '../engines.js';
import { FIO_PATTERNS } from '../fio-words.js';
import { field, type Rows } from '../row.js';
import { rulesFor } from '../rules.js';
import { choice, count, flag } from '../value-types.js';
import type { BlockShare, FileShare, MapAdvice, Preallocation, RandomDistribution, ReadWrite } from '../values.js';
import { hasOwnFiles, misplacedShare, mostIoBytes, withoutBytes } from './file-shares.js';
import type { CommonJob, JobKind, TimedJob } from './job-kind.js';
import { type PacedJob, paced, pacedConditions, pacedRule } from './paced.js';
import { chosenSizes, common, fallocate, timed, verify } from './shared-fields.js';
import {
  commonConditions,
  commonRules,
  DIRECT_BLOCKS,
  isWholeSectors,
  largest,
  smallestBytes,
  timedRule,
  unchoosable,
  unverifiable,
  verifyRule,
} from './shared-rules.js';

/** fio's kind of job: blocks of files, read or written in some order. */
export interface IoJob extends CommonJob, TimedJob, PacedJob {
  readonly kind: 'io';
  readonly rw: ReadWrite;
  /** Percentage of reads in `rw` and `randrw`. */
  readonly rwmixread: number;
  readonly bs: readonly BlockShare[];
  /** The same for the writes of `rw` and `randrw`; null = `bs`. */
  readonly bsWrite: readonly BlockShare[] | null;
  /** Operations in flight per worker. More than one requires an engine with a queue. */
  readonly iodepth: number;
  /** Advice for engines that map files. */
  readonly madvise: MapAdvice;
  /** Preallocation of the files that `sizeBytes` creates. */
  readonly fallocate: Preallocation;
  /**
   * Bytes of files per worker (fio's `size`); a share = the first part of each worker's share of the dataset; null = the
   * workload's dataset, shared by all workers.
   */
  readonly sizeBytes: number | FileShare | null;
  /** Files per worker that `sizeBytes` is divided into. */
  readonly nrfiles: number;
  /** Of files that exist, only those with at least so many bytes are read; null = all. */
  readonly minFilesizeBytes: number | null;
  /** Most bytes that each worker transfers before it ends (fio's `io_size`); a share = of one pass; null = one pass. */
  readonly ioSizeBytes: number | FileShare | null;
  /** fsync after each N writes; 0 = never. */
  readonly fsync: number;
  readonly fdatasync: number;
  /** fsync each file written when the job ends; part of the measured time. */
  readonly endFsync: boolean;
  readonly randomDistribution: RandomDistribution;
  readonly norandommap: boolean;
  /** Check the content of each block read; for writes, read back and check afterwards. */
  readonly verify: boolean;
  /** Write new incompressible content each time (default), or repeat one buffer. */
  readonly refillBuffers: boolean;
}

const PIB = 1024 ** 5;
const MILLION = 1_000_000;
const ANY_INTEGER = Number.MAX_SAFE_INTEGER;

const rows: Rows<IoJob> = {
  rw: field(
    'rw',
    choice(['read', 'write', 'randread', 'randwrite', 'rw', 'randrw'], FIO_PATTERNS),
    'read',
    'Reads, writes or both (`rw`, `randrw`), sequentially or at random offsets.',
  ),
  rwmixread: field('rwmixread', count(0, 100), 50, 'Percentage of reads in `rw` and `randrw`.'),
  bs: field(
    'bs',
    blocks,
    '4k',
    'Bytes per operation. `4k-64k` draws each length from a range like fio’s `bsrange`: multiples of its smallest size, all equally likely. A mix is written like fio’s `bssplit`: `4k/60:64k/40` means 60 % of 4 KiB and 40 % of 64 KiB. An empty percentage means the rest. The last block of a file is shorter if the file ends within it; direct I/O leaves it out and says so.',
  ),
  bsWrite: field(
    'bs_write',
    blocks,
    { absent: 'the same as `bs`' },
    'Bytes per write of `rw` and `randrw`, if it differs from `bs`. In fio: `bs=4k,64k`.',
  ),
  numjobs: common.numjobs,
  iodepth: field(
    'iodepth',
    count(1, 1024),
    1,
    'Operations in flight per worker. For more than one, feedrate uses `io_uring`, or that many threads if io_uring is not available.',
  ),
  sizeBytes: field(
    'size',
    sizeOrShare(1, PIB),
    { absent: 'the dataset, shared by all workers' },
    'Bytes of files per worker. Required for a job that writes. A percentage needs a dataset: with `50%`, each worker reads only the first half of its share of the dataset, in whole blocks.',
  ),
  nrfiles: field('nrfiles', count(1, MILLION), 1, 'Number of files that `size` is divided into, per worker.'),
  minFilesizeBytes: chosenSizes.min,
  ioSizeBytes: field(
    'io_size',
    sizeOrShare(1, PIB),
    { absent: 'one pass over the files' },
    'Most bytes that each worker transfers. If this is more than `size`, the worker repeats the files. `50%` is half of a pass, over all of its files if the job is random.',
  ),
  fallocate,
  runtimeNs: timed.runtimeNs,
  timeBased: timed.timeBased,
  rampTimeNs: timed.rampTimeNs,
  cache: common.cache,
  direct: common.direct,
  fsync: field('fsync', count(0, ANY_INTEGER), 0, 'Number of writes after which to fsync the file; 0 means never.'),
  fdatasync: field(
    'fdatasync',
    count(0, ANY_INTEGER),
    0,
    'Number of writes after which to fdatasync the file; 0 means never.',
  ),
  endFsync: field(
    'end_fsync',
    flag,
    false,
    'fsync each written file when the job ends. This is part of the measured time.',
  ),
  randomDistribution: field(
    'random_distribution',
    distribution,
    'random',
    'Distribution of random offsets. `random` visits each block once per pass. `zipf:1.2` and `pareto:0.9` prefer some blocks. `hotband:80/20` sends 80 % of the operations to 20 % of the space.',
  ),
  norandommap: field(
    'norandommap',
    flag,
    false,
    'Choose random offsets without tracking which blocks were visited, so blocks may repeat.',
  ),
  ...paced,
  verify,
  refillBuffers: field(
    'refill_buffers',
    flag,
    true,
    'Write new incompressible content each time. `false` repeats one buffer, which the storage may compress or deduplicate.',
  ),
  beside: common.beside,
  randseed: common.randseed,
  ioengine: common.ioengine,
  madvise: field(
    'madvise',
    choice(['normal', 'random', 'sequential', 'willneed']),
    'normal',
    'Advice to the kernel about the files that `ioengine: mmap` maps.',
  ),
  simulatedLatencyNs: common.simulatedLatencyNs,
  simulatedBytesPerSecond: common.simulatedBytesPerSecond,
};

const { rule, condition } = rulesFor<IoJob>();

const isRandom = (rw: ReadWrite): boolean => rw.startsWith('rand');
const isMixed = (rw: ReadWrite): boolean => rw === 'rw' || rw === 'randrw';
const reads = (rw: ReadWrite): boolean => rw !== 'write' && rw !== 'randwrite';
const writes = (rw: ReadWrite): boolean => rw !== 'read' && rw !== 'randread';
const onlyReads = (rw: ReadWrite): string => `with rw: ${rw}, which writes nothing`;
const inOrder = (rw: ReadWrite): string => `with rw: ${rw}, which is sequential`;

const conditions: JobKind<IoJob>['conditions'] = [
  condition('rwmixread', ['rw'], ({ rw }) =>
    isMixed(rw) ? null : `with rw: ${rw}; only rw and randrw mix reads and writes`,
  ),
  condition('bsWrite', ['rw'], ({ bsWrite, rw }) =>
    bsWrite === null || isMixed(rw) ? null : `with rw: ${rw}; only rw and randrw mix reads and writes`,
  ),
  condition('randomDistribution', ['rw'], ({ randomDistribution, rw }) =>
    randomDistribution.type === 'random' || isRandom(rw) ? null : inOrder(rw),
  ),
  condition('norandommap', ['rw'], ({ norandommap, rw }) => (!norandommap || isRandom(rw) ? null : inOrder(rw))),
  condition('fsync', ['rw'], ({ fsync, rw }) => (!fsync || writes(rw) ? null : onlyReads(rw))),
  condition('fdatasync', ['rw'], ({ fdatasync, rw }) => (!fdatasync || writes(rw) ? null : onlyReads(rw))),
  condition('endFsync', ['rw'], ({ endFsync, rw }) => (!endFsync || writes(rw) ? null : onlyReads(rw))),
  condition('refillBuffers', ['rw'], ({ refillBuffers, rw }) => (refillBuffers || writes(rw) ? null : onlyReads(rw))),
  condition('cache', ['rw'], ({ cache, rw }) =>
    (cache === 'cold' || cache === 'warm') && !reads(rw) ? `with rw: ${rw}, which reads nothing` : null,
  ),
  condition('nrfiles', ['sizeBytes'], ({ sizeBytes }) =>
    hasOwnFiles(sizeBytes) ? null : `${withoutBytes(sizeBytes)}: the job reads the files of the dataset`,
  ),
  ...pacedConditions,
  condition('madvise', ['ioengine'], ({ madvise, ioengine }) =>
    madvise === 'normal' || capabilitiesOf(ioengine).mapsFiles
      ? null
      : `with ioengine: ${ioengine}, which does not map files`,
  ),
  condition('iodepth', ['ioengine'], ({ iodepth, ioengine }) =>
    iodepth === 1 || capabilitiesOf(ioengine).holdsQueue
      ? null
      : `with ioengine: ${ioengine}, which does one operation at a time`,
  ),
  condition('fallocate', ['sizeBytes'], ({ fallocate, sizeBytes }) =>
    fallocate === 'none' || hasOwnFiles(sizeBytes) ? null : `${withoutBytes(sizeBytes)}; set it in the dataset`,
  ),
  ...commonConditions,
];

const QUEUE_BYTES_MAX = 2 ** 31;

/** Returns the longest block of reads and writes, and the property that sets it. */
function largestBlock({ bs, bsWrite }: Pick<IoJob, 'bs' | 'bsWrite'>): { bytes: number; of: 'bs' | 'bsWrite' } {
  const bytes = largest(bs);
  const writeBytes = bsWrite === null ? 0 : largest(bsWrite);
  return writeBytes > bytes ? { bytes: writeBytes, of: 'bsWrite' } : { bytes, of: 'bs' };
}

const rules: JobKind<IoJob>['rules'] = [
  rule(['rw', 'sizeBytes'], ({ rw, sizeBytes }, { dataset }) => {
    if (hasOwnFiles(sizeBytes)) return null;
    if (sizeBytes !== null) return misplacedShare(rw, writes(rw), dataset !== null);
    if (writes(rw))
      return { at: ['sizeBytes'], message: `is required with rw: ${rw}, because jobs only read the dataset` };
    return dataset ? null : { at: ['sizeBytes'], message: `is required, because the workload has no dataset` };
  }),
  rule(['bs', 'bsWrite', 'sizeBytes', 'nrfiles'], (job, { dataset }) => {
    const { sizeBytes, nrfiles } = job;
    const isOwn = hasOwnFiles(sizeBytes);
    const fileBytes = isOwn ? Math.floor(sizeBytes / nrfiles) : smallestBytes(dataset);
    const block = largestBlock(job);
    if (fileBytes === undefined || block.bytes <= fileBytes) return null;
    const file = isOwn ? 'a file (size / nrfiles)' : 'the smallest file of the dataset';
    const message = `${formatSizeLabel(block.bytes)} blocks do not fit into ${file} of ${formatSizeLabel(fileBytes)}`;
    return { at: [block.of, 'sizeBytes', 'nrfiles'], message };
  }),
  rule(['minFilesizeBytes', 'sizeBytes'], ({ minFilesizeBytes: least, sizeBytes }, { dataset }) =>
    unchoosable('minFilesizeBytes', least, hasOwnFiles(sizeBytes) ? null : dataset),
  ),
  rule(['bs', 'bsWrite', 'iodepth'], (job) => {
    const { bytes, of } = largestBlock(job);
    const blocks = `${job.iodepth} blocks of ${formatSizeLabel(bytes)}`;
    return bytes * job.iodepth <= QUEUE_BYTES_MAX
      ? null
      : { at: ['iodepth', of], message: `${blocks} in flight require more than 2 GiB of buffers per worker` };
  }),
  rule(['bs', 'bsWrite', 'sizeBytes', 'ioSizeBytes'], (job) => {
    const { bytes } = largestBlock(job);
    const leastBytes = mostIoBytes(job);
    return leastBytes === null || bytes <= leastBytes
      ? null
      : { at: ['ioSizeBytes'], message: `is less than one block of ${formatSizeLabel(bytes)}` };
  }),
  rule(['direct', 'cache', 'bsWrite'], ({ direct, cache, bsWrite }) =>
    (direct || cache === 'direct') && bsWrite !== null && !isWholeSectors(bsWrite)
      ? { at: ['bsWrite', 'direct', 'cache'], message: DIRECT_BLOCKS }
      : null,
  ),
  timedRule,
  pacedRule,
  ...commonRules,
  rule(['verify', 'rw', 'norandommap', 'randomDistribution', 'refillBuffers'], (job) => {
    if (!job.verify || !writes(job.rw)) return null;
    if (!job.refillBuffers)
      return {
        at: ['verify'],
        message: 'requires refill_buffers: true, because identical blocks cannot be told apart',
      };
    const repeats = isRandom(job.rw) && (job.norandommap || job.randomDistribution.type !== 'random');
    const message =
      'requires that each pass writes every block once; norandommap and uneven distributions repeat blocks';
    return repeats ? { at: ['verify'], message } : null;
  }),
  verifyRule,
  rule(['verify', 'sizeBytes'], ({ verify, sizeBytes }, { dataset }) =>
    hasOwnFiles(sizeBytes) ? null : unverifiable(verify, dataset),
  ),
];

export const ioKind: JobKind<IoJob> = {
  meaning: 'reads and writes blocks of files, as fio does',
  rows,
  conditions,
  rules,
};
