import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { XyChart } from '../../src/charts/chart.js';
import { decodeFsxMetrics, encodeFsxMetrics, type FsxMetricsRecord } from '../../src/record/fsx-metrics-record.js';
import { metricsCharts } from '../../src/report/fsx/metrics-charts.js';
import { viewMetrics } from '../../src/report/fsx/metrics-view.js';
import { type MetricsFormat, renderFsxMetrics } from '../../src/report/fsx/render-fsx-metrics.js';
import { feedrateError } from '../support/feedrate-error.js';
import { fsxRun, metricsRecord, seriesOfValues, VOLUME } from '../support/fsx-metrics.js';
import { makeArm } from '../support/records.js';

const START = Date.UTC(2026, 10, 29, 12, 0);
const SECONDS = START / 1000;
const RUN = '20261129T120000Z_quick_a1f3';

function rendered(record: FsxMetricsRecord, format: MetricsFormat = 'table', columns = 80): string {
  const view = viewMetrics(RUN, record, fsxRun(START).trials, START + 9 * 60_000);
  return renderFsxMetrics(view, format, { color: false, columns, wraps: true });
}

const network = (...values: (number | null)[]) =>
  seriesOfValues('NetworkThroughputUtilization', 'file server', SECONDS, values);

const report = suite('report of fsx metrics');

report('per cent is drawn against 100, a gap is a gap, and a column of several minutes has their maximum', () => {
  const lines = rendered(metricsRecord(START, [network(2, 2, null, 2, 100)])).split('\n');
  assert.is(
    lines.find((line) => line.startsWith('network')),
    'network         max 100 %           ▁▁ ▁█',
  );
  const day = Array.from({ length: 1440 }, (_, minute) => (minute === 700 ? 97 : 3));
  const endAt = new Date(START + 86_400_000).toISOString();
  const long = rendered(metricsRecord(START, [network(...day)], { endAt, startAt: new Date(START).toISOString() }));
  assert.match(long, 'UTC             30 min each    12:00');
  assert.match(long, /^network {9}max 97 % {7}▁+█▁+$/m);
  for (const line of long.split('\n')) assert.ok(line.length <= 80, line);
});

report(
  'a chart has per cent as ratios, rates per second, the trials behind its lines, and a gap where nothing was published',
  () => {
    const volume = { dimensions: { VolumeId: VOLUME }, unit: 'bytes' } as const;
    const record = metricsRecord(START, [
      network(50, null, null, 104, 3),
      seriesOfValues('DataReadBytes', 'volume', SECONDS, [600, 1200], volume),
    ]);
    const charts = metricsCharts(viewMetrics(RUN, record, fsxRun(START).trials, START)) as XyChart[];
    const of = (id: string) => charts.find((chart) => chart.id === id) as XyChart;
    const minute = (count: number) => START + count * 60_000;
    const load = of('cloudwatch-load');
    assert.equal(load.series[0]?.points, [
      { x: minute(0), y: 0.5 },
      { x: minute(1), y: null },
      { x: minute(3), y: 1.04 },
      { x: minute(4), y: 0.03 },
      { x: minute(5), y: null },
    ]);
    assert.equal(
      load.spans?.map(({ from, to }) => [from, to]),
      [
        [minute(1), minute(6.5)],
        [minute(7.2), minute(7.7)],
      ],
    );
    const traffic = of('cloudwatch-traffic');
    assert.is(traffic.y.unit, 'bytes/s');
    assert.equal(traffic.series[0]?.points, [
      { x: minute(0), y: 10 },
      { x: minute(1), y: 20 },
      { x: minute(2), y: null },
    ]);
    for (const { x } of charts) assert.equal(x.includes, [minute(-5), minute(15)]);
  },
);

