/** Costs against those that a practitioner computed from the same prices, and what an unknown price does. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { readPrices } from '../../src/fsx/prices.js';
import type { PriceItem } from '../../src/record/price-record.js';
import { costReport } from '../../src/report/run/cost-report.js';
import { type FileSystemSize, HOURS_OF_MONTH, monthlyCost, PriceList } from '../../src/stats/file-system-cost.js';
import { type CostQuestion, totalCost } from '../../src/stats/total-cost.js';
import { makeVolume, onVolume } from '../support/fsx-volumes.js';
import { makeArm, makeCache, makeRun, makeTrial } from '../support/records.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('stats/file-system-cost');

const prices = readPrices(null);
const SMALLEST: FileSystemSize = {
  region: 'ap-northeast-1',
  deploymentType: 'SINGLE_AZ_1',
  haPairs: 1,
  throughputMBpsPerHaPair: 128,
  ssdGiB: 1024,
  iops: null,
  poolGiB: 0,
  backupGiB: 0,
};
const near = (actual: number | null | undefined, expected: number) =>
  assert.ok(Math.abs((actual ?? Number.NaN) / expected - 1) < 1e-9, `${actual}, expected ${expected}`);

/** The prices of Tokyo and Canada, written anew: Region, deployment type, item, price; null = none is known. */
const SINGLE = ['SINGLE_AZ_1', 'SINGLE_AZ_2'];
const MULTI = ['MULTI_AZ_1', 'MULTI_AZ_2'];
const PRICES: readonly (readonly [string, readonly string[], PriceItem, number | null])[] = [
  ['ap-northeast-1', SINGLE, 'ssd-gb-month', 0.15],
  ['ap-northeast-1', MULTI, 'ssd-gb-month', 0.3],
  ['ap-northeast-1', ['SINGLE_AZ_1'], 'throughput-mbps-month', 0.906],
  ['ap-northeast-1', ['SINGLE_AZ_2'], 'throughput-mbps-month', 2.013],
  ['ap-northeast-1', ['MULTI_AZ_1'], 'throughput-mbps-month', 1.511],
  ['ap-northeast-1', ['MULTI_AZ_2'], 'throughput-mbps-month', 3.148],
  ['ap-northeast-1', SINGLE, 'iops-month', 0.0204],
  ['ap-northeast-1', MULTI, 'iops-month', 0.0408],
  ['ap-northeast-1', SINGLE, 'pool-gb-month', 0.0238],
  ['ap-northeast-1', MULTI, 'pool-gb-month', 0.0476],
  ['ap-northeast-1', SINGLE, 'pool-read-1000', 0.00037],
  ['ap-northeast-1', SINGLE, 'pool-write-1000', 0.0047],
  ['ap-northeast-1', MULTI, 'pool-read-1000', null],
  ['ap-northeast-1', MULTI, 'pool-write-1000', null],
  ['ap-northeast-1', [...SINGLE, ...MULTI], 'backup-gb-month', 0.05],
  ['ap-northeast-1', SINGLE, 'cross-az-gb', 0.01],
  ['ap-northeast-1', [...SINGLE, ...MULTI], 's3-put-1000', 0.00108],
  ['ap-northeast-1', [...SINGLE, ...MULTI], 's3-get-1000', 0.000029],
  ['ca-central-1', SINGLE, 'ssd-gb-month', 0.138],
  ['ca-central-1', ['SINGLE_AZ_1'], 'throughput-mbps-month', 0.788],
  ['ca-central-1', ['SINGLE_AZ_2'], 'throughput-mbps-month', null],
  ['ca-central-1', SINGLE, 'iops-month', null],
  ['ca-central-1', SINGLE, 'pool-gb-month', 0.0238],
  ['ca-central-1', SINGLE, 'pool-read-1000', 0.00044],
  ['ca-central-1', SINGLE, 'pool-write-1000', 0.0055],
  ['ca-central-1', SINGLE, 'backup-gb-month', null],
  ['us-east-1', SINGLE, 'ssd-gb-month', null],
];

test('the shipped prices are those of the source, with currency, dates and source', () => {
  for (const [region, types, item, price] of PRICES) {
    for (const type of types) {
      const rows = prices.filter((row) => row.region === region && row.deploymentType === type && row.item === item);
      assert.equal(
        rows.map((row) => row.price),
        price === null ? [] : [price],
        `${item} of ${type} in ${region}`,
      );
    }
  }
  for (const { currency, source, region, effective } of prices) {
    assert.is(currency, 'USD');
    assert.is(source.retrieved, region === 'ca-central-1' ? '2026-09-24' : '2026-08-09');
    assert.is(effective !== null, region === 'ap-northeast-1');
  }
});

