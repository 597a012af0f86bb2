/** The metrics of a file system over time, as rows of bars for a terminal. */
import { formatBytes, formatCount } from '../../base/units.js';
import type { FsxMetric } from '../../record/fsx-metric-table.js';
import type { MetricSeries, MetricsTarget } from '../../record/fsx-metrics-record.js';
import { belongs, seriesOf } from '../../record/metric-periods.js';
import { sparkline } from '../table/sparkline.js';
import { percentText, ratioText } from './metrics-columns.js';
import { armLetter, type MetricsView } from './metrics-view.js';
import { ofRow, TIMELINE_ROWS, type TimelineRow } from './timeline-rows.js';

const SUMMARY: Readonly<Record<TimelineRow['combine'], string>> = {
  max: 'max',
  min: 'min',
  sum: 'total',
  last: 'last',
};
const LABEL_COLUMNS = 16;
const VALUE_COLUMNS = 15;
const LEAST_COLUMNS = 20;

/** Time as columns of characters. */
interface TimeColumns {
  readonly startSeconds: number;
  readonly columnSeconds: number;
  readonly columns: number;
}

/** Returns the rows of one target: a title, the time, the trials, and every metric that has values. */
export function metricsTimeline(view: MetricsView, target: MetricsTarget, columns: number): string[] {
  const series = seriesOf(target, view.record.series);
  const axis = axisOf(view, columns - LABEL_COLUMNS - VALUE_COLUMNS);
  const rows = TIMELINE_ROWS.flatMap((row) => drawnRow(row, series, axis) ?? []);
  if (rows.length === 0) return [`${titleOf(target)}: no values`];
  return [titleOf(target), axisLine(axis), trialsLine(view, target, axis), ...rows];
}

function titleOf({ name, fileSystemId, volumeId, region, deploymentType }: MetricsTarget): string {
  const volume = volumeId === null ? 'volume unknown' : `volume ${volumeId}`;
  return `${name}: ${fileSystemId} (${deploymentType ?? 'deployment type unknown'}, ${region}), ${volume}`;
}

function axisOf({ record }: MetricsView, width: number): TimeColumns {
  const startSeconds = Date.parse(record.startAt) / 1000;
  const seconds = Math.max(60, Date.parse(record.endAt) / 1000 - startSeconds);
  const perColumn = Math.ceil(seconds / 60 / Math.max(LEAST_COLUMNS, width));
  const columnSeconds = perColumn * 60;
  return { startSeconds, columnSeconds, columns: Math.ceil(seconds / columnSeconds) };
}

function axisLine({ startSeconds, columnSeconds, columns }: TimeColumns): string {
  const clock = (seconds: number) => new Date(seconds * 1000).toISOString().slice(11, 16);
  const minutes = columnSeconds / 60;
  const scale = `${minutes} min each`;
  const [from, to] = [clock(startSeconds), clock(startSeconds + columns * columnSeconds)];
  const between = columns - from.length - to.length;
  const times = between >= 1 ? `${from}${' '.repeat(between)}${to}` : from;
  return `${'UTC'.padEnd(LABEL_COLUMNS)}${scale.padEnd(VALUE_COLUMNS)}${times}`;
}

/** A letter: one arm was busy in the whole column. A dot: some trials were, in a part of it. */
function trialsLine({ spans, arms }: MetricsView, target: MetricsTarget, axis: TimeColumns): string {
  const own = spans.filter((span) => span.target === target.name);
  const marks = Array.from({ length: axis.columns }, (_, column) => {
    const start = axis.startSeconds + column * axis.columnSeconds;
    const whole = own.find((span) => belongs(span, start, axis.columnSeconds, 'whole'));
    if (whole !== undefined) return armLetter(arms.findIndex(({ arm }) => arm === whole.arm));
    return own.some((span) => belongs(span, start, axis.columnSeconds, 'touched')) ? '·' : ' ';
  });
  return `${'trials'.padEnd(LABEL_COLUMNS)}${''.padEnd(VALUE_COLUMNS)}${marks.join('')}`.trimEnd();
}

function drawnRow(row: TimelineRow, series: readonly MetricSeries[], axis: TimeColumns): string | null {
  const { per } = row;
  const own = ofRow(row, series);
  if (own.length === 0) return null;
  let values = columnValues(own, axis, row.combine);
  if (per !== undefined) {
    const divisors = columnValues(
      series.filter(({ metric, scope }) => metric === per[0] && scope === per[1]),
      axis,
      row.combine,
    );
    values = values.map((value, column) => value / (divisors[column] as number));
  }
  const known = values.filter(Number.isFinite);
  if (known.length === 0) return null;
  const percent = own[0]?.unit === 'percent';
  const value = summaryOf(per === undefined ? row.combine : 'max', known);
  const shown = percent ? percentText(value) : per !== undefined ? ratioText(value) : amountText(value, own[0]?.unit);
  const summary = `${SUMMARY[per === undefined ? row.combine : 'max']} ${shown}`;
  // A last value of 100 % sets the scale, so that 2 % look like 2 %.
  const bars = percent ? sparkline([...values, 100]).slice(0, values.length) : sparkline(values);
  return `${row.label.padEnd(LABEL_COLUMNS)}${summary.padEnd(VALUE_COLUMNS)}${bars}`.trimEnd();
}

function amountText(value: number, unit: FsxMetric['unit'] | undefined): string {
  return unit === 'bytes' ? formatBytes(value) : formatCount(value);
}

function summaryOf(combine: TimelineRow['combine'], values: readonly number[]): number {
  if (combine === 'last') return values.at(-1) as number;
  if (combine === 'sum') return values.reduce((a, b) => a + b);
  return values.reduce((a, b) => (combine === 'max' ? Math.max(a, b) : Math.min(a, b)));
}

/** Returns one value a column, NaN where there is none. A period that is longer than a column fills all of its columns. */
function columnValues(series: readonly MetricSeries[], axis: TimeColumns, combine: TimelineRow['combine']): number[] {
  const found: number[][] = Array.from({ length: axis.columns }, () => []);
  for (const { points, periodSeconds } of series) {
    for (const [start, value] of points) {
      const first = Math.floor((start - axis.startSeconds) / axis.columnSeconds);
      const filled = combine === 'sum' ? 1 : Math.max(1, Math.floor(periodSeconds / axis.columnSeconds));
      for (let column = first; column < first + filled; column++) found[column]?.push(value);
    }
  }
  return found.map((values) => (values.length === 0 ? Number.NaN : summaryOf(combine, values)));
}