report('every rule speaks of its arm, and none of what is not known', () => {
  const volume = { VolumeId: VOLUME };
  const quiet = rendered(metricsRecord(START, [network(5, 5, 5, 5, 5, 5, 5, 5, 5)]), 'md');
  assert.equal(quiet.match(/^- .*(?:reached|came from|fell to|were of).*/gm), null);
  const five = (value: number) => [value, value, value, value, value, value];
  const busy = metricsRecord(START, [
    network(...five(120)),
    seriesOfValues('FileServerDiskIopsUtilization', 'file server', SECONDS, five(96)),
    seriesOfValues('CPUUtilization', 'file server', SECONDS, five(99)),
    seriesOfValues('DiskIopsUtilization', 'aggregate', SECONDS, five(100)),
    seriesOfValues('FileServerDiskThroughputBalance', 'file server', SECONDS, [7], { periodSeconds: 300 }),
    seriesOfValues('DiskReadBytes', 'aggregate', SECONDS, five(1), { unit: 'bytes' }),
    seriesOfValues('DataReadBytes', 'file system', SECONDS, five(100), { unit: 'bytes' }),
    seriesOfValues('DataReadBytes', 'volume', SECONDS, five(50), { unit: 'bytes', dimensions: volume }),
    seriesOfValues('CapacityPoolReadOperations', 'volume', SECONDS, five(2), { unit: 'count', dimensions: volume }),
  ]);
  const text = rendered(busy, 'md');
  for (const expected of [
    '10 requests read data from the capacity pool',
    'SSD IOPS reached 100 %',
    'reached 96 % of its disk IOPS',
    'reached 120 % of its network limit: more than the baseline',
    'CPU reached 99 %',
    'burst balance fell to 7 %',
    'Only 1 % of the bytes that clients read came from disk',
    'Only 50 % of the bytes that the file system served were of this volume',
  ])
    assert.match(text, expected);
});

report('a report says what is missing: nothing at all, the end, or a permission', () => {
  assert.match(rendered(metricsRecord(START, [], { completeUntil: null })), 'CloudWatch has no values for this time.');
  const early = metricsRecord(START, [network(1)], { completeUntil: new Date(START + 60_000).toISOString() });
  assert.match(
    rendered(early, 'table', 200),
    'Complete until 2026-11-29 12:01 UTC, but the run ended 2026-11-29 12:09 UTC: use --wait',
  );
  assert.match(rendered(metricsRecord(START, [], { problems: ['grant it with {}'] })), 'grant it with {}');
});

report('the generations are told apart', () => {
  const [target] = metricsRecord(START, []).targets;
  const of = (generation: 1 | 2 | null) =>
    rendered(metricsRecord(START, [network(1, 1, 1)], { targets: [{ ...target!, generation }] }), 'table', 200);
  assert.match(of(1), 'First generation: disk utilisation is relative to the throughput setting');
  assert.match(of(2), 'Second generation: disk utilisation is relative to the baseline');
  assert.not.match(of(null), 'generation:');
});

report('names from outside stay on their line, also with hundreds of arms', () => {
  const hostile = 'a\u001b[2J\nb';
  const { trials } = fsxRun(START);
  const many = Array.from({ length: 300 }, (_, index) => ({
    ...trials[0]!,
    id: `t${index}`,
    arm: makeArm(`${hostile}${index}`).id,
  }));
  const [target] = metricsRecord(START, []).targets;
  const record = metricsRecord(START, [network(1, 1, 1)], {
    targets: [{ ...target!, region: hostile }],
    problems: [hostile],
  });
  const text = renderFsxMetrics(viewMetrics(hostile, record, many, START), 'table', { color: false, columns: 80 });
  assert.not.match(text, '\u001b');
  assert.match(text, '# a\\u001b[2J\\nb299');
});

report('a file is read back as it was written, and damage is refused with its place', () => {
  const record = metricsRecord(START, [network(1, null, 3)]);
  assert.equal(decodeFsxMetrics(encodeFsxMetrics(record), 'f'), record);
  const refused = (changes: object) => () => decodeFsxMetrics(JSON.stringify({ ...record, ...changes }), 'f');
  const [series] = record.series;
  const damages: readonly (readonly [object, RegExp])[] = [
    [{ metricsVersion: 2 }, /f: metricsVersion: expected version 1/],
    [{ fetchedAt: 'soon' }, /f: fetchedAt: expected a time/],
    [{ series: [{ ...series, points: [[1]] }] }, /points\[0\]: expected a time and a value/],
    [{ series: [{ ...series, points: [[1, 'x']] }] }, /expected a number/],
    [{ series: [{ ...series, periodSeconds: 0 }] }, /expected a positive number/],
    [{ series: [{ ...series, scope: 'planet' }] }, /scope: expected/],
    [{ targets: [{}] }, /targets\[0\]\.name/],
  ];
  for (const [changes, expected] of damages) assert.throws(refused(changes), feedrateError('store', expected));
});

report.run();
