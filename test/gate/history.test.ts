import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type HistorySeries, historyArms, historyOf } from '../../src/gate/run-history.js';
import type { Arm } from '../../src/plan/plan.js';
import type { Environment } from '../../src/record/run-record.js';
import { type Measure, measureOf } from '../../src/stats/measure.js';
import { latencies, makeArm, makeRun, makeTrial, makeWindow, withSpec } from '../support/records.js';
import { type Day, runOfDay } from '../support/run-history.js';
import { startOfDay } from '../support/stored-runs.js';

const test = suite('gate/history');
const arm = makeArm('read');
const throughput = measureOf('throughput') as Measure;

function seriesOf(days: readonly Day[], measures: readonly Measure[] = [throughput]): HistorySeries[] {
  const arms = days.flatMap(({ run, trials }) => historyArms({ name: run.id, run, trials }, new Map(), measures));
  return historyOf(arms, measures);
}

const days = (count: number, levelOf: (day: number) => number, arms: readonly Arm[] = [arm]): Day[] =>
  Array.from({ length: count }, (_, day) => runOfDay(day, arms, () => levelOf(day)));

test('a point is the median of the medians of sessions, with the interval of their median', () => {
  const values = [
    [1, 9, 2],
    [5, 5, 5],
    [8, 8, 1],
  ];
  const trials = values.flatMap((session, index) =>
    session.map((value, round) => makeTrial(arm, round + 1, value, { id: `${index}.${round}`, session: index + 1 })),
  );
  const run = makeRun([arm], 3);
  const [series] = seriesOf([{ run, trials }]);
  assert.equal(series?.points[0]?.spread.values, [2, 5, 8]);
  assert.is(series?.points[0]?.spread.median, 5);
  assert.is(series?.points[0]?.spread.medianLow, Number.NEGATIVE_INFINITY);
});

test('runs that measured nothing are the worst of their history, for a rate and for a latency', () => {
  const stopped = Array.from({ length: 16 }, (_, day) =>
    runOfDay(day, [arm], () => 1, day < 10 ? {} : { trial: { window: makeWindow(0, 0) } }),
  );
  const [rate, latency] = seriesOf(stopped, [throughput, measureOf('max') as Measure]);
  for (const [series, end] of [
    [rate, 0],
    [latency, Number.POSITIVE_INFINITY],
  ] as const) {
    assert.is(series?.points.length, 16);
    assert.is(series?.points.at(-1)?.spread.median, end);
    assert.is(series?.changes[0]?.point.side.run.id, startOfDay(10).id, series?.measure.key);
  }
});

test('what is kept of a run has no histograms and no seconds', () => {
  const { run, trials } = runOfDay(0, [arm], () => 1);
  const [kept] = historyArms({ name: run.id, run, trials }, new Map(), [measureOf('max') as Measure]);
  assert.is(kept?.points[0]?.n, 3);
  for (const trial of kept?.trials ?? []) assert.equal([trial.latency, trial.series], [{}, []]);
});

test('a step is found at its run, with its size and what else differs there', () => {
  const kernel = (version: string): Environment => ({ ...makeRun([arm], 1).environment, kernel: version });
  const all = Array.from({ length: 30 }, (_, day) =>
    runOfDay(day, [arm], () => (day < 18 ? 1 : 0.92), { run: { environment: kernel(day < 18 ? '6.1.0' : '6.5.0') } }),
  );
  const [series] = seriesOf(all);
  assert.is(series?.changes.length, 1);
  const [change] = series?.changes ?? [];
  assert.is(change?.point.side.run.id, startOfDay(18).id);
  assert.is(change?.previous.side.run.id, startOfDay(17).id);
  const ratio = (change?.medianAfter ?? 0) / (change?.medianBefore ?? 1);
  assert.ok(Math.abs(ratio - 0.92) < 0.01, `${ratio}`);
  assert.equal(change?.differences, [{ what: 'kernel', base: '6.1.0', candidate: '6.5.0', kind: 'environment' }]);
});

