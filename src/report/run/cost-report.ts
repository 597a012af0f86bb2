/** The report of `feedrate fsx cost`. */
import { formatMoney } from '../../base/money.js';
import { formatBytes, formatCount, formatMegabytesPerSecond, formatWhole } from '../../base/units.js';
import { PRICE_ITEMS, type PriceItem, type PriceRow } from '../../record/price-record.js';
import { type CostItem, type FileSystemSize, HOURS_OF_MONTH } from '../../stats/file-system-cost.js';
import type { CostRange, RateCost, TierCost } from '../../stats/read-cost.js';
import type { TotalCost } from '../../stats/total-cost.js';
import { aligned } from '../table/columns.js';
import { ABSENT, plural } from '../table/format.js';
import { paragraphs } from '../table/report-line.js';

/** Returns the report of one file system, ending with a line break. `wraps`: whether long lines are broken at `columns`. */
export function costReport(cost: TotalCost, options: { readonly wraps?: boolean; readonly columns: number }): string {
  return paragraphs(
    [
      [sizeText(cost.size)],
      monthLines(cost),
      testLines(cost),
      rateLines(cost),
      cost.tiers === null ? [] : tierLines(cost, cost.tiers),
      sourceLines(cost),
    ],
    options,
  );
}

function sizeText(size: FileSystemSize): string {
  const { deploymentType, haPairs, throughputMBpsPerHaPair, ssdGiB, iops, region } = size;
  const setting = `${plural(haPairs, 'HA pair')} at ${formatWhole(throughputMBpsPerHaPair)} MBps`;
  const operations = iops === null ? 'included IOPS' : `${formatWhole(iops)} IOPS`;
  return `${deploymentType} in ${region}: ${setting}, ${formatWhole(ssdGiB)} GiB of SSD, ${operations}`;
}

function money(amount: number | null): string {
  return amount === null ? ABSENT : formatMoney(amount);
}

function range(costs: CostRange | null): string {
  if (costs === null) return ABSENT;
  const [low, high] = [money(costs.low), money(costs.high)];
  return low === high ? low : `${low}–${high}`;
}

function monthLines({ month, perHour, currency }: TotalCost): string[] {
  const rows = month.items.map(({ item, quantity, row, cost }: CostItem) => [
    PRICE_ITEMS[item],
    quantity === null ? 'not known' : formatWhole(quantity),
    row === null ? ABSENT : `× ${row.price}`,
    money(cost),
  ]);
  const unknown = month.items.filter(({ quantity }) => quantity === null).map(({ item }) => PRICE_ITEMS[item]);
  const without = unknown.length === 0 ? '' : `; without ${unknown.join(' and ')}, whose size is not known`;
  const total = month.total === null ? 'not known, because prices are missing' : inCurrency(month.total, currency);
  const hour = perHour === null ? '' : `, or ${money(perHour)} an hour (a month of ${HOURS_OF_MONTH} hours)`;
  return [...aligned([['a month of', 'quantity', 'price', 'cost'], ...rows]), `total: ${total}${hour}${without}`];
}

/** Returns `1,234.57 USD`. */
function inCurrency(amount: number | null, currency: string | null): string {
  return amount === null ? 'not known' : `${money(amount)} ${currency ?? ''}`.trim();
}

function testLines({ test, currency }: TotalCost): string[] {
  if (test === null) return [];
  const { hours, provisioned, requests, crossAz, total } = test;
  const parts = [
    `${hours < 1 ? `${Math.round(hours * 60)} min` : `${hours.toFixed(1)} h`} of the file system ${money(provisioned)}`,
    requests === null
      ? 'requests to the capacity pool not counted'
      : `requests to the capacity pool ${money(requests)}`,
    ...(crossAz === 0 ? [] : [`traffic between Availability Zones ${money(crossAz)}`]),
  ];
  return [
    `this test: ${inCurrency(total, currency)} (${parts.join('; ')})`,
    ...(requests === null
      ? ['count the requests with --pool-reads and --pool-writes, or with: feedrate fsx metrics RUN']
      : []),
  ];
}

