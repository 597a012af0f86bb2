import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Chart, TimelineChart, XyChart } from '../../../src/charts/chart.js';
import { type CheckpointSpan, timelineOf } from '../../../src/record/checkpoint-timeline.js';
import { runCharts } from '../../../src/report/charts/run-charts.js';
import { runJson } from '../../../src/report/run/run-json.js';
import { type RunView, viewRun } from '../../../src/report/run/run-view.js';
import { measured } from '../../../src/stats/measure.js';
import { around, type MeasuredArm, measuredRun } from '../../support/measured-runs.js';
import { makeCalls, makeTraffic } from '../../support/nfs-traffic.js';
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

/** A trial of two checkpoints of two ranks, each written in `writeNs`. */
function savedIn(writeNs: number, round: number, arm = makeArm('save'), workers = 2) {
  const spans = [1, 2].flatMap((checkpoint) =>
    Array.from({ length: workers }, (_, worker): CheckpointSpan => {
      const startNs = checkpoint * 1e10;
      return { checkpoint, worker, phase: 'write', startNs, endNs: startNs + writeNs + worker };
    }),
  );
  const timeline = timelineOf(spans);
  assert.ok(timeline !== undefined);
  return makeTrial(arm, round, 1e8, { id: `s1r${round}t1`, timeline });
}

test('a checkpoint timeline is that of the trial with the median time, with a lane for each rank', () => {
  const arm = makeArm('save');
  const { run } = measuredRun('saves', [{ arm, levels: around(1e8, 3) }]);
  const trials = [3e9, 1e9, 2e9].map((ns, index) => savedIn(ns, index + 1));
  const chart = chartOf(viewRun(run, trials, []), 'checkpoint-timeline') as TimelineChart;
  assert.match(chart.description, /in trial s1r3t1, the one of 3 with the median time/);
  assert.equal(
    chart.lanes.map(({ name, spans }) => [name, spans.map(({ what, fromNs, toNs }) => [what, fromNs, toNs])]),
    [0, 1].map((worker) => [
      `worker ${worker}`,
      [1, 2].map((checkpoint) => ['write', checkpoint * 1e10, checkpoint * 1e10 + 2e9 + worker]),
    ]),
  );
});

