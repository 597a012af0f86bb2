/** A history for programs, in base units: JSON with every number, and CSV with one row per point. */
import type { History, HistoryChange, HistoryPoint, HistorySeries } from '../../gate/run-history.js';
import { type CellValue, type Column, csvHead, csvRows } from '../../record/csv-table.js';
import { factorValues } from '../../record/factor-columns.js';
import { factorColumns } from '../../record/trial-columns.js';
import type { Answered } from '../table/answer-lines.js';

const HISTORY_VERSION = 1;

/** Returns the history as one JSON object. Unbounded ends of intervals are null. */
export function historyJson({ workload, runs, leftOut, series }: History, { answer }: Answered): string {
  const report = {
    historyVersion: HISTORY_VERSION,
    answer,
    workload,
    runs,
    leftOut: Object.fromEntries(leftOut),
    series: series.map((one) => ({
      arm: one.latest.arm.id,
      job: one.latest.arm.job,
      target: one.latest.arm.target,
      path: one.path,
      factors: factorValues(one.latest.arm.factors),
      measure: one.measure.key,
      unit: one.measure.metric.unit,
      better: one.measure.metric.better,
      otherLoad: one.otherLoad,
      points: one.points.map(pointOf),
      changes: one.changes.map(changeOf),
      doubtful: one.doubtful && changeOf(one.doubtful),
      lag1: one.lag1,
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function pointOf({ side, spread }: HistoryPoint): object {
  const { run, trials } = side;
  return {
    run: run.id,
    startedAt: run.startedAt,
    median: spread.median,
    medianLow: finiteOrNull(spread.medianLow),
    medianHigh: finiteOrNull(spread.medianHigh),
    sessions: spread.n,
    trials: trials.length,
  };
}

function changeOf({ point, previous, medianBefore, medianAfter, p, differences }: HistoryChange): object {
  return {
    run: point.side.run.id,
    startedAt: point.side.run.startedAt,
    previousRun: previous.side.run.id,
    medianBefore,
    medianAfter,
    ratio: medianAfter / medianBefore,
    p,
    differences,
  };
}

interface PointRow {
  readonly series: HistorySeries;
  readonly point: HistoryPoint;
}

/** Returns one row per run and series. `change_ratio` is set for the first run after a change. */
export function historyCsv({ workload, series }: History): string {
  const rows = series.flatMap((one) => one.points.map((point): PointRow => ({ series: one, point })));
  const ofRun = (name: string, value: (point: HistoryPoint) => CellValue): Column<PointRow> => ({
    name,
    value: ({ point }) => value(point),
  });
  const columns: Column<PointRow>[] = [
    { name: 'workload', value: () => workload },
    { name: 'arm', value: ({ series: { latest } }) => latest.arm.id },
    { name: 'job', value: ({ series: { latest } }) => latest.arm.job },
    { name: 'target', value: ({ series: { latest } }) => latest.arm.target },
    { name: 'path', value: ({ series: { path } }) => path },
    ...factorColumns(
      series.map(({ latest }) => latest.arm),
      ({ series: { latest } }: PointRow) => latest.arm,
    ),
    {
      name: 'other_load',
      value: ({ series: { otherLoad } }) => otherLoad.map(({ what, candidate }) => `${what}=${candidate}`).join(';'),
    },
    { name: 'measure', value: ({ series: { measure } }) => measure.key },
    { name: 'unit', value: ({ series: { measure } }) => measure.metric.unit },
    ofRun('run', ({ side }) => side.run.id),
    ofRun('started_at', ({ side }) => side.run.startedAt),
    ofRun('median', ({ spread }) => spread.median),
    ofRun('median_low95', ({ spread }) => finiteOrNull(spread.medianLow)),
    ofRun('median_high95', ({ spread }) => finiteOrNull(spread.medianHigh)),
    ofRun('sessions', ({ spread }) => spread.n),
    ofRun('trials', ({ side }) => side.trials.length),
    { name: 'lag1', value: ({ series: { lag1 } }) => lag1 },
    { name: 'change_ratio', value: ({ series: { changes }, point }) => ratioAt(changes, point) },
    { name: 'change_p', value: ({ series: { changes }, point }) => changeAt(changes, point)?.p ?? null },
  ];
  return csvHead(columns) + csvRows(columns, rows);
}

function changeAt(changes: readonly HistoryChange[], point: HistoryPoint): HistoryChange | undefined {
  return changes.find((change) => change.point === point);
}

function ratioAt(changes: readonly HistoryChange[], point: HistoryPoint): number | null {
  const change = changeAt(changes, point);
  return change === undefined ? null : change.medianAfter / change.medianBefore;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
