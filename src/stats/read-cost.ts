/** What it costs to read from a file system: by rate, by terabyte, by epoch; and whether the capacity pool is cheaper. */
import { HOURS_OF_MONTH, type PriceList, sumOf } from './file-system-cost.js';

/** A cost of which only the bounds may be known. */
export interface CostRange {
  readonly low: number;
  readonly high: number;
}

/**
 * The bytes that one request to the capacity pool reads. Unless the requests of a run are known, between the 4 KiB of a
 * block and the 4 MiB of an object: ONTAP packs blocks of 4 KiB into objects of 4 MiB (fabricpool/* of NetAppDocs/ontap at
 * 1b4a28d06, read 2026-11-29).
 */
export interface RequestBytes {
  readonly least: number;
  readonly most: number;
}

export const ASSUMED_REQUEST_BYTES: RequestBytes = { least: 4096, most: 4 * 2 ** 20 };

/** The cost of one rate: a result, or a rate that is asked about. All costs are null if a price is missing. */
export interface RateCost {
  readonly name: string;
  readonly bytesPerSecond: number;
  /** False for a rate of writes, which cost no reads from the capacity pool and are no epoch. */
  readonly reads: boolean;
  /** The rate was above the sustained ceiling, which is used here instead. */
  readonly isLimited: boolean;
  /** The month's cost of the file system for each 10^9 bytes per second. */
  readonly perGBpsMonth: number | null;
  /** The hours' cost to move 10^12 bytes, and the requests if they come from the capacity pool. */
  readonly perTB: number | null;
  readonly perTBFromPool: CostRange | null;
  /** Null without a dataset. */
  readonly perEpochFromSsd: number | null;
  readonly perEpochFromPool: CostRange | null;
}

interface Basis {
  readonly perMonth: number | null;
  readonly prices: PriceList;
  readonly requestBytes: RequestBytes;
  readonly datasetBytes: number | null;
  readonly crossAz: boolean;
}

const TB = 1e12;
const GB = 1e9;

/** Returns what the requests cost that read these bytes from the capacity pool; null without a price. */
function poolReads(bytes: number, { prices, requestBytes }: Pick<Basis, 'prices' | 'requestBytes'>): CostRange | null {
  const low = prices.ofRequests('pool-read-1000', bytes / requestBytes.most);
  const high = prices.ofRequests('pool-read-1000', bytes / requestBytes.least);
  return low === null || high === null ? null : { low, high };
}

function plus(range: CostRange | null, part: number | null): CostRange | null {
  return range === null || part === null ? null : { low: range.low + part, high: range.high + part };
}

/** Returns the cost of a rate. */
export function rateCost(
  { name, bytesPerSecond, reads, isLimited }: Pick<RateCost, 'name' | 'bytesPerSecond' | 'reads' | 'isLimited'>,
  basis: Basis,
): RateCost {
  const { perMonth, prices, datasetBytes, crossAz } = basis;
  const moving = (bytes: number): number | null => {
    const hours = bytes / bytesPerSecond / 3600;
    const traffic = crossAz ? prices.of('cross-az-gb', bytes / GB).cost : 0;
    return sumOf([perMonth === null ? null : (perMonth / HOURS_OF_MONTH) * hours, traffic]);
  };
  const dataset = reads ? datasetBytes : null;
  const epoch = dataset === null ? null : moving(dataset);
  return {
    name,
    bytesPerSecond,
    reads,
    isLimited,
    perGBpsMonth: perMonth === null ? null : perMonth / (bytesPerSecond / GB),
    perTB: moving(TB),
    perTBFromPool: reads ? plus(poolReads(TB, basis), moving(TB)) : null,
    perEpochFromSsd: epoch,
    perEpochFromPool: dataset === null ? null : plus(poolReads(dataset, basis), epoch),
  };
}

/** The storage of a dataset on SSD against that in the capacity pool, whose reads are requests. */
export interface TierCost {
  readonly datasetBytes: number;
  /** A month of storage. Null without a price. */
  readonly onSsd: number | null;
  readonly inPool: number | null;
  /** The requests that read it once. */
  readonly requestsPerEpoch: { readonly low: number; readonly high: number };
  readonly requestCostPerEpoch: CostRange | null;
  /** Epochs a month below which the capacity pool is cheaper. */
  readonly breakEvenEpochs: { readonly low: number; readonly high: number } | null;
}

/** Returns what a dataset costs in either tier, provided that SSD storage of its size is saved in the capacity pool. */
export function tierCost(datasetBytes: number, basis: Pick<Basis, 'prices' | 'requestBytes'>): TierCost {
  const { prices, requestBytes } = basis;
  const gib = datasetBytes / 2 ** 30;
  const onSsd = prices.of('ssd-gb-month', gib).cost;
  const inPool = prices.of('pool-gb-month', gib).cost;
  const perEpoch = poolReads(datasetBytes, basis);
  const saved = onSsd === null || inPool === null ? null : onSsd - inPool;
  const breakEvenEpochs =
    saved === null || perEpoch === null ? null : { low: saved / perEpoch.high, high: saved / perEpoch.low };
  return {
    datasetBytes,
    onSsd,
    inPool,
    requestsPerEpoch: { low: datasetBytes / requestBytes.most, high: datasetBytes / requestBytes.least },
    requestCostPerEpoch: perEpoch,
    breakEvenEpochs,
  };
}