function rateLines({
  rates,
  requestsCounted,
  requestBytesCounted,
  requestBytes,
  tiers,
  currency,
}: TotalCost): string[] {
  if (rates.length === 0) return [];
  const head = ['arm', 'sustained', 'GB/s-month', 'per TB', 'TB, pool'];
  const rows = rates.map((rate: RateCost) => [
    rate.name,
    `${formatMegabytesPerSecond(rate.bytesPerSecond)}${rate.isLimited ? ' *' : ''}`,
    money(rate.perGBpsMonth),
    money(rate.perTB),
    range(rate.perTBFromPool),
  ]);
  // A table of its own: beside the others, its ranges would be wider than a terminal.
  const epochs = rates.map((rate) => [rate.name, money(rate.perEpochFromSsd), range(rate.perEpochFromPool)]);
  const inText = currency === null ? '' : ` in ${currency}`;
  const assumed = `between 1 request for each ${formatBytes(requestBytes.least)} and for each ${formatBytes(requestBytes.most)} is assumed; count them with --pool-reads`;
  const counted = `1 request for each ${formatBytes(requestBytes.least)}${requestBytesCounted ? ', as counted during the run' : ', if all reads of the run came from there'}`;
  return [
    `costs by rate${inText}:`,
    ...aligned([head, ...rows]).map((line) => `  ${line}`),
    ...(rates.some(({ isLimited }) => isLimited)
      ? ['* measured above the sustained ceiling (a burst or a cache), so the ceiling is used']
      : []),
    ...(tiers === null
      ? []
      : [
          `costs of an epoch of ${formatBytes(tiers.datasetBytes)}${inText}:`,
          ...aligned([['arm', 'from SSD', 'from the pool'], ...epochs]).map((line) => `  ${line}`),
        ]),
    `pool: read from the capacity pool at the same rate, and the requests: ${requestsCounted ? counted : assumed}`,
  ];
}

/** Answers whether ALL is cheaper with its requests. */
function tierLines({ epochsPerMonth, requestBytes, currency }: TotalCost, tiers: TierCost): string[] {
  const { datasetBytes, onSsd, inPool, requestsPerEpoch, requestCostPerEpoch, breakEvenEpochs } = tiers;
  if (onSsd === null || inPool === null || requestCostPerEpoch === null || breakEvenEpochs === null) return [];
  const { low, high } = breakEvenEpochs;
  const { least, most } = requestBytes;
  const below = `is cheaper below ${epochsText(low)} epochs a month`;
  const limits =
    least === most
      ? below
      : `${below} with requests of ${formatBytes(least)}, and below ${epochsText(high)} with ${formatBytes(most)}`;
  return [
    `${formatBytes(datasetBytes)} for a month: ${inCurrency(onSsd, currency)} on SSD, or ${money(inPool)} in the capacity pool and ${range(requestCostPerEpoch)} for the requests of each epoch (${countRange(requestsPerEpoch)} requests)`,
    `policy ALL ${limits}, if the file system has that much less SSD; SSD is billed as provisioned, and metadata stay on it`,
    ...(epochsPerMonth === null
      ? []
      : [`with ${formatWhole(epochsPerMonth)} epochs a month, ${verdict(epochsPerMonth, low, high)}`]),
  ];
}

function verdict(epochs: number, low: number, high: number): string {
  if (epochs < low) return 'policy ALL is cheaper';
  return epochs > high ? 'SSD is cheaper' : 'either may be cheaper: count the requests with --pool-reads';
}

function epochsText(epochs: number): string {
  return epochs >= 100 ? formatCount(epochs) : String(Number(epochs.toPrecision(2)));
}

function countRange({ low, high }: TierCost['requestsPerEpoch']): string {
  const [from, to] = [formatCount(low), formatCount(high)];
  return from === to ? from : `${from} to ${to}`;
}

function sourceLines({ size, pricesUsed, pricesMissing }: TotalCost): string[] {
  const where = `${size.region} (${size.deploymentType})`;
  const sources = pricesUsed.map((row) => sourceText(row));
  return [
    ...pricesMissing.map(
      (item: PriceItem) => `no price for ${item} in ${where}; add it to a price file (--prices FILE)`,
    ),
    ...(sources.length === 0 ? [] : [`prices: ${[...new Set(sources)].join('; ')}`]),
  ];
}

function sourceText({ effective, source: { title, url, retrieved } }: PriceRow): string {
  return `${title ?? url}, ${effective === null ? '' : `effective ${effective}, `}read ${retrieved}`;
}