/** Deployment type, setting, SSD in GiB, IOPS → USD a month. */
const MONTHS: readonly (readonly [string, number, number, number | null, string])[] = [
  ['SINGLE_AZ_1', 128, 1024, null, '269.57'],
  ['MULTI_AZ_1', 128, 1024, 3072, '500.61'],
  ['SINGLE_AZ_2', 384, 1024, null, '926.59'],
  ['MULTI_AZ_2', 384, 1024, null, '1516.03'],
  ['SINGLE_AZ_2', 6144, 4096, 200_000, '16811.60'],
  ['SINGLE_AZ_2', 6144, 2048, 102_400, '14638.69'],
  ['SINGLE_AZ_2', 3072, 2048, 100_000, '8405.80'],
];

for (const [deploymentType, setting, ssdGiB, iops, month] of MONTHS) {
  test(`${deploymentType} at ${setting} MBps, ${ssdGiB} GiB, ${iops} IOPS: ${month} a month`, () => {
    const size = { ...SMALLEST, deploymentType, throughputMBpsPerHaPair: setting, ssdGiB, iops };
    const { total, provisioned } = monthlyCost(size, new PriceList(prices, size));
    assert.is(total?.toFixed(2), month);
    assert.is(provisioned, total);
  });
}

test('SINGLE_AZ_2 at 6144 MBps with 200,000 IOPS and 4 TiB costs 23.03 an hour', () => {
  const size = { ...SMALLEST, deploymentType: 'SINGLE_AZ_2', throughputMBpsPerHaPair: 6144, ssdGiB: 4096, iops: 2e5 };
  assert.is(((monthlyCost(size, new PriceList(prices, size)).total ?? 0) / HOURS_OF_MONTH).toFixed(2), '23.03');
});

test('pairs multiply the throughput, and pool and backups are billed by their size', () => {
  const size = { ...SMALLEST, deploymentType: 'SINGLE_AZ_2', haPairs: 2, throughputMBpsPerHaPair: 1536 };
  const of = (changes: Partial<FileSystemSize>) =>
    monthlyCost({ ...size, ...changes }, new PriceList(prices, size)).total as number;
  near(of({}), 153.6 + 2 * 1536 * 2.013);
  near(of({ poolGiB: 1000 }) - of({}), 23.8);
  near(of({ backupGiB: 100 }) - of({}), 5);
  assert.is(of({ poolGiB: null, backupGiB: null }), of({}), 'what is not known is not counted');
});

function question(changes: Partial<CostQuestion> = {}): CostQuestion {
  return {
    size: SMALLEST,
    prices,
    measured: null,
    rate: null,
    datasetBytes: null,
    epochsPerMonth: null,
    poolReads: null,
    poolReadBytes: null,
    poolWrites: null,
    crossAz: false,
    ...changes,
  };
}

const MONTH = 269.568;

test('a rate costs by the GB/s, by the TB and by the epoch', () => {
  const [rate] = totalCost(question({ rate: 1e8, datasetBytes: 1e11 })).rates;
  near(rate?.perGBpsMonth, MONTH * 10);
  // 10^12 bytes at 10^8 bytes per second are 10,000 s.
  near(rate?.perTB, (MONTH / 730) * (1e4 / 3600));
  near(rate?.perEpochFromSsd, (MONTH / 730) * (1e3 / 3600));
  near(rate?.perTBFromPool?.low, (rate?.perTB ?? 0) + (1e12 / 2 ** 22 / 1000) * 0.00037);
  near(rate?.perTBFromPool?.high, (rate?.perTB ?? 0) + (1e12 / 4096 / 1000) * 0.00037);
  const [far] = totalCost(question({ rate: 1e8, crossAz: true })).rates;
  near((far?.perTB ?? 0) - (rate?.perTB ?? 0), 10);
});

test('the capacity pool is cheaper below the epochs whose requests cost what it saves', () => {
  const { tiers } = totalCost(question({ datasetBytes: 2 ** 40 }));
  near(tiers?.onSsd, 153.6);
  near(tiers?.inPool, 1024 * 0.0238);
  const saved = 1024 * (0.15 - 0.0238);
  near(tiers?.breakEvenEpochs?.low, saved / ((2 ** 28 / 1000) * 0.00037));
  near(tiers?.breakEvenEpochs?.high, saved / ((2 ** 18 / 1000) * 0.00037));
});

