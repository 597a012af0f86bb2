/** Parses the options of `feedrate fsx cost`. */
import { FeedrateError } from '../../base/errors.js';
import { type Parsed, parseRate, parseSize } from '../../base/units.js';
import { isCompleteFor, runSpanMs } from '../../fsx/run-metrics.js';
import type { FsxMetricsRecord } from '../../record/fsx-metrics-record.js';
import { seriesOf } from '../../record/metric-periods.js';
import { poolRequestsIn } from '../../record/pool-requests.js';
import type { PriceRow } from '../../record/price-record.js';
import type { TargetEnvironment } from '../../record/run-record.js';
import type { ReadableRun } from '../../record/stored-run.js';
import type { FileSystemSize } from '../../stats/file-system-cost.js';
import type { CostQuestion } from '../../stats/total-cost.js';

/** The options as commander returns them. */
export interface RawCostOptions {
  readonly target?: readonly string[];
  readonly region?: string;
  readonly deployment?: string;
  readonly pairs?: string;
  readonly throughput?: string;
  readonly ssdGib?: string;
  readonly iops?: string;
  readonly poolGib?: string;
  readonly backupGib?: string;
  readonly dataset?: string;
  readonly epochs?: string;
  readonly rate?: string;
  readonly poolReads?: string;
  readonly poolWrites?: string;
  readonly crossAz?: boolean;
}

/**
 * Returns a question for each target of the run whose file system is known, or for the file system that the options
 * describe. Options win over what the run recorded, and over what the metrics that are kept with it have. Throws `FeedrateError('usage')` when neither has what a price needs.
 */
export function questionsOf(
  stored: ReadableRun | null,
  options: RawCostOptions,
  prices: readonly PriceRow[],
  metrics: FsxMetricsRecord | null,
): CostQuestion[] {
  const common = {
    prices,
    rate: parsedOr('--rate', options.rate, parseRate),
    datasetBytes: parsedOr('--dataset', options.dataset, parseSize),
    epochsPerMonth: numberOr('--epochs', options.epochs),
    poolReads: numberOr('--pool-reads', options.poolReads),
    poolReadBytes: null,
    poolWrites: numberOr('--pool-writes', options.poolWrites),
    crossAz: options.crossAz ?? false,
  };
  if (stored === null) return [{ ...common, size: sizeOf(undefined, options, null), measured: null }];
  const { run, trials } = stored;
  return pricedTargets(run.environment.targets, options).map((target) => {
    const counted = metrics === null ? null : countedOf(stored, target.name, metrics);
    const isAsked = common.poolReads !== null || common.poolWrites !== null;
    return {
      ...common,
      ...(isAsked ? {} : counted?.requests),
      size: sizeOf(target, options, counted?.poolGiB ?? null),
      measured: { run, target, trials: trials.filter((trial) => trial.target === target.name) },
    };
  });
}

/** What CloudWatch knows of a target: the requests if all of them were counted, and the size of the file system's pool. */
interface CountedCost {
  readonly requests: Pick<CostQuestion, 'poolReads' | 'poolReadBytes' | 'poolWrites'> | undefined;
  readonly poolGiB: number | null;
}

function countedOf({ run, trials }: ReadableRun, name: string, metrics: FsxMetricsRecord): CountedCost | null {
  const place = metrics.targets.find((target) => target.name === name);
  if (place === undefined) return null;
  const series = seriesOf(place, metrics.series);
  const { startMs, endMs } = runSpanMs(run, trials, Date.parse(metrics.fetchedAt));
  const ofVolume = series.filter(({ scope }) => scope === 'volume');
  const { readOperations, readBytes, writeOperations } = poolRequestsIn(ofVolume, startMs, endMs);
  const isKnown = readOperations !== null && writeOperations !== null && isCompleteFor(metrics, endMs);
  const poolBytes = series
    .find(
      ({ metric, scope, dimensions }) =>
        metric === 'StorageUsed' &&
        scope === 'file system tier' &&
        dimensions['StorageTier'] === 'StandardCapacityPool',
    )
    ?.points.at(-1)?.[1];
  return {
    requests: isKnown
      ? { poolReads: readOperations, poolReadBytes: readBytes, poolWrites: writeOperations }
      : undefined,
    poolGiB: poolBytes === undefined ? null : poolBytes / 2 ** 30,
  };
}

/** The targets that were named, or those whose volume is known, or all if the options describe the file system. */
function pricedTargets(
  targets: readonly TargetEnvironment[],
  { target: names, deployment }: RawCostOptions,
): readonly TargetEnvironment[] {
  for (const name of names ?? []) {
    if (targets.some((target) => target.name === name)) continue;
    throw usage(
      `-t ${name}: the run has no such target; choose one of: ${targets.map((each) => each.name).join(', ')}`,
    );
  }
  if (names !== undefined) return targets.filter(({ name }) => names.includes(name));
  const known = targets.filter(({ volume, storage }) => (volume ?? storage) !== undefined);
  if (known.length > 0) return known;
  if (deployment !== undefined) return targets;
  throw usage(
    'the run did not record a volume of FSx for ONTAP; describe the file system with --deployment, --region, --throughput and --ssd-gib',
  );
}

function sizeOf(
  target: TargetEnvironment | undefined,
  options: RawCostOptions,
  poolGiB: number | null,
): FileSystemSize {
  const place = target?.volume ?? target?.storage;
  const recorded = place?.fileSystem;
  const needed = <T>(option: string, value: T | null | undefined): T => {
    if (value !== null && value !== undefined) return value;
    throw usage(`${target === undefined ? 'nothing' : `target ${target.name}`} says what ${option} is; add ${option}`);
  };
  const deploymentType = needed('--deployment', options.deployment ?? recorded?.deploymentType);
  const ownSsd = numberOr('--ssd-gib', options.ssdGib);
  // IOPS that were recorded for another size of storage say nothing about this one.
  const iops = numberOr('--iops', options.iops) ?? (ownSsd === null ? (recorded?.iops ?? null) : null);
  return {
    region: needed('--region', options.region ?? place?.region),
    deploymentType,
    haPairs: numberOr('--pairs', options.pairs) ?? recorded?.haPairs ?? 1,
    throughputMBpsPerHaPair: needed(
      '--throughput',
      numberOr('--throughput', options.throughput) ?? recorded?.throughputCapacityPerHaPairMBps,
    ),
    ssdGiB: needed('--ssd-gib', ownSsd ?? recorded?.storageCapacityGiB),
    iops,
    poolGiB: numberOr('--pool-gib', options.poolGib) ?? poolGiB,
    backupGiB: numberOr('--backup-gib', options.backupGib),
  };
}

/** Parses a number of at least 0; null if the option was not given. */
function numberOr(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value) && value <= Number.MAX_SAFE_INTEGER) return value;
  throw usage(`${option} ${text}: expected a number of at least 0`);
}

function parsedOr(option: string, text: string | undefined, parse: (text: string) => Parsed<number>): number | null {
  if (text === undefined) return null;
  const read = parse(text);
  if (read.ok && read.value > 0) return read.value;
  throw usage(`${option} ${text}: ${read.ok ? 'expected more than 0' : read.message}`);
}

function usage(message: string): FeedrateError {
  return new FeedrateError('usage', message);
}
