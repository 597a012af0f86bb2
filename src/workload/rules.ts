/** What the fields of one job demand of each other, checked on every combination of levels that can occur. */
import { formatSizeLabel } from '../base/units.js';
import type { Kind, Property } from './job-fields.js';
import type { Dataset, Job, ReadWrite } from './workload.js';

type ValueIn<J, P> = J extends unknown ? (P extends keyof J ? J[P] : never) : never;
/** The values of these properties in one combination, typed for every kind that has them. */
type Values<P extends Property> = { readonly [K in P]: ValueIn<Job, K> };

export interface RuleContext {
  readonly dataset: Dataset | null;
  /** Whether the workload gives a value, rather than the default. */
  readonly given: (property: Property) => boolean;
}

export interface Fault {
  /** The properties to blame; the first that the workload gives has the place. */
  readonly at: readonly Property[];
  readonly message: string;
}

export interface Rule {
  readonly kinds: readonly Kind[];
  readonly of: readonly Property[];
  readonly check: (values: Readonly<Record<string, unknown>>, context: RuleContext) => Fault | null;
}

function rule<const P extends Property>(
  kinds: readonly Kind[],
  of: readonly P[],
  check: (values: Values<P>, context: RuleContext) => Fault | null,
): Rule {
  return { kinds, of, check: check as unknown as Rule['check'] };
}

/** Says when a value of `property` changes nothing: such a setting is a mistake, and as a factor makes equal arms. */
export interface Condition {
  readonly kinds: readonly Kind[];
  readonly property: Property;
  readonly of: readonly Property[];
  /** ` with rw: read, which …`, or null when the value has its effect. */
  readonly idle: (values: Readonly<Record<string, unknown>>) => string | null;
}

function condition<const P extends Property, const Q extends Property>(
  kinds: readonly Kind[],
  property: P,
  on: readonly Q[],
  idle: (values: Values<P | Q>) => string | null,
): Condition {
  return { kinds, property, of: [property, ...on], idle: idle as unknown as Condition['idle'] };
}

const IO: readonly Kind[] = ['io'];
const ALL: readonly Kind[] = ['io', 'checkpoint-write', 'checkpoint-restore', 'small-files'];
const isRandom = (rw: ReadWrite): boolean => rw.startsWith('rand');
const isMixed = (rw: ReadWrite): boolean => rw === 'rw' || rw === 'randrw';
const reads = (rw: ReadWrite): boolean => rw !== 'write' && rw !== 'randwrite';
const writes = (rw: ReadWrite): boolean => rw !== 'read' && rw !== 'randread';
const onlyReads = (rw: ReadWrite): string => `with rw: ${rw}, which writes nothing`;
const inOrder = (rw: ReadWrite): string => `with rw: ${rw}, whose offsets are in order`;

