/** The costs of a file system and of what was measured on it. */
import { FeedrateError } from '../base/errors.js';
import type { PriceItem, PriceRow } from '../record/price-record.js';
import type { RunRecord, TargetEnvironment } from '../record/run-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { trialsOfArm } from './arm-trials.js';
import { ceilingUse } from './ceiling-use.js';
import {
  type FileSystemSize,
  HOURS_OF_MONTH,
  type MonthlyCost,
  monthlyCost,
  PriceList,
  sumOf,
} from './file-system-cost.js';
import {
  ASSUMED_REQUEST_BYTES,
  type RateCost,
  type RequestBytes,
  rateCost,
  type TierCost,
  tierCost,
} from './read-cost.js';
import { summarize } from './summary.js';

/** What was measured on a target, and what only the user knows. */
export interface CostQuestion {
  readonly size: FileSystemSize;
  readonly prices: readonly PriceRow[];
  readonly measured: MeasuredTarget | null;
  /** A rate in bytes per second to ask about; null for none. */
  readonly rate: number | null;
  /** The data of an epoch; null: the files that the run read. */
  readonly datasetBytes: number | null;
  readonly epochsPerMonth: number | null;
  /** Requests to the capacity pool during the run: the sums of CapacityPoolReadOperations and …WriteOperations. */
  readonly poolReads: number | null;
  /** What these reads read. Null: not known, so that all reads of the run are taken to come from the pool. */
  readonly poolReadBytes: number | null;
  readonly poolWrites: number | null;
  /** The client is in another Availability Zone than the file system. */
  readonly crossAz: boolean;
}

export interface MeasuredTarget {
  readonly run: RunRecord;
  readonly target: TargetEnvironment;
  readonly trials: readonly TrialRecord[];
}

/** What the run itself cost: the file system's hours, requests to the capacity pool, and traffic between zones. */
export interface TestCost {
  readonly hours: number;
  readonly provisioned: number | null;
  /** Null if their number or their price is not known. */
  readonly requests: number | null;
  readonly crossAz: number | null;
  /** Without requests of which the number is not known. */
  readonly total: number | null;
}

export interface TotalCost {
  readonly size: FileSystemSize;
  readonly currency: string | null;
  readonly month: MonthlyCost;
  readonly perHour: number | null;
  readonly test: TestCost | null;
  readonly rates: readonly RateCost[];
  readonly requestBytes: RequestBytes;
  /** Whether `requestBytes` follows from the requests of the run. */
  readonly requestsCounted: boolean;
  /** Whether the bytes of these requests were counted as well. */
  readonly requestBytesCounted: boolean;
  readonly tiers: TierCost | null;
  readonly epochsPerMonth: number | null;
  readonly pricesUsed: readonly PriceRow[];
  readonly pricesMissing: readonly PriceItem[];
}

/** Returns the costs. Throws `FeedrateError('usage')` if the prices are in several currencies. */
export function totalCost(question: CostQuestion): TotalCost {
  const { size, measured, rate, epochsPerMonth, crossAz } = question;
  const prices = new PriceList(question.prices, size);
  const month = monthlyCost(size, prices);
  const perHour = month.total === null ? null : month.total / HOURS_OF_MONTH;
  const datasetBytes = question.datasetBytes ?? (measured === null ? null : datasetOf(measured));
  const requestBytes = requestBytesOf(question);
  const basis = { perMonth: month.total, prices, requestBytes, datasetBytes, crossAz };
  const asked = rate === null ? [] : [{ name: 'the rate given', bytesPerSecond: rate, reads: true, isLimited: false }];
  const rates = [...asked, ...(measured === null ? [] : ratesOf(measured))].map((one) => rateCost(one, basis));
  const tiers = datasetBytes === null ? null : tierCost(datasetBytes, basis);
  const test = measured === null ? null : testCost(measured, question, prices, perHour);
  return {
    size,
    currency: currencyOf(prices.used),
    month,
    perHour,
    test,
    rates,
    requestBytes,
    requestsCounted: requestBytes !== ASSUMED_REQUEST_BYTES,
    requestBytesCounted: requestBytes !== ASSUMED_REQUEST_BYTES && question.poolReadBytes !== null,
    tiers,
    epochsPerMonth,
    pricesUsed: [...prices.used],
    pricesMissing: [...prices.missing],
  };
}

