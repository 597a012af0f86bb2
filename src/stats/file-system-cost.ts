/**
 * The cost of a file system of FSx for ONTAP by the month and by the hour. SSD storage, IOPS and throughput are billed as
 * provisioned, so deduplication and compression do not lower the bill. The capacity pool and backups are billed as used.
 */
import type { PriceItem, PriceRow } from '../record/price-record.js';

/** Hours that AWS counts in a month. */
export const HOURS_OF_MONTH = 730;

/** IOPS that each GiB of SSD storage includes. */
const INCLUDED_IOPS_PER_GIB = 3;

/** What is provisioned and used; null = not known. */
export interface FileSystemSize {
  readonly region: string;
  readonly deploymentType: string;
  readonly haPairs: number;
  /** The setting for each HA pair, in 10^6 bytes per second. */
  readonly throughputMBpsPerHaPair: number;
  readonly ssdGiB: number;
  /** Of the whole file system; null: those that the storage includes. */
  readonly iops: number | null;
  readonly poolGiB: number | null;
  readonly backupGiB: number | null;
}

export interface CostItem {
  readonly item: PriceItem;
  /** In the unit of the price; null = not known. */
  readonly quantity: number | null;
  /** Null: there is no price. */
  readonly row: PriceRow | null;
  /** Null if the quantity or the price is not known. */
  readonly cost: number | null;
}

export interface MonthlyCost {
  readonly items: readonly CostItem[];
  /** What is billed as provisioned. Null if a price is missing. */
  readonly provisioned: number | null;
  /** The known parts of what is used as well. Null if a price is missing. */
  readonly total: number | null;
}

/** Finds the price of an item for one file system. */
export class PriceList {
  readonly #rows: readonly PriceRow[];
  /** The rows that were asked for and found. */
  readonly used = new Set<PriceRow>();
  /** The items that have no price. */
  readonly missing = new Set<PriceItem>();

  constructor(rows: readonly PriceRow[], { region, deploymentType }: Pick<PriceRow, 'region' | 'deploymentType'>) {
    this.#rows = rows.filter((row) => row.region === region && row.deploymentType === deploymentType);
  }

  /** Returns the cost of a quantity. An item of which nothing is used needs no price. */
  of(item: PriceItem, quantity: number | null): CostItem {
    const row = this.#rows.find((each) => each.item === item) ?? null;
    if (quantity === 0) return { item, quantity, row, cost: 0 };
    if (row === null) this.missing.add(item);
    else this.used.add(row);
    return { item, quantity, row, cost: row === null || quantity === null ? null : quantity * row.price };
  }

  /** Returns the cost of a number of requests, whose price is for 1,000 of them; null if it is not known. */
  ofRequests(item: 'pool-read-1000' | 'pool-write-1000', requests: number | null): number | null {
    return requests === null ? null : this.of(item, requests / 1000).cost;
  }
}

/** Returns the sum, or null if a part is not known. */
export function sumOf(parts: readonly (number | null)[]): number | null {
  return parts.reduce<number | null>((sum, part) => (sum === null || part === null ? null : sum + part), 0);
}

/** Returns what the file system costs in a month, item by item. */
export function monthlyCost(size: FileSystemSize, prices: PriceList): MonthlyCost {
  const { haPairs, throughputMBpsPerHaPair, ssdGiB, iops, poolGiB, backupGiB } = size;
  const extraIops = Math.max(0, (iops ?? 0) - ssdGiB * INCLUDED_IOPS_PER_GIB);
  const provisioned = [
    prices.of('ssd-gb-month', ssdGiB),
    prices.of('throughput-mbps-month', haPairs * throughputMBpsPerHaPair),
    prices.of('iops-month', extraIops),
  ];
  const used = (
    [
      ['pool-gb-month', poolGiB],
      ['backup-gb-month', backupGiB],
    ] as const
  ).map(
    ([item, quantity]): CostItem =>
      quantity === null ? { item, quantity, row: null, cost: null } : prices.of(item, quantity),
  );
  const known = used.filter(({ quantity }) => quantity !== null);
  return {
    items: [...provisioned, ...used],
    provisioned: sumOf(provisioned.map(({ cost }) => cost)),
    total: sumOf([...provisioned, ...known].map(({ cost }) => cost)),
  };
}
