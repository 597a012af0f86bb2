/** Counts the requests of measured volumes to the capacity pool, and prints them with what they cost. */
import type { Patience } from '../../aws/retry.js';
import { FeedrateError } from '../../base/errors.js';
import { formatMoney } from '../../base/money.js';
import { formatBytes, formatWhole } from '../../base/units.js';
import type { CountedRequests } from '../../fsx/count-pool-requests.js';
import { costOfRequests, poolPricesOf } from '../../record/pool-requests.js';
import { PRICE_ITEMS, type PriceRow } from '../../record/price-record.js';
import type { VolumeRecord } from '../../record/volume-record.js';
import { aligned, wrapped } from '../../report/table/columns.js';
import { printLines, tell } from '../output/print.js';
import { stdoutOptions } from './output.js';

/** What is asked beside a measurement must not hold it up. */
export const BESIDE: Patience = { attemptMs: 5000, callMs: 10_000 };

/** A time in which a volume was measured, or in which its data moved. */
export interface CountedTime {
  /** A target, or a policy. */
  readonly name: string;
  readonly volume: VolumeRecord;
  readonly startMs: number;
  readonly endMs: number;
  readonly run: string;
}

/**
 * Prints the requests of each time. Nothing depends on them, so what CloudWatch does not answer is only named.
 * @param prices of all Regions
 */
export async function printRequests(times: readonly CountedTime[], prices: readonly PriceRow[]): Promise<void> {
  const counted: { readonly time: CountedTime; readonly requests: CountedRequests }[] = [];
  for (const time of times) {
    try {
      counted.push({ time, requests: await requestsOf(time) });
    } catch (thrown) {
      if (!(thrown instanceof FeedrateError)) throw thrown;
      tell(`requests to the capacity pool are not counted: ${thrown.message}`);
      tell(laterText(time));
      break;
    }
  }
  if (counted.length === 0) return;
  const rows = counted.map(({ time, requests }) => [time.name, ...cellsOf(time, requests, prices)]);
  const head = ['CAPACITY POOL', 'READS', 'READ', 'WRITES', 'WRITTEN', 'COST'];
  printLines(['', ...aligned([head, ...rows])]);
  const { columns } = stdoutOptions();
  const late = counted.filter(({ requests }) => !requests.isComplete).map(({ time }) => time);
  const runs = [...new Map(late.map((time) => [time.run, time])).values()];
  const notes = [
    ...(late.length === 0 ? [] : [`not yet complete: ${late.map(({ name }) => name).join(', ')}`]),
    ...runs.map(laterText),
    ...new Set(counted.flatMap(({ time, requests }) => missingText(time, requests, prices))),
  ];
  for (const note of notes) printLines(wrapped(note, columns));
}

async function requestsOf({ volume, startMs, endMs }: CountedTime): Promise<CountedRequests> {
  const [{ openCloudWatch }, { countPoolRequests }] = await Promise.all([
    import('../../fsx/cloudwatch.js'),
    import('../../fsx/count-pool-requests.js'),
  ]);
  const place = { fileSystemId: volume.fileSystem.id, volumeId: volume.volume.id };
  return countPoolRequests(await openCloudWatch(volume.region, BESIDE), place, startMs, endMs, Date.now());
}

function laterText({ run }: CountedTime): string {
  return `CloudWatch gets its values some minutes late; count them later with: feedrate fsx metrics ${run} --wait 10m, and price them with: feedrate fsx cost ${run}`;
}

function cellsOf({ volume }: CountedTime, requests: CountedRequests, prices: readonly PriceRow[]): string[] {
  const { readOperations, readBytes, writeOperations, writeBytes } = requests;
  const { cost, currency } = costOfRequests(requests, pricesOf(volume, prices));
  const shown = (value: number | null, format: (value: number) => string) => (value === null ? '–' : format(value));
  return [
    shown(readOperations, formatWhole),
    shown(readBytes, formatBytes),
    shown(writeOperations, formatWhole),
    shown(writeBytes, formatBytes),
    shown(cost, (amount) => `${formatMoney(amount)} ${currency ?? ''}`.trim()),
  ];
}

function missingText({ volume }: CountedTime, requests: CountedRequests, prices: readonly PriceRow[]): string[] {
  const { missing } = costOfRequests(requests, pricesOf(volume, prices));
  if (missing.length === 0) return [];
  const items = missing.map((item) => PRICE_ITEMS[item]).join(' and ');
  const where = `${volume.fileSystem.deploymentType ?? 'this deployment type'} in ${volume.region}`;
  return [`no price of ${items} for ${where}; give it with --prices FILE (feedrate guide cost)`];
}

function pricesOf({ region, fileSystem }: VolumeRecord, prices: readonly PriceRow[]) {
  return poolPricesOf(prices, { region, deploymentType: fileSystem.deploymentType });
}
