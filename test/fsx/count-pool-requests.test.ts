/** The requests of one volume to the capacity pool: sums, absent values, completeness, periods and prices. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MetricQuery, MetricsApi } from '../../src/fsx/cloudwatch.js';
import { countPoolRequests, storageUsed } from '../../src/fsx/count-pool-requests.js';
import { costOfRequests, type PoolPrices } from '../../src/record/pool-requests.js';
import type { PriceRow } from '../../src/record/price-record.js';

const test = suite('counting requests to the capacity pool');

const PLACE = { fileSystemId: 'fs-1', volumeId: 'fsvol-1' };
const START = Date.UTC(2026, 10, 29, 12, 0);
const MINUTE_MS = 60_000;

type Points = readonly (readonly [number, number])[];

/** CloudWatch with these values by metric, one point a page. */
function api(values: (query: MetricQuery) => Points, asked: MetricQuery[] = []): MetricsApi {
  return {
    region: 'us-east-1',
    list: () => Promise.reject(new Error('nothing is listed')),
    async data(queries, _window, next) {
      if (next === null) asked.push(...queries);
      const at = Number(next ?? 0);
      const all = queries.map(values);
      const items = all.map((points, index) => ({ index, points: points.slice(at, at + 1), messages: [] }));
      return { items, next: all.some(({ length }) => length > at + 1) ? String(at + 1) : null };
    },
  };
}

const at = (minute: number, value: number): [number, number] => [(START + minute * MINUTE_MS) / 1000, value];

test('sums the periods that the time touches; what is absent is null, and values come late', async () => {
  const asked: MetricQuery[] = [];
  const counted = (nowMinute: number, newest: number) =>
    countPoolRequests(
      api(({ name }) => {
        if (name.endsWith('WriteBytes')) return [];
        return [at(-1, 1000), at(0, 1), at(1, 2), at(newest, 4)];
      }, asked),
      PLACE,
      START,
      START + 9.5 * MINUTE_MS,
      START + nowMinute * MINUTE_MS,
    );
  const requests = { readOperations: 7, readBytes: 7, writeOperations: 7, writeBytes: null };
  assert.equal(await counted(10, 9), { ...requests, isComplete: false });
  assert.equal(await counted(70, 9), { ...requests, isComplete: true });
  assert.equal(await counted(20, 12), {
    readOperations: 3,
    readBytes: 3,
    writeOperations: 3,
    writeBytes: null,
    isComplete: true,
  });
  assert.equal(asked[0], {
    name: 'CapacityPoolReadOperations',
    statistic: 'Sum',
    periodSeconds: 60,
    dimensions: { FileSystemId: 'fs-1', VolumeId: 'fsvol-1' },
  });
});

for (const [days, periodSeconds] of [
  [0.5, 60],
  [2, 300],
  [33, 300],
  [70, 3600],
] as const) {
  test(`the requests of ${days} days are asked for in periods that CloudWatch still keeps`, async () => {
    const asked: MetricQuery[] = [];
    const endMs = START + days * 86_400_000;
    const counted = await countPoolRequests(
      api(() => [], asked),
      PLACE,
      START,
      endMs,
      endMs + MINUTE_MS,
    );
    assert.ok(asked.every((query) => query.periodSeconds === periodSeconds));
    assert.equal([counted.readOperations, counted.isComplete], [null, false]);
  });
}

test('the footprint is asked for by tier', async () => {
  const asked: MetricQuery[] = [];
  const [ssd, pool] = await storageUsed(
    api(({ dimensions }) => (dimensions['StorageTier'] === 'SSD' ? [at(0, 5)] : []), asked),
    PLACE,
    START + MINUTE_MS,
  );
  assert.equal([ssd?.points, pool?.points], [[at(0, 5)], []]);
  assert.equal(
    asked.map(({ dimensions }) => dimensions['StorageTier']),
    ['SSD', 'StandardCapacityPool'],
  );
});

test('requests cost the price for 1,000; no price and no count are no number', () => {
  const row = (price: number) => ({ price, currency: 'USD' }) as PriceRow;
  const prices: PoolPrices = new Map([
    ['pool-read-1000', row(0.5)],
    ['pool-write-1000', row(2)],
  ]);
  const cost = (readOperations: number | null, writeOperations: number | null, list = prices) =>
    costOfRequests({ readOperations, writeOperations }, list);
  assert.equal(cost(2000, 3000), { cost: 7, currency: 'USD', missing: [] });
  assert.equal(cost(2000, null).cost, null);
  assert.equal(cost(0, 1, new Map()), { cost: null, currency: null, missing: ['pool-write-1000'] });
  assert.equal(cost(0, 0, new Map()), { cost: 0, currency: null, missing: [] });
});

test.run();
