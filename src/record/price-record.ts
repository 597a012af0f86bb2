/** Prices of a file system of FSx for ONTAP. */
import type { CeilingSource } from './ceiling-record.js';

/** What is priced, and the words for one unit of it. AWS writes GB for a GiB of storage. */
export const PRICE_ITEMS = {
  'ssd-gb-month': 'SSD storage',
  'throughput-mbps-month': 'throughput capacity',
  'iops-month': 'SSD IOPS above 3 per GiB',
  'pool-gb-month': 'capacity pool',
  'backup-gb-month': 'backups',
  'pool-read-1000': 'reads from the capacity pool',
  'pool-write-1000': 'writes to the capacity pool',
  'cross-az-gb': 'traffic between Availability Zones',
  's3-put-1000': 'S3 access point, PUT and LIST',
  's3-get-1000': 'S3 access point, GET',
} as const;

export type PriceItem = keyof typeof PRICE_ITEMS;

export interface PriceRow {
  readonly region: string;
  /** `SINGLE_AZ_2` … */
  readonly deploymentType: string;
  readonly item: PriceItem;
  readonly price: number;
  /** `USD` */
  readonly currency: string;
  /** The day from which the price holds; null if the source does not say. */
  readonly effective: string | null;
  readonly source: CeilingSource;
  readonly note: string | null;
}
