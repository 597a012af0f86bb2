import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { spanOfTrial } from '../../src/record/metric-periods.js';
import { fsxFigures, wholePeriodsIn } from '../../src/stats/fsx-figures.js';
import { busyTrial, fsxRun, LONG, metricsRecord, SHORT, seriesOfValues, VOLUME } from '../support/fsx-metrics.js';

const START = Date.UTC(2026, 10, 29, 12, 0);
const SECONDS = START / 1000;
const volume = { VolumeId: VOLUME };
const bytes = { unit: 'bytes', dimensions: volume } as const;

const figures = suite('fsx figures');

figures('only minutes that lie entirely in a trial are its own', () => {
  const { trials } = fsxRun(START);
  const spans = trials.map((trial) => spanOfTrial(trial)!);
  assert.equal(
    spans.map(({ startMs, endMs }) => [(startMs - START) / 60_000, (endMs - START) / 60_000]),
    [
      [1, 6.5],
      [7.2, 7.7],
    ],
  );
  //                                                 0   1   2   3   4   5   6   7   8
  const network = (...of: number[]) => seriesOfValues('NetworkThroughputUtilization', 'file server', SECONDS, of);
  const record = metricsRecord(START, [network(99, 10, 20, 30, 40, 50, 98, 97, 96)]);
  const [long, short] = fsxFigures(record, spans) as [
    ReturnType<typeof fsxFigures>[0],
    ReturnType<typeof fsxFigures>[0],
  ];
  assert.is(long.arm, LONG.id);
  assert.is(long.networkPercent, 50, 'minutes 0 and 6 are not all of this trial');
  assert.equal([long.trials, long.periods, long.trialsWithoutPeriod], [1, 5, 0]);
  assert.is(short.arm, SHORT.id);
  assert.equal([short.networkPercent, short.periods, short.trialsWithoutPeriod], [null, 0, 1]);
});

figures('the busiest file server counts, not the mean with the standby', () => {
  const span = spanOfTrial(busyTrial(LONG, 1, START, START + 120_000))!;
  const server = (name: string, value: number) =>
    seriesOfValues('CPUUtilization', 'file server', SECONDS, [value, value], { dimensions: { FileServer: name } });
  const [arm] = fsxFigures(metricsRecord(START, [server('01', 80), server('02', 0)]), [span]);
  assert.is(arm?.cpuPercent, 80);
});

figures('absent is not 0, in sums and in ratios', () => {
  const span = spanOfTrial(busyTrial(LONG, 1, START, START + 180_000))!;
  const disk = (aggregate: string, ...of: (number | null)[]) =>
    seriesOfValues('DiskReadBytes', 'aggregate', SECONDS, of, { unit: 'bytes', dimensions: { Aggregate: aggregate } });
  const record = metricsRecord(START, [
    disk('aggr1', 100, null, 300),
    disk('aggr2', 50, null, 50),
    seriesOfValues('DataReadBytes', 'file system', SECONDS, [1000, 5000, null], { unit: 'bytes' }),
    seriesOfValues('DataReadBytes', 'volume', SECONDS, [500, 5000, null], bytes),
    seriesOfValues('CapacityPoolReadOperations', 'volume', SECONDS, [null, 0, null], {
      unit: 'count',
      dimensions: volume,
    }),
  ]);
  const [arm] = fsxFigures(record, [span]);
  assert.is(arm?.diskPerClientByte, 0.15, 'only the minute that both have');
  assert.is(arm?.volumeShare, 5500 / 6000);
  assert.is(arm?.poolReadOperations, 0);
  assert.is(arm?.poolReadBytes, null);
  assert.is(arm?.readMeanNs, null);
});

figures('latencies are means: time over operations', () => {
  const span = spanOfTrial(busyTrial(LONG, 1, START, START + 120_000))!;
  const record = metricsRecord(START, [
    seriesOfValues('DataReadOperationTime', 'volume', SECONDS, [1, 3], { unit: 'seconds', dimensions: volume }),
    seriesOfValues('DataReadOperations', 'volume', SECONDS, [1000, 1000], { unit: 'count', dimensions: volume }),
  ]);
  assert.is(fsxFigures(record, [span])[0]?.readMeanNs, 2e6);
});

figures('a burst balance of five minutes counts as soon as a trial touches it', () => {
  const span = spanOfTrial(busyTrial(LONG, 1, START + 60_000, START + 130_000))!;
  const record = metricsRecord(START, [
    seriesOfValues('FileServerDiskThroughputBalance', 'file server', SECONDS, [83, 66], { periodSeconds: 300 }),
  ]);
  assert.is(fsxFigures(record, [span])[0]?.throughputBalancePercent, 83);
});

figures('metrics of other volumes and file systems do not count', () => {
  const span = spanOfTrial(busyTrial(LONG, 1, START, START + 120_000))!;
  const record = metricsRecord(START, [
    seriesOfValues('CapacityPoolReadOperations', 'volume', SECONDS, [5], { dimensions: { VolumeId: 'fsvol-other' } }),
    seriesOfValues('CPUUtilization', 'file server', SECONDS, [70], { dimensions: { FileSystemId: 'fs-other' } }),
  ]);
  const [arm] = fsxFigures(record, [span]);
  assert.equal([arm?.poolReadOperations, arm?.cpuPercent], [null, null]);
  assert.equal(fsxFigures(metricsRecord(START, [], { targets: [] }), [span]), []);
});

figures('whole periods are counted at any offset', () => {
  const count = (from: number, to: number) =>
    wholePeriodsIn({ id: '', arm: '', target: '', startMs: START + from * 1000, endMs: START + to * 1000 }, 60);
  assert.equal(
    [count(0, 60), count(1, 61), count(1, 120), count(1, 121), count(0, 0), count(30, 20)],
    [1, 0, 1, 1, 0, 0],
  );
});

figures('a trial that did nothing has no span', () => {
  const trial = busyTrial(LONG, 1, START, START + 1000);
  assert.is(spanOfTrial({ ...trial, window: { ...trial.window, lastDoneNs: 0 } }), null);
  assert.is(spanOfTrial({ ...trial, window: { ...trial.window, lastDoneNs: Number.NaN } }), null);
});

figures.run();
