/** Requests to the capacity pool: how many CloudWatch counted, and what they cost. */
import type { MetricSeries } from './fsx-metrics-record.js';
import type { PriceItem, PriceRow } from './price-record.js';

/** Sums over a time. null: CloudWatch has no value, which is not 0. */
export interface PoolRequests {
  readonly readOperations: number | null;
  readonly readBytes: number | null;
  readonly writeOperations: number | null;
  readonly writeBytes: number | null;
}

export const POOL_METRICS: Readonly<Record<keyof PoolRequests, string>> = {
  readOperations: 'CapacityPoolReadOperations',
  readBytes: 'CapacityPoolReadBytes',
  writeOperations: 'CapacityPoolWriteOperations',
  writeBytes: 'CapacityPoolWriteBytes',
};

/** Returns the sums over the periods that the time touches, of the series of one volume. */
export function poolRequestsIn(
  series: readonly Pick<MetricSeries, 'metric' | 'points' | 'periodSeconds'>[],
  startMs: number,
  endMs: number,
): PoolRequests {
  const sum = (key: keyof PoolRequests): number | null => {
    const own = series.find(({ metric }) => metric === POOL_METRICS[key]);
    const values = (own?.points ?? []).flatMap(([start, value]) =>
      start * 1000 < endMs && (start + (own?.periodSeconds ?? 0)) * 1000 > startMs ? [value] : [],
    );
    return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
  };
  return {
    readOperations: sum('readOperations'),
    readBytes: sum('readBytes'),
    writeOperations: sum('writeOperations'),
    writeBytes: sum('writeBytes'),
  };
}

/** The prices of the capacity pool in one Region, for one deployment type. An item without a row has no price. */
export type PoolPrices = ReadonlyMap<PriceItem, PriceRow>;

/** Returns the prices that apply to a file system. */
export function poolPricesOf(
  rows: readonly PriceRow[],
  { region, deploymentType }: { readonly region: string; readonly deploymentType: string | null },
): PoolPrices {
  const own = rows.filter((row) => row.region === region && row.deploymentType === deploymentType);
  return new Map(own.map((row) => [row.item, row]));
}

/** What requests cost, and the items without which that is not known. */
export interface RequestCost {
  readonly cost: number | null;
  readonly currency: string | null;
  readonly missing: readonly PriceItem[];
}

/** Returns what these requests cost. Requests of which there are none need no price; a number that is not known has no cost. */
export function costOfRequests(
  { readOperations, writeOperations }: Pick<PoolRequests, 'readOperations' | 'writeOperations'>,
  prices: PoolPrices,
): RequestCost {
  const parts: readonly (readonly [PriceItem, number | null])[] = [
    ['pool-read-1000', readOperations],
    ['pool-write-1000', writeOperations],
  ];
  const costs = parts.map(([item, count]) => {
    if (count === null || count === 0) return count;
    const row = prices.get(item);
    return row === undefined ? null : (count / 1000) * row.price;
  });
  const missing = parts.flatMap(([item, count]) => (count !== 0 && !prices.has(item) ? [item] : []));
  const cost = costs.reduce<number | null>((total, part) => (total === null || part === null ? null : total + part), 0);
  const currency = parts.flatMap(([item]) => prices.get(item)?.currency ?? [])[0] ?? null;
  return { cost, currency, missing };
}
