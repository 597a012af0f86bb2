/**
 * The words of jobs for records before 2026-12, whose plans and calibrations contain only properties. The list has the
 * fields of that time. It is closed, because later records contain their words.
 */
import { formatDurationLabel, formatSizeLabel } from '../base/units.js';

/** Spells a value as in a workload file, or returns null if the field could not have it. */
type Spell = (value: unknown) => string | null;

const number =
  (spell: (value: number) => string): Spell =>
  (value) =>
    typeof value === 'number' ? spell(value) : null;

const plain: Spell = (value) => (typeof value === 'object' ? null : String(value));
const size = number(formatSizeLabel);
const time = number(formatDurationLabel);
const rate = number((bytesPerSecond) => `${formatSizeLabel(bytesPerSecond)}/s`);

const blocks: Spell = (value) => {
  if (!Array.isArray(value)) return null;
  const shares = value as readonly { readonly blockBytes: number; readonly share: number }[];
  const labels = shares.map(({ blockBytes, share }) => {
    const label = formatSizeLabel(blockBytes);
    return shares.length === 1 ? label : `${label}/${Number((share * 100).toFixed(4))}`;
  });
  return labels.join(':');
};

const distribution: Spell = (value) => {
  if (typeof value !== 'object' || value === null) return null;
  const { type, theta, h, operationShare, spaceShare } = value as Readonly<Record<string, unknown>>;
  if (type === 'hotband') return `hotband:${percent(operationShare)}/${percent(spaceShare)}`;
  return [type, theta ?? h].filter((part) => part !== undefined).join(':');
};

function percent(share: unknown): number {
  return Math.round(Number(share) * 100);
}

/** Property → word and the spelling of its value. */
const FIELDS: ReadonlyMap<string, readonly [string, Spell]> = new Map<string, readonly [string, Spell]>(
  Object.entries({
    kind: ['kind', plain],
    rw: ['rw', plain],
    rwmixread: ['rwmixread', plain],
    bs: ['bs', blocks],
    numjobs: ['numjobs', plain],
    iodepth: ['iodepth', plain],
    sizeBytes: ['size', size],
    nrfiles: ['nrfiles', plain],
    filesizeBytes: ['filesize', size],
    ioSizeBytes: ['io_size', size],
    fallocate: ['fallocate', plain],
    shards: ['shards', plain],
    shardBytes: ['shard_size', size],
    checkpoints: ['checkpoints', plain],
    keepLast: ['keep_last', plain],
    intervalNs: ['interval', time],
    runtimeNs: ['runtime', time],
    timeBased: ['time_based', plain],
    rampTimeNs: ['ramp_time', time],
    cache: ['cache', plain],
    direct: ['direct', plain],
    fsync: ['fsync', plain],
    fdatasync: ['fdatasync', plain],
    endFsync: ['end_fsync', plain],
    randomDistribution: ['random_distribution', distribution],
    norandommap: ['norandommap', plain],
    shuffle: ['shuffle', plain],
    rateBytesPerSecond: ['rate', rate],
    rateIops: ['rate_iops', plain],
    rateProcess: ['rate_process', plain],
    thinktimeNs: ['thinktime', time],
    thinktimeBlocks: ['thinktime_blocks', plain],
    verify: ['verify', plain],
    readBack: ['read_back', plain],
    refillBuffers: ['refill_buffers', plain],
    randseed: ['randseed', plain],
    ioengine: ['ioengine', plain],
    madvise: ['madvise', plain],
    simulatedLatencyNs: ['simulated_latency', time],
    simulatedBytesPerSecond: ['simulated_bandwidth', rate],
  } satisfies Record<string, [string, Spell]>),
);

/** Returns `Arm.words` for a job whose record has none. Unknown properties are left out. */
export function wordsOfOldSpec(spec: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(spec).flatMap(([property, value]): [string, string][] => {
      const field = FIELDS.get(property);
      if (field === undefined) return [];
      const [word, spell] = field;
      return [[word, value === null ? 'none' : (spell(value) ?? JSON.stringify(value))]];
    }),
  );
}