export const CONDITIONS: readonly Condition[] = [
  condition(IO, 'rwmixread', ['rw'], ({ rw }) => (isMixed(rw) ? null : `with rw: ${rw}; only rw and randrw mix`)),
  condition(IO, 'randomDistribution', ['rw'], ({ randomDistribution, rw }) =>
    randomDistribution.type === 'random' || isRandom(rw) ? null : inOrder(rw),
  ),
  condition(IO, 'norandommap', ['rw'], ({ norandommap, rw }) => (!norandommap || isRandom(rw) ? null : inOrder(rw))),
  condition(IO, 'fsync', ['rw'], ({ fsync, rw }) => (!fsync || writes(rw) ? null : onlyReads(rw))),
  condition(IO, 'fdatasync', ['rw'], ({ fdatasync, rw }) => (!fdatasync || writes(rw) ? null : onlyReads(rw))),
  condition(IO, 'endFsync', ['rw'], ({ endFsync, rw }) => (!endFsync || writes(rw) ? null : onlyReads(rw))),
  condition(IO, 'refillBuffers', ['rw'], ({ refillBuffers, rw }) =>
    refillBuffers || writes(rw) ? null : onlyReads(rw),
  ),
  condition(IO, 'cache', ['rw'], ({ cache, rw }) =>
    (cache === 'cold' || cache === 'warm') && !reads(rw) ? `with rw: ${rw}, which reads nothing` : null,
  ),
  condition(['checkpoint-write'], 'cache', [], ({ cache }) =>
    cache === 'cold' || cache === 'warm' ? 'with kind: checkpoint-write, whose measured part reads nothing' : null,
  ),
  condition(['checkpoint-write'], 'intervalNs', ['checkpoints'], ({ intervalNs, checkpoints }) =>
    intervalNs > 0 && checkpoints === 1 ? 'with a single checkpoint; set checkpoints' : null,
  ),
  condition(IO, 'nrfiles', ['sizeBytes'], ({ sizeBytes }) =>
    sizeBytes === null ? 'without size: the job reads the files of the dataset' : null,
  ),
  condition(IO, 'rateProcess', ['rateBytesPerSecond', 'rateIops'], (values) =>
    values.rateProcess === 'poisson' && values.rateBytesPerSecond === null && values.rateIops === null
      ? 'without rate or rate_iops'
      : null,
  ),
  condition(IO, 'thinktimeBlocks', ['thinktimeNs'], ({ thinktimeNs }) =>
    thinktimeNs === 0 ? 'without thinktime' : null,
  ),
  condition(IO, 'madvise', ['ioengine'], ({ madvise, ioengine }) =>
    madvise === 'normal' || ioengine === 'mmap' ? null : `with ioengine: ${ioengine}, which maps nothing`,
  ),
  condition(IO, 'iodepth', ['ioengine'], ({ iodepth, ioengine }) =>
    iodepth === 1 || ioengine === 'auto' || ioengine === 'io_uring'
      ? null
      : `with ioengine: ${ioengine}, which does one operation at a time`,
  ),
  condition(IO, 'fallocate', ['sizeBytes'], ({ fallocate, sizeBytes }) =>
    fallocate === 'none' || sizeBytes !== null ? null : 'without size: give it to the dataset',
  ),
  condition(ALL, 'simulatedLatencyNs', ['ioengine'], ({ ioengine }) =>
    ioengine === 'simulated' ? null : `with ioengine: ${ioengine}`,
  ),
  condition(ALL, 'simulatedBytesPerSecond', ['ioengine'], ({ ioengine }) =>
    ioengine === 'simulated' ? null : `with ioengine: ${ioengine}`,
  ),
];

const largest = (bs: Values<'bs'>['bs']): number => Math.max(...bs.map(({ blockBytes }) => blockBytes));
/** O_DIRECT moves whole sectors: 512 bytes at least, whatever the device. */
const SECTOR_BYTES = 512;
const QUEUE_BYTES_MAX = 2 ** 31;
const hasNoContent = (ioengine: string): boolean => ioengine === 'null' || ioengine === 'simulated';