test('steps down and up again are two changes; a single slow run is none', () => {
  const down = (day: number) => day >= 12 && day < 24;
  const [series] = seriesOf(days(36, (day) => (down(day) ? 0.85 : 1)));
  assert.equal(
    series?.changes.map(({ point }) => point.side.run.id),
    [startOfDay(12).id, startOfDay(24).id],
  );
  const [spiked] = seriesOf(days(36, (day) => (day === 20 ? 0.5 : 1)));
  assert.equal(spiked?.changes, []);
});

test('series that never change seldom show one', () => {
  let changed = 0;
  for (let seed = 0; seed < 60; seed++) {
    const all = Array.from({ length: 20 }, (_, day) => runOfDay(1000 * seed + day, [arm], () => 1, { sd: 0.03 }));
    if ((seriesOf(all)[0]?.changes.length ?? 0) > 0) changed++;
  }
  // 4 of 60 come about once in 300 times at 1 %.
  assert.ok(changed <= 4, `${changed} of 60`);
});

test('another load is another series, which says in what it differs; another seed or simulated storage is none', () => {
  const changed = (changes: object): Arm => withSpec(arm, { ...arm.spec, ...changes });
  const all = [
    ...days(3, () => 1),
    ...days(6, () => 2, [changed({ runtimeNs: 5e9 })]).slice(3),
    ...days(9, () => 1, [changed({ randseed: 7, simulatedLatencyNs: 5 })]).slice(6),
  ];
  const found = seriesOf(all);
  assert.equal(
    found.map(({ points, otherLoad }) => [
      points.length,
      otherLoad.map(({ what, candidate }) => `${what}=${candidate}`),
    ]),
    [
      [6, []],
      [3, ['runtime=5s']],
    ],
  );
});

test('another engine, and a cache that was warm against the claim, are another load; another path another series', () => {
  const on = (path: string) => {
    const { plan } = makeRun([arm], 2);
    return { ...plan, targets: [{ name: 'data', path }] };
  };
  const cases: Day[] = [
    runOfDay(0, [arm], () => 1),
    runOfDay(1, [arm], () => 1, { trial: { engine: { ...makeTrial(arm, 1, 1).engine, used: 'io_uring' } } }),
    runOfDay(2, [arm], () => 1, { trial: { cache: { ...makeTrial(arm, 1, 1).cache, verdict: 'contradicted' } } }),
    runOfDay(3, [arm], () => 1, { run: { plan: on('/mnt/other') } }),
    runOfDay(4, [arm], () => 1, { run: { plan: on('/tmp/feedrate-a1b2c3') } }),
    runOfDay(5, [arm], () => 1, { run: { plan: on('/tmp/feedrate-Zz9_1x') } }),
    runOfDay(6, [arm], () => 1, { run: { plan: on('/tmp/feedrate-d4e5f6') } }),
  ];
  assert.equal(
    seriesOf(cases).map(({ path, points }) => [path, points.length]),
    [
      ['/mnt/data', 1],
      ['/mnt/data', 1],
      ['/mnt/data', 1],
      ['/mnt/other', 1],
      ['temporary', 2],
      ['/tmp/feedrate-Zz9_1x', 1],
    ],
  );
});

test('worst first: what last changed for the worse, by its size, then what is level, then what improved', () => {
  const arms = ['better', 'level', 'bad', 'worst'].map((job) => makeArm(job));
  const after = [1.2, 1, 0.9, 0.7];
  const all = Array.from({ length: 16 }, (_, day) =>
    runOfDay(day, arms, (place) => (day < 8 ? 1 : (after[place] as number))),
  );
  assert.equal(
    seriesOf(all).map(({ latest }) => latest.arm.job),
    ['worst', 'bad', 'level', 'better'],
  );
  const latency = measureOf('mean') as Measure;
  const slower = all.map(({ run, trials }, day) => ({
    run,
    trials: trials.map((trial) =>
      trial.job === 'level' && day >= 8 ? { ...trial, latency: { read: latencies(9e6, 9e6) } } : trial,
    ),
  }));
  assert.is(seriesOf(slower, [latency])[0]?.latest.arm.job, 'level', 'of latencies more is worse');
});

test.run();
