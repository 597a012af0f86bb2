import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import type { ListedMetric, MetricQuery, MetricsApi, MetricsPage, QueryValues } from '../../src/fsx/cloudwatch.js';
import { keptPeriodSeconds, type MetricSource } from '../../src/fsx/metric-queries.js';
import { checkNamedVolume, metricSources, metricTargets, type NamedVolume } from '../../src/fsx/metric-targets.js';
import { fetchMetrics, windowAround } from '../../src/fsx/metrics-fetch.js';
import { fetchRunMetrics, isCompleteFor, runSpanMs } from '../../src/fsx/run-metrics.js';
import { refusalOf } from '../support/feedrate-error.js';
import { FILE_SYSTEM, fsxRun, fsxVolume, metricsRecord, VOLUME } from '../support/fsx-metrics.js';

const START = Date.UTC(2026, 10, 29, 12, 0);
const WINDOW = windowAround(START, START + 540_000);
const SOURCE: MetricSource = {
  region: 'us-east-1',
  fileSystemId: FILE_SYSTEM,
  volumeIds: [VOLUME],
  generation: 2,
  haPairs: 1,
};

/** CloudWatch with these metrics; `values` answers each query. Pages have `pageSize` results. */
class FakeCloudWatch implements MetricsApi {
  readonly region = 'us-east-1';
  readonly asked: MetricQuery[][] = [];
  listed: readonly ListedMetric[] = [];
  denied = false;
  pageSize = 1000;
  values: (query: MetricQuery) => readonly (readonly [number, number])[] = () => [];

  async list(_fileSystemId: string, next: string | null) {
    if (this.denied) throw new FeedrateError('cloud', 'cloudwatch:ListMetrics: grant it with {}');
    const at = Number(next ?? 0);
    const end = at + this.pageSize;
    return { items: this.listed.slice(at, end), next: end < this.listed.length ? String(end) : null };
  }

  async data(
    queries: readonly MetricQuery[],
    _window: unknown,
    next: string | null,
  ): Promise<MetricsPage<QueryValues>> {
    if (next === null) this.asked.push([...queries]);
    // Each page has one point of every query, as pages of GetMetricData may have.
    const at = Number(next ?? 0);
    const all = queries.map((query) => this.values(query));
    const longest = Math.max(...all.map(({ length }) => length));
    const items = all.map((points, index) => ({ index, points: points.slice(at, at + 1), messages: [] }));
    return { items, next: at + 1 < longest ? String(at + 1) : null };
  }
}

const fetching = suite('fetching metrics');

fetching('listed file servers and aggregates are asked for, on all pages of the list and of the answer', async () => {
  const api = new FakeCloudWatch();
  api.pageSize = 1;
  const listed = (dimensions: Record<string, string>) => ({
    name: 'X',
    dimensions: { FileSystemId: FILE_SYSTEM, ...dimensions },
  });
  api.listed = [listed({ FileServer: 'b' }), listed({}), listed({ FileServer: 'a' }), listed({ Aggregate: 'aggr7' })];
  api.values = ({ name }) =>
    name === 'CPUUtilization'
      ? [
          [WINDOW.startSeconds, 1],
          [WINDOW.startSeconds + 60, 2],
        ]
      : [];
  const { series, newestSeconds } = await fetchMetrics(api, [{ ...SOURCE, generation: null }], WINDOW, START + 1e6);
  assert.equal(
    series.map(({ dimensions, points }) => [dimensions['FileServer'], points.map(([, value]) => value)]),
    [
      ['a', [1, 2]],
      ['b', [1, 2]],
    ],
  );
  assert.is(newestSeconds, WINDOW.startSeconds + 120);
  const asked = api.asked.flat().map(({ name, dimensions }) => `${name} ${Object.values(dimensions).join(' ')}`);
  assert.ok(asked.includes(`DiskIopsUtilization ${FILE_SYSTEM} aggr7`));
  assert.ok(asked.includes(`FileServerDiskThroughputBalance ${FILE_SYSTEM} a`));
  assert.ok(asked.includes(`StorageUsed ${FILE_SYSTEM} ${VOLUME} StandardCapacityPool All`));
});

fetching('without the permission to list, the names follow from the HA pairs, 500 queries a request', async () => {
  const api = new FakeCloudWatch();
  api.denied = true;
  const volumeIds = Array.from({ length: 40 }, (_, index) => `fsvol-${index}`);
  const { problems } = await fetchMetrics(api, [{ ...SOURCE, haPairs: 12, volumeIds }], WINDOW, START + 1e6);
  assert.match(problems.join(), 'grant it with {} (used the file servers');
  const servers = new Set(api.asked.flat().flatMap(({ dimensions }) => dimensions['FileServer'] ?? []));
  assert.is(servers.size, 24);
  assert.ok(servers.has('FsxId0123456789abcdef0-24'));
  assert.ok(api.asked.length > 1);
  assert.ok(api.asked.every(({ length }) => length <= 500));
});

fetching('the first generation has no dimensions for servers, and no balances', async () => {
  const api = new FakeCloudWatch();
  await fetchMetrics(api, [{ ...SOURCE, generation: 1 }], WINDOW, START + 1e6);
  const asked = api.asked.flat();
  assert.equal(
    asked.filter(({ name }) => name.endsWith('Balance')),
    [],
  );
  const network = asked.filter(({ name }) => name === 'NetworkThroughputUtilization');
  assert.equal(
    network.map(({ dimensions }) => dimensions),
    [{ FileSystemId: FILE_SYSTEM }],
  );
  assert.equal([...new Set(asked.map(({ periodSeconds }) => periodSeconds))], [60]);
});

