import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Chart, ForestChart, XyChart } from '../../../src/charts/chart.js';
import { type Comparison, type ComparisonOptions, compare, type NamedRun } from '../../../src/gate/comparison.js';
import { historyArms, historyOf } from '../../../src/gate/run-history.js';
import type { FeedRecord } from '../../../src/record/feed-record.js';
import { comparisonCharts } from '../../../src/report/charts/comparison-charts.js';
import { feedCharts } from '../../../src/report/charts/feed-charts.js';
import { historyCharts } from '../../../src/report/charts/history-charts.js';
import { comparisonJson } from '../../../src/report/comparison/comparison-json.js';
import { comparisonOptions } from '../../support/comparison-options.js';
import { around, measuredRun, measureNamed } from '../../support/measured-runs.js';
import { makeArm } from '../../support/records.js';

const test = suite('report/charts/other-charts');

const SIZES = ['4KiB', '64KiB', '1MiB'];

function sizes(name: string, factor: number, sessions = 8): NamedRun {
  const arms = SIZES.map((bs, index) => ({
    arm: makeArm('read', [{ name: 'bs', label: bs }]),
    levels: around(factor * 1e8 * (index + 1), sessions),
  }));
  return measuredRun(name, arms);
}

function compared(runs: readonly NamedRun[], changes: Partial<ComparisonOptions> = {}): Comparison {
  return compare(runs, comparisonOptions({ demands: 'load', ...changes }));
}

function chartIn<C extends Chart>(charts: readonly Chart[], id: string): C {
  const found = charts.find((chart) => chart.id === id);
  if (found === undefined) throw new Error(`no chart ${id}: ${charts.map((chart) => chart.id)}`);
  return found as C;
}

test('a forest has the ratios and intervals of the JSON report, and a dot for each session', () => {
  const comparison = compared([sizes('base', 1), sizes('new', 0.8)]);
  const { cells } = JSON.parse(comparisonJson(comparison, null, { answer: '', next: [] }));
  const { rows, band } = chartIn<ForestChart>(comparisonCharts(comparison), 'change-of-throughput');
  assert.is(rows.length, 3);
  for (const row of rows) {
    const cell = cells.find((one: { row: { bs: string } }) => row.name === `bs=${one.row.bs}`);
    assert.is(row.estimate, cell.ratio.estimate);
    assert.is(row.low, cell.ratio.low);
    assert.is(row.high, cell.ratio.high);
    assert.is(row.dots.length, 8);
    assert.is(row.tone, 'bad');
    assert.match(row.note, 'regression');
  }
  assert.equal(band, { low: 0.99, high: 1 / 0.99 });
});

test('both sides of a comparison are lines over I/O size, with the levels of its table', () => {
  const comparison = compared([sizes('base', 1), sizes('new', 0.8)]);
  const chart = chartIn<XyChart>(comparisonCharts(comparison), 'throughput-by-bs');
  assert.equal(
    chart.series.map(({ name }) => name),
    ['base', 'new'],
  );
  const medians = comparison.cells.map(({ baseSpread, candidateSpread }) => [
    baseSpread?.median,
    candidateSpread?.median,
  ]);
  assert.equal(
    chart.series.map(({ points }) => points.map(({ y }) => y)),
    [medians.map(([base]) => base), medians.map(([, candidate]) => candidate)],
  );
});

test('a candidate that measured nothing is on the forest, beyond its axis', () => {
  const arm = makeArm('read');
  const base = measuredRun('base', [{ arm, levels: around(1e8, 8) }]);
  const dead = measuredRun('new', [{ arm, levels: new Array<number>(8).fill(0) }]);
  const chart = chartIn<ForestChart>(comparisonCharts(compared([base, dead])), 'change-of-throughput');
  const [row] = chart.rows;
  assert.is(row?.estimate, null);
  assert.equal(row?.beyond, { low: 8, high: 0 });
  assert.match(row?.note ?? '', 'the candidate measured nothing in 8');
});

test('an incomparable cell is on the forest with its reason', () => {
  const other = sizes('new', 1);
  const changed = { ...other, run: { ...other.run, environment: { ...other.run.environment, kernel: '6.9.0' } } };
  const comparison = compared([sizes('base', 1), changed], { demands: 'environment' });
  const { rows } = chartIn<ForestChart>(comparisonCharts(comparison), 'change-of-throughput');
  for (const row of rows) assert.match(row.note, /^incomparable: .*kernel changed from 6\.1\.0 to 6\.9\.0/);
});

test('a history is a line of runs, with its changes marked', () => {
  const measures = [measureNamed('throughput')];
  const arm = makeArm('read');
  const arms = Array.from({ length: 20 }, (_, day) => {
    const startedAt = new Date(Date.UTC(2026, 9, 1 + day)).toISOString();
    const run = measuredRun(`run-${day}`, [{ arm, levels: around(day < 10 ? 1e9 : 8e8, 8) }], { startedAt });
    return historyArms(run, new Map(), measures);
  }).flat();
  const series = historyOf(arms, measures);
  const history = { workload: 'quick', runs: 20, leftOut: new Map(), series };
  const chart = chartIn<XyChart>(historyCharts(history), 'throughput-over-time');
  assert.equal(
    chart.series[0]?.points.map(({ y, low, label }) => [y, low, label]),
    series[0]?.points.map(({ spread, side }) => [spread.median, spread.medianLow, side.run.id]),
  );
  assert.equal(
    chart.marks?.map(({ x, label }) => [new Date(x).toISOString().slice(0, 10), label]),
    [['2026-10-11', '−20.0 %']],
  );
});

test('feed: what was emulated has intervals, what was predicted is dashed', () => {
  const point = (accelerators: number, au: number) => ({
    accelerators,
    au: { low: au - 0.01, estimate: au, high: null },
    trials: 3,
  });
  const record = {
    model: { name: 'unet3d' },
    threshold: 0.9,
    predicted: [point(1, 0.99), point(2, 0.93)],
    emulated: [point(1, 0.98)],
    ramp: [
      { readers: 1, samplesPerSecond: 10, bytesPerSecond: 1e6, medianNs: 1e6, p99Ns: 2e6 },
      { readers: 2, samplesPerSecond: 18, bytesPerSecond: 2e6, medianNs: 1e6, p99Ns: 3e6 },
    ],
  } as unknown as FeedRecord;
  const charts = feedCharts(record);
  const au = chartIn<XyChart>(charts, 'au-over-accelerators');
  assert.equal(
    au.series.map(({ name, isPredicted = false }) => [name, isPredicted]),
    [
      ['predicted', true],
      ['emulated', false],
    ],
  );
  assert.equal(au.series[1]?.points, [{ x: 1, y: 0.98, low: 0.97 }]);
  assert.equal(
    au.levels?.map(({ y }) => y),
    [0.9],
  );
  assert.equal(
    chartIn<XyChart>(charts, 'ramp-samples').series[0]?.points.map(({ y }) => y),
    [10, 18],
  );
});

test.run();