/** A run of half an hour on SINGLE_AZ_2 at 1536 MBps that reads 3 × 2 GB, with a burst. */
const arm = makeArm('read');
const run = onVolume(
  makeRun([arm], 3, { startedAt: '2026-11-23T19:00:00.000Z', endedAt: '2026-11-23T19:30:00.000Z' }),
  { volume: makeVolume({ fileSystem: { iops: 30_720 } }) },
);
const trials = [1, 2, 3].map((round) =>
  makeTrial(arm, round, 2e9, { cache: { ...makeCache('proven'), fileBytes: 2 ** 33 } }),
);
const measured = { run, target: run.environment.targets[0]!, trials };
const size = {
  ...SMALLEST,
  deploymentType: 'SINGLE_AZ_2',
  throughputMBpsPerHaPair: 1536,
  ssdGiB: 10_240,
  iops: 30_720,
};

test('a run costs its hours, its requests and its traffic', () => {
  const { test: plain, perHour, rates, tiers } = totalCost(question({ size, measured }));
  assert.is(plain?.hours, 0.5);
  near(plain?.total, (perHour ?? 0) / 2);
  assert.is(plain?.requests, null, 'not known, which is not 0');
  const counted = totalCost(question({ size, measured, poolReads: 3e6, poolWrites: 1e6, crossAz: true }));
  near(counted.test?.requests, 3000 * 0.00037 + 1000 * 0.0047);
  near(counted.test?.crossAz, 0.06);
  near(counted.test?.total, (perHour ?? 0) / 2 + 3000 * 0.00037 + 1000 * 0.0047 + 0.06);
  assert.equal(counted.requestBytes, { least: 2000, most: 2000 }, '6 GB in 3 million requests');
  assert.equal(
    rates.map(({ name, bytesPerSecond, isLimited }) => [name, bytesPerSecond, isLimited]),
    [['read', 1536e6, true]],
  );
  assert.is(tiers?.datasetBytes, 2 ** 33);
});

test('the answer to “is ALL cheaper” depends on the epochs, and on the requests if they are not counted', () => {
  const answer = (epochsPerMonth: number, poolReads: number | null = null) => {
    const text = costReport(totalCost(question({ size, measured, epochsPerMonth, poolReads })), { columns: 120 });
    return /with .* epochs a month, (.*)/.exec(text)?.[1];
  };
  assert.is(answer(1), 'policy ALL is cheaper');
  assert.match(answer(100) ?? '', /^either may be cheaper: count the requests/);
  assert.is(answer(2000), 'SSD is cheaper');
  assert.is(answer(100, 6e9 / 2 ** 20), 'policy ALL is cheaper');
});

test('an unknown price is named, and no total is made up', () => {
  const unknown = totalCost(question({ size: { ...SMALLEST, region: 'us-east-1' }, rate: 1e9 }));
  assert.is(unknown.month.total, null);
  assert.is(unknown.rates[0]?.perTB, null);
  const text = costReport(unknown, { columns: 120 });
  assert.match(text, 'no price for ssd-gb-month in us-east-1 (SINGLE_AZ_1); add it to a price file (--prices FILE)\n');
  assert.match(text, 'total: not known, because prices are missing');
  assert.not.match(text, /NaN|undefined|null|Infinity/);
  return withTemporaryDirectory((directory) => {
    const missing = [...text.matchAll(/no price for (\S+) in us-east-1 \(SINGLE_AZ_1\)/g)].map(([, item]) => item);
    const rows = missing.map(
      (item) =>
        `  - {region: us-east-1, deploymentType: SINGLE_AZ_1, item: ${item}, price: 1, currency: USD, source: {title: contract, retrieved: 2026-12-01}}\n`,
    );
    writeFileSync(join(directory, 'prices.yaml'), `dated: 2026-12-01\nprices:\n${rows.join('')}`);
    const known = question({
      size: { ...SMALLEST, region: 'us-east-1' },
      rate: 1e9,
      prices: readPrices(join(directory, 'prices.yaml')),
    });
    assert.not.match(costReport(totalCost(known), { columns: 120 }), /no price for|not known/);
  });
});

test('a price of the user wins, and two currencies are refused', () =>
  withTemporaryDirectory((directory) => {
    const file = join(directory, 'prices.yaml');
    const row = (currency: string) =>
      `dated: 2026-12-01\nprices:\n  - {region: ap-northeast-1, deploymentType: SINGLE_AZ_1, item: ssd-gb-month, price: 1, currency: ${currency}, source: {title: contract, retrieved: 2026-12-01}}\n`;
    writeFileSync(file, row('USD'));
    near(totalCost(question({ prices: readPrices(file) })).month.total, 1024 + 128 * 0.906);
    writeFileSync(file, row('JPY'));
    assert.throws(
      () => totalCost(question({ prices: readPrices(file) })),
      (thrown: unknown) =>
        thrown instanceof FeedrateError &&
        /USD.*JPY|JPY.*USD/.test(thrown.message) &&
        /give all of them in one currency$/.test(thrown.message),
    );
  }));

test.run();