fetching('an old run is asked for in the periods that CloudWatch keeps', async () => {
  const day = 86_400;
  assert.equal(
    [14, 16, 64, 456].map((days) => keptPeriodSeconds(days * day)),
    [60, 300, 3600, null],
  );
  const api = new FakeCloudWatch();
  const { problems } = await fetchMetrics(api, [SOURCE], WINDOW, START + 20 * day * 1000);
  assert.ok(api.asked.flat().every(({ periodSeconds }) => periodSeconds === 300));
  assert.match(problems.join(), 'periods of 5 minutes only');
  const refusal = await refusalOf(() => fetchMetrics(api, [SOURCE], WINDOW, START + 500 * day * 1000));
  assert.match(refusal.message, '455 days');
});

fetching('pages that repeat, and messages of CloudWatch', async () => {
  const api = new FakeCloudWatch();
  api.list = async () => ({ items: [], next: 'again' });
  const { problems } = await fetchMetrics(api, [SOURCE], WINDOW, START + 1e6);
  assert.match(problems.join(), 'never end');
  api.data = async () => ({
    items: [
      { index: 0, points: [], messages: ['Forbidden'] },
      { index: 9999, points: [[1, 2]], messages: [] },
    ],
    next: null,
  });
  assert.match((await fetchMetrics(api, [SOURCE], WINDOW, START + 1e6)).problems.join(), 'DataReadBytes: Forbidden');
});

fetching('waiting polls until the metrics reach the end of the run, within its bound', async () => {
  const { run, trials } = fsxRun(START);
  const span = runSpanMs(run, trials, START + 1e9);
  const targets = await metricTargets(
    run.environment.targets,
    { fileSystemId: null, volumeId: null, region: null },
    async () => null,
  );
  const request = { targets, sources: metricSources(targets, run.environment.targets), ...span, waitMs: 600_000 };
  const api = new FakeCloudWatch();
  let now = START + 570_000;
  api.values = ({ name }) => (name === 'CPUUtilization' ? [[Math.floor(now / 60_000) * 60 - 120, 5]] : []);
  const told: string[] = [];
  const tools = {
    openApi: async () => api,
    tell: (text: string) => told.push(text),
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  const record = await fetchRunMetrics(request, tools);
  assert.ok(isCompleteFor(record, span.endMs));
  assert.ok(told.length > 0 && told.length < 12, told.join('\n'));
  assert.match(told[0]!, 'CloudWatch is complete until');
  assert.equal(
    record.targets.map(({ fileSystemId, volumeId, generation }) => [fileSystemId, volumeId, generation]),
    [[FILE_SYSTEM, VOLUME, 2]],
  );
  api.values = () => [];
  now = START + 570_000;
  const nothing = await fetchRunMetrics({ ...request, waitMs: 60_000 }, tools);
  assert.is(nothing.completeUntil, null);
  assert.is(now, START + 630_000);
  assert.ok(
    isCompleteFor({ ...nothing, fetchedAt: new Date(span.endMs + 3_600_000).toISOString() }, span.endMs),
    'nothing comes after an hour',
  );
});

fetching('targets are known by record, by host name, or by what the user says', async () => {
  const nothing: NamedVolume = { fileSystemId: null, volumeId: null, region: null };
  const [environment] = fsxRun(START, null).run.environment.targets;
  const targetsFor = (source: string, named = nothing, region: string | null = null) =>
    metricTargets([{ ...environment!, source }], named, async () => region);
  const host = 'svm-0123456789abcdef0.fs-0aaaaaaaaaaaaaaa0.fsx.eu-west-1.amazonaws.com:/train';
  const [byHost] = await targetsFor(host);
  assert.equal([byHost?.fileSystemId, byHost?.region, byHost?.volumeId], ['fs-0aaaaaaaaaaaaaaa0', 'eu-west-1', null]);
  const named = { fileSystemId: 'fs-0bbbbbbbbbbbbbbb0', volumeId: VOLUME, region: null };
  assert.is((await targetsFor('10.0.0.9:/train', named, 'us-west-2'))[0]?.region, 'us-west-2');
  assert.match((await refusalOf(() => targetsFor('10.0.0.9:/train', named))).message, 'give its region');
  assert.match((await refusalOf(() => targetsFor('10.0.0.9:/train'))).message, '--file-system fs-…');
  const recorded = { ...environment!, volume: fsxVolume('MULTI_AZ_1') };
  const [first] = await metricTargets([recorded], named, async () => null);
  assert.equal([first?.fileSystemId, first?.generation], [FILE_SYSTEM, 1], 'the record wins');
  for (const wrong of [{ fileSystemId: 'fs-1' }, { volumeId: 'fsvol-1' }, { region: 'frankfurt' }])
    assert.throws(() => checkNamedVolume({ ...nothing, ...wrong }), /expected an id/);
});

fetching('the span of a run that was killed ends with its last trial', () => {
  const { run, trials } = fsxRun(START);
  assert.is(runSpanMs({ ...run, endedAt: null }, trials, START + 1e9).endMs, START + 7.7 * 60_000);
  assert.is(runSpanMs({ ...run, endedAt: null }, [], START + 1e9).endMs, START);
  assert.is(runSpanMs(run, trials, START + 5000).endMs, START + 5000);
  assert.throws(() => runSpanMs({ startedAt: 'x', endedAt: null }, [], START), /does not record/);
  assert.ok(metricsRecord(START, []).completeUntil !== null);
});

fetching.run();
