import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Chart, XyChart } from '../../../src/charts/chart.js';
import { mergedLatency } from '../../../src/record/trial-values.js';
import { runCharts } from '../../../src/report/charts/run-charts.js';
import { runJson } from '../../../src/report/run/run-json.js';
import { type RunView, viewRun } from '../../../src/report/run/run-view.js';
import { measured } from '../../../src/stats/measure.js';
import { around, type MeasuredArm, measuredRun } from '../../support/measured-runs.js';
import { latencies, makeArm, makeTrial, makeWindow } from '../../support/records.js';

const test = suite('report/charts/run-charts');

const SIZES = ['4KiB', '64KiB', '1MiB'];
const many = latencies(...Array.from({ length: 4000 }, (_, index) => 1e5 * (1 + index / 10)));

function sizesOn(targets: readonly string[], sessions = 8): MeasuredArm[] {
  return targets.flatMap((target, at) =>
    SIZES.map((bs, index) => ({
      arm: {
        ...makeArm('read', [
          { name: 'bs', label: bs },
          { name: 'target', label: target },
        ]),
        target,
      },
      levels: around(1e8 * (index + 1) * (at + 1), sessions),
      trials: { latency: { read: many } },
    })),
  );
}

function viewOf(arms: readonly MeasuredArm[]): RunView {
  const { run, trials } = measuredRun('charts', arms);
  return viewRun(run, trials, []);
}

function chartOf(view: RunView, id: string): Chart {
  const found = runCharts(view).find(({ chart }) => chart.id === id);
  if (found === undefined) throw new Error(`no chart ${id}: ${runCharts(view).map(({ chart }) => chart.id)}`);
  return found.chart;
}

/** The arms of the report in JSON, by id. */
function jsonArms(view: RunView): Map<string, Record<string, number>> {
  const { arms } = JSON.parse(runJson(view, { answer: '', next: [] }));
  return new Map(arms.map((arm: Record<string, number>) => [arm['arm'], arm]));
}

test('throughput over I/O size has the numbers of the JSON report, with an interval and a dot for each session', () => {
  const view = viewOf(sizesOn(['a', 'b']));
  const chart = chartOf(view, 'throughput-by-bs') as XyChart;
  const arms = jsonArms(view);
  assert.equal(
    chart.series.map(({ name }) => name),
    ['a', 'b'],
  );
  for (const { points } of chart.series) {
    assert.equal(
      points.map(({ x }) => x),
      [4096, 65536, 1048576],
    );
    for (const { y, low, high, dots, arm = '' } of points) {
      assert.is(y, arms.get(arm)?.['throughput_median_bytes_per_s']);
      assert.is(low, arms.get(arm)?.['throughput_median_low95_bytes_per_s']);
      assert.is(high, arms.get(arm)?.['throughput_median_high95_bytes_per_s']);
      assert.is(dots?.length, 8);
    }
  }
  assert.match(chart.description, /n = 8 sessions/);
});

test('percentiles are those of the merged latencies, up to where their number supports them', () => {
  const view = viewOf(sizesOn(['a'], 2));
  const chart = chartOf(view, 'latency-percentiles') as XyChart;
  for (const { points, arm } of chart.series) {
    const trials = view.trials.filter((trial) => trial.arm === arm);
    for (const { x, y } of points)
      assert.is(y, measured({ metric: 'latency', statistic: 1 - 1 / x }, trials), `${1 - 1 / x}`);
    // 8000 operations support p99.9, but not p99.99, which needs 29,956.
    assert.ok(points.some(({ x }) => x === 1000));
    assert.ok(points.every(({ x }) => x < 8000));
  }
  assert.equal(
    chart.x.ticks?.map(({ label }) => label),
    ['50 %', '90 %', '99 %', '99.9 %'],
  );
  assert.is(mergedLatency(view.trials, 'latency') === null, false);
});

test('a trial that measured nothing is seen', () => {
  const [first, ...others] = sizesOn(['a']);
  const view = viewOf([first as MeasuredArm, ...others]);
  const id = (first as MeasuredArm).arm.id;
  const empty = view.trials.map((trial) =>
    trial.arm === id && trial.session === 3
      ? makeTrial((first as MeasuredArm).arm, 1, 0, {
          id: trial.id,
          session: 3,
          window: { ...makeWindow(0, 0), endNs: 0 },
          latency: {},
        })
      : trial,
  );
  const chart = chartOf(viewRun(view.run, empty, []), 'throughput-by-bs') as XyChart;
  const point = chart.series[0]?.points[0];
  assert.is(point?.label, '1 of 8 trials measured nothing');
  assert.is(Math.min(...(point?.dots ?? [])), 0);
  const tail = chartOf(viewRun(view.run, empty, []), 'latency-p99-by-bs') as XyChart;
  assert.is(tail.series[0]?.points[0]?.label, '1 of 8 trials measured nothing');
});

test('without a number that varies, arms are bars', () => {
  const arms = ['read', 'write'].map((job) => ({ arm: makeArm(job), levels: around(1e8, 8) }));
  const view = viewOf(arms);
  const chart = chartOf(view, 'throughput-by-arm');
  assert.is(chart.kind, 'bars');
  if (chart.kind !== 'bars') return;
  assert.equal(chart.categories.categories, ['read', 'write']);
  assert.equal(
    chart.parts[0]?.values,
    [...jsonArms(view).values()].map((arm) => arm['throughput_median_bytes_per_s']),
  );
});

test('a run without results has no charts', () => {
  assert.equal(runCharts(viewRun(null, [], [])), []);
});

test.run();