function currencyOf(rows: ReadonlySet<PriceRow>): string | null {
  const [currency = null, other] = new Set([...rows].map((row) => row.currency));
  if (other === undefined) return currency;
  throw new FeedrateError('usage', `the prices are in ${currency} and ${other}; give all of them in one currency`);
}

function readBytesOf(trials: readonly TrialRecord[]): number {
  return trials.reduce((sum, { window }) => sum + window.totalReadBytes, 0);
}

/** With the requests and their bytes, their mean size is known. Without the bytes, if the run read nothing but the pool. */
function requestBytesOf({ measured, poolReads, poolReadBytes }: CostQuestion): RequestBytes {
  const bytes = poolReadBytes ?? (measured === null ? 0 : readBytesOf(measured.trials));
  if (poolReads === null || !(poolReads > 0 && bytes > 0)) return ASSUMED_REQUEST_BYTES;
  return { least: bytes / poolReads, most: bytes / poolReads };
}

/** The largest set of files that a trial read. */
function datasetOf({ trials }: MeasuredTarget): number | null {
  const read = trials.filter(({ window }) => window.totalReadBytes > 0).map(({ cache }) => cache.fileBytes);
  const most = read.reduce((largest, bytes) => Math.max(largest, bytes), 0);
  return most > 0 ? most : null;
}

function ratesOf({
  run,
  target,
  trials,
}: MeasuredTarget): Pick<RateCost, 'name' | 'bytesPerSecond' | 'reads' | 'isLimited'>[] {
  const arms = run.plan.arms.filter((arm) => arm.target === target.name);
  return summarize(arms, trials).flatMap(({ arm, numbers }) => {
    const measured = numbers.throughput?.median ?? 0;
    if (!(measured > 0)) return [];
    const ofArm = trialsOfArm(trials, arm.id);
    const use = ceilingUse(target, ofArm);
    const isAbove = use !== null && use.state !== 'sustained' && use.sustained.unit === 'bytes/s';
    const bytesPerSecond = isAbove ? Math.min(measured, use.sustained.level.base) : measured;
    return [{ name: arm.id, bytesPerSecond, reads: readBytesOf(ofArm) > 0, isLimited: bytesPerSecond < measured }];
  });
}

const HOUR_MS = 3_600_000;
const GB = 1e9;

function testCost(
  { run, trials }: MeasuredTarget,
  { poolReads, poolWrites, crossAz }: CostQuestion,
  prices: PriceList,
  perHour: number | null,
): TestCost {
  const lastEnd = trials.reduce(
    (most, { startedAt, wallNs }) => Math.max(most, Date.parse(startedAt) + wallNs / 1e6),
    0,
  );
  const endMs = run.endedAt === null ? lastEnd : Date.parse(run.endedAt);
  const hours = Math.max(0, endMs - Date.parse(run.startedAt)) / HOUR_MS;
  const provisioned = perHour === null ? null : hours * perHour;
  const isCounted = poolReads !== null || poolWrites !== null;
  const requests = isCounted
    ? sumOf([
        prices.ofRequests('pool-read-1000', poolReads ?? 0),
        prices.ofRequests('pool-write-1000', poolWrites ?? 0),
      ])
    : null;
  const bytes = readBytesOf(trials) + trials.reduce((sum, { window }) => sum + window.totalWriteBytes, 0);
  const traffic = crossAz ? prices.of('cross-az-gb', bytes / GB).cost : 0;
  const total = sumOf([provisioned, traffic, ...(isCounted ? [requests] : [])]);
  return { hours, provisioned, requests, crossAz: traffic, total };
}