test('of many ranks and many arms, the timelines are those of the slow ones, and say so', () => {
  const arms = Array.from({ length: 9 }, (_, index) => makeArm('save', [{ name: 'numjobs', label: `${index + 1}` }]));
  const { run } = measuredRun(
    'saves',
    arms.map((arm) => ({ arm, levels: around(1e8, 3) })),
  );
  const trials = arms.map((arm, index) => ({ ...savedIn((index + 1) * 1e9, 1, arm, 30), id: `s1r1t${index + 1}` }));
  const charts = runCharts(viewRun(run, trials, [])).flatMap(({ chart }) =>
    chart.id.startsWith('checkpoint-timeline') ? [chart as TimelineChart] : [],
  );
  assert.equal(
    charts.map(({ lanes }) => [lanes[0]?.arm, lanes.length]),
    arms.slice(3).map(({ id }) => [id, 24]),
  );
  for (const { description } of charts) {
    assert.match(description, 'The 6 of 9 arms with the longest checkpoints.');
    assert.match(description, 'The 24 of 30 ranks that were done last.');
  }
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

test('many arms become several charts of few lines, each arm in one of them', () => {
  const arms = ['1', '2', '4', '8'].flatMap((numjobs) =>
    ['1', '8', '32'].flatMap((iodepth) =>
      SIZES.map((bs) => ({
        arm: makeArm('read', [
          { name: 'bs', label: bs },
          { name: 'numjobs', label: numjobs },
          { name: 'iodepth', label: iodepth },
        ]),
        levels: [1e8],
      })),
    ),
  );
  const charts = runCharts(viewOf(arms)).map(({ chart }) => chart);
  const lines = charts.filter(
    (chart): chart is XyChart => chart.kind === 'xy' && chart.id.startsWith('throughput-by-bs'),
  );
  assert.ok(lines.every(({ series }) => series.length <= 8));
  const shown = lines.flatMap(({ series }) => series.flatMap(({ points }) => points.map(({ arm }) => arm)));
  assert.equal(shown.toSorted(), arms.map(({ arm }) => arm.id).toSorted());
  assert.is(new Set(charts.map(({ id }) => id)).size, charts.length, 'ids are unique');
  const heatmap = charts.find(({ kind }) => kind === 'heatmap');
  assert.match(heatmap?.title ?? '', 'I/O size (bs) and workers (numjobs)');
});

test('what is known of targets is an axis: connections of a mount', () => {
  const targets = ['1', '4', '16'].map((count) => `n${count}`);
  const arms = sizesOn(targets, 2);
  const { run, trials } = measuredRun('charts', arms);
  const [known] = run.environment.targets;
  const environment = {
    ...run.environment,
    targets: targets.map((name) => ({ ...known, name, options: `rw,vers=4.1,nconnect=${name.slice(1)}` })),
  } as typeof run.environment;
  const chart = chartOf(viewRun({ ...run, environment }, trials, []), 'throughput-by-nconnect') as XyChart;
  assert.equal(
    chart.series.map(({ name, points }) => [name, points.map(({ x }) => x)]),
    SIZES.map((bs) => [`bs=${bs}`, [1, 4, 16]]),
  );
});

test('seconds in which next to nothing happened are marked, and stay when a day is thinned', () => {
  const arm = makeArm('read');
  const seconds = 86_400;
  const series = Array.from({ length: seconds }, (_, index) => {
    const ops = index === 30_000 ? 0 : 1000;
    return { startNs: index * 1e9, durationNs: 1e9, readBytes: ops * 4096, writeBytes: 0, ops, p50Ns: 1e5, p99Ns: 1e6 };
  });
  const window = { ...makeWindow(1e8), endNs: seconds * 1e9, lastDoneNs: seconds * 1e9 };
  const trial = makeTrial(arm, 1, 1e8, { series, window, wallNs: seconds * 1e9 });
  const view = viewRun(measuredRun('day', [{ arm, levels: [] }]).run, [trial], []);
  const chart = chartOf(view, 'throughput-over-time') as XyChart;
  const start = Date.parse(trial.startedAt);
  assert.equal(chart.spans, [{ from: start + 3e7, to: start + 3e7 + 1000, label: 'stalled for 1 s', tone: 'warning' }]);
  const points = chart.series[0]?.points ?? [];
  assert.ok(points.length < 20_000, `${points.length} points`);
  assert.is(points.filter(({ y }) => y === 0).length, 1);
});

test('the parts of an NFS operation add up to its mean time', () => {
  const arm = makeArm('read');
  const nfs = makeTraffic({ calls: { READ: makeCalls(1000) } });
  const { run, trials } = measuredRun('nfs', [{ arm, levels: [1e8, 1e8], trials: { nfs, latency: { read: many } } }]);
  const view = viewRun(run, trials, []);
  const chart = chartOf(view, 'nfs-read-operation');
  assert.is(chart.kind, 'bars');
  if (chart.kind !== 'bars') return;
  const total = chart.parts.reduce((sum, { values }) => sum + (values[0] ?? 0), 0);
  const mean = view.summaries[0]?.nfs?.read?.operationNs ?? 0;
  assert.ok(Math.abs(total - mean) < 1e-6 * mean, `${total} and ${mean}`);
});

test('every number is finite, and every id is fit for a file name', () => {
  const hostile = '</script><script>alert(1)</script>\u202e\u001b[31m'.padEnd(10_000, 'x');
  const arms = sizesOn(['a', hostile], 1).map((one, index) =>
    index === 0 ? { ...one, levels: [0], trials: { ...one.trials, window: { ...makeWindow(0, 0), endNs: 0 } } } : one,
  );
  const charts = runCharts(viewOf(arms));
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'number') assert.ok(Number.isFinite(value), path);
    if (value !== null && typeof value === 'object')
      for (const [key, part] of Object.entries(value)) walk(part, `${path}.${key}`);
  };
  for (const { chart } of charts) {
    walk(chart, chart.id);
    assert.match(chart.id, /^[a-z0-9-]{1,70}$/);
  }
});

test.run();