export const RULES: readonly Rule[] = [
  rule(IO, ['rw', 'sizeBytes'], ({ rw, sizeBytes }, { dataset }) => {
    if (sizeBytes !== null) return null;
    if (writes(rw)) return { at: ['sizeBytes'], message: `is needed by rw: ${rw} (a dataset is only read)` };
    return dataset ? null : { at: ['sizeBytes'], message: `is needed by rw: ${rw}, as the workload has no dataset` };
  }),
  rule(IO, ['bs', 'sizeBytes', 'nrfiles'], ({ bs, sizeBytes, nrfiles }, { dataset }) => {
    const fileBytes = sizeBytes === null ? dataset?.filesizeMinBytes : Math.floor(sizeBytes / (nrfiles ?? 1));
    if (fileBytes === undefined || largest(bs) <= fileBytes) return null;
    const file = sizeBytes === null ? 'the smallest file of the dataset' : 'a file (size / nrfiles)';
    const message = `${formatSizeLabel(largest(bs))} blocks do not fit into ${file} of ${formatSizeLabel(fileBytes)}`;
    return { at: ['bs', 'sizeBytes', 'nrfiles'], message };
  }),
  rule(IO, ['bs', 'iodepth'], ({ bs, iodepth }) =>
    largest(bs) * iodepth <= QUEUE_BYTES_MAX
      ? null
      : {
          at: ['iodepth', 'bs'],
          message: `${iodepth} blocks of ${formatSizeLabel(largest(bs))} in flight need more than 2 GiB of buffers per worker`,
        },
  ),
  rule(IO, ['bs', 'ioSizeBytes'], ({ bs, ioSizeBytes }) =>
    ioSizeBytes === null || largest(bs) <= ioSizeBytes
      ? null
      : { at: ['ioSizeBytes'], message: `is less than one block of ${formatSizeLabel(largest(bs))}` },
  ),
  rule(['io', 'small-files'], ['timeBased', 'runtimeNs'], ({ timeBased, runtimeNs }) =>
    timeBased && runtimeNs === null ? { at: ['timeBased'], message: 'needs runtime' } : null,
  ),
  rule(IO, ['rateBytesPerSecond', 'rateIops'], ({ rateBytesPerSecond, rateIops }) =>
    rateBytesPerSecond !== null && rateIops !== null
      ? { at: ['rateIops'], message: 'cannot stand beside rate; keep one of them' }
      : null,
  ),
  rule(ALL, ['direct', 'cache'], ({ direct, cache }, { given }) => {
    if (cache === 'direct') {
      return direct || !given('direct')
        ? null
        : { at: ['direct'], message: 'false contradicts cache: direct; leave it out' };
    }
    if (!direct || cache === 'as-is') return null;
    return {
      at: ['direct'],
      message: `true goes around the page cache and contradicts cache: ${cache}; use cache: direct`,
    };
  }),
  rule(ALL, ['direct', 'cache', 'ioengine'], ({ direct, cache, ioengine }) =>
    ioengine === 'mmap' && (direct || cache === 'direct')
      ? { at: ['ioengine'], message: 'mmap is access through the page cache; direct contradicts it' }
      : null,
  ),
  rule(ALL, ['direct', 'cache', 'bs'], ({ direct, cache, bs }) =>
    (direct || cache === 'direct') && bs.some(({ blockBytes }) => blockBytes % SECTOR_BYTES !== 0)
      ? { at: ['bs', 'direct', 'cache'], message: 'direct I/O needs blocks of whole 512-byte sectors' }
      : null,
  ),
  rule(
    ['checkpoint-write', 'checkpoint-restore'],
    ['direct', 'cache', 'shardBytes'],
    ({ direct, cache, shardBytes }) =>
      (direct || cache === 'direct') && shardBytes % SECTOR_BYTES !== 0
        ? { at: ['shardBytes'], message: 'direct I/O needs shards of whole 512-byte sectors' }
        : null,
  ),
  rule(['checkpoint-write', 'checkpoint-restore'], ['bs', 'shardBytes'], ({ bs, shardBytes }) =>
    largest(bs) > shardBytes
      ? {
          at: ['bs', 'shardBytes'],
          message: `${formatSizeLabel(largest(bs))} blocks do not fit into a shard of ${formatSizeLabel(shardBytes)}`,
        }
      : null,
  ),
  rule(IO, ['verify', 'rw', 'norandommap', 'randomDistribution', 'refillBuffers'], (job) => {
    if (!job.verify || !writes(job.rw)) return null;
    const at: Property[] = ['verify'];
    if (!job.refillBuffers)
      return { at, message: 'needs refill_buffers: one buffer written everywhere proves no place' };
    const repeats = isRandom(job.rw) && (job.norandommap || job.randomDistribution.type !== 'random');
    const message = 'needs each block written once a pass; norandommap and uneven distributions repeat blocks';
    return repeats ? { at, message } : null;
  }),
  rule(['io', 'checkpoint-restore', 'small-files'], ['verify', 'ioengine'], ({ verify, ioengine }) =>
    verify && hasNoContent(ioengine)
      ? { at: ['verify'], message: `cannot check ioengine: ${ioengine}, which moves no data` }
      : null,
  ),
  rule(['checkpoint-write'], ['readBack', 'ioengine'], ({ readBack, ioengine }) =>
    readBack && hasNoContent(ioengine)
      ? { at: ['readBack'], message: `cannot check ioengine: ${ioengine}, which moves no data` }
      : null,
  ),
  rule(['small-files'], ['nrfiles', 'filesizeBytes'], ({ nrfiles, filesizeBytes }, { dataset }) => {
    if (nrfiles === null && filesizeBytes === null) {
      return dataset ? null : { at: ['nrfiles'], message: 'and filesize are needed, as the workload has no dataset' };
    }
    if (filesizeBytes === null) return { at: ['nrfiles'], message: 'needs filesize beside it' };
    return nrfiles === null ? { at: ['filesizeBytes'], message: 'needs nrfiles beside it' } : null;
  }),
];
