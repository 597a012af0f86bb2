/** The table of a history: one row per series. */
import type { HistorySeries } from '../../gate/run-history.js';
import { factorLabel, factorNames } from '../../record/trial-columns.js';
import type { Spread } from '../../stats/spread.js';
import { type ChangeForm, changeForm, formatChange } from '../comparison/comparison-table.js';
import { ABSENT, formatRange, formatValue } from '../table/format.js';
import type { ShownColumn, Tone } from '../table/shown-column.js';
import { sparkline } from '../table/sparkline.js';

/** A series with the numbers of its changes in the list below the table. */
export interface NotedSeries {
  readonly series: HistorySeries;
  readonly notes: readonly number[];
}

/** Bars start at this share of the largest value, or lower: a step of 5 % is visible, noise of 2 % hardly. */
export const SPARKLINE_FLOOR = 0.8;

/** Width of the bars in characters. With more runs than that, neighbours are averaged. */
const SPARKLINE_WIDTH = 30;

/** Returns the columns that have a value for any of these series. */
export function historyColumns(rows: readonly NotedSeries[]): ShownColumn<NotedSeries>[] {
  const all = rows.map(({ series }) => series);
  const varies = (text: (series: HistorySeries) => string) => new Set(all.map(text)).size > 1;
  const factors = factorNames(all.map(({ latest }) => latest.arm)).filter((name) => name !== 'target');
  const measureOf = ({ measure }: HistorySeries) => measure.key;
  const pathOf = ({ path }: HistorySeries) => path;
  const form = changeForm(all.map(lastRatio));
  const columns: ShownColumn<NotedSeries>[] = [
    leftColumn('job', ({ latest }) => latest.arm.job),
    ...factors.map((name): ShownColumn<NotedSeries> => {
      return { ...leftColumn(name, ({ latest }) => factorLabel(latest.arm, name) ?? ''), align: 'right' };
    }),
    ...(varies(pathOf) ? [leftColumn('target', pathOf)] : []),
    ...(varies(measureOf) ? [leftColumn('metric', measureOf)] : []),
    leftColumn('different load', otherLoadText),
    { head: 'runs', align: 'right', dropOrder: 3, text: ({ series }) => String(series.points.length) },
    { head: 'latest', align: 'right', dropOrder: 0, text: ({ series }) => latestText(series) },
    { head: '95 % interval', align: 'right', dropOrder: 5, text: ({ series }) => intervalText(series) },
    { head: 'by run', align: 'left', dropOrder: 2, text: ({ series }) => trendText(series) },
    { head: 'lag-1', align: 'right', dropOrder: 4, text: ({ series: { lag1 } }) => lag1?.toFixed(2) ?? ABSENT },
    {
      head: 'last change',
      align: 'right',
      dropOrder: 0,
      text: ({ series }) => lastChangeText(series, form),
      tone: lastChangeTone,
    },
    { head: 'since', align: 'left', dropOrder: 1, text: ({ series }) => sinceText(series) },
    { head: 'notes', align: 'left', dropOrder: 0, text: ({ notes }) => notes.join(' ') },
  ];
  return columns.filter(({ text }) => rows.some((row) => text(row) !== ABSENT && text(row) !== ''));
}

function leftColumn(head: string, text: (series: HistorySeries) => string): ShownColumn<NotedSeries> {
  return { head, align: 'left', dropOrder: 0, text: ({ series }) => text(series) };
}

/** How the load of this series differs from the latest series of the same name. */
function otherLoadText({ otherLoad }: HistorySeries): string {
  return otherLoad.map(({ what, candidate }) => `${what}=${candidate}`).join(' ');
}

function latestSpread({ points }: HistorySeries): Spread | undefined {
  return points.at(-1)?.spread;
}

function latestText(series: HistorySeries): string {
  return formatValue(latestSpread(series)?.median, series.measure.metric.unit);
}

/** The interval of the latest median. Fewer than six sessions give no interval. */
function intervalText(series: HistorySeries): string {
  const spread = latestSpread(series);
  if (spread === undefined || !Number.isFinite(spread.medianLow)) return ABSENT;
  return formatRange(spread.medianLow, spread.medianHigh, series.measure.metric.unit);
}

function trendText({ points }: HistorySeries): string {
  const medians = points.map(({ spread }) => spread.median);
  const floor = Math.min(...medians, SPARKLINE_FLOOR * Math.max(...medians));
  return sparkline(medians, SPARKLINE_WIDTH, floor);
}

function lastRatio({ changes }: HistorySeries): number | null {
  const last = changes.at(-1);
  return last === undefined ? null : last.medianAfter / last.medianBefore;
}

function lastChangeText(series: HistorySeries, form: ChangeForm): string {
  const ratio = lastRatio(series);
  if (ratio === null && series.doubtful !== null) return '?';
  return ratio === null ? ABSENT : formatChange(ratio, form);
}

function lastChangeTone({ series: { changes, measure } }: NotedSeries): Tone {
  const last = changes.at(-1);
  if (last === undefined) return 'plain';
  return last.medianAfter > last.medianBefore === (measure.metric.better === 'higher') ? 'good' : 'bad';
}

function sinceText({ changes }: HistorySeries): string {
  return changes.at(-1)?.point.side.run.startedAt.slice(0, 10) ?? ABSENT;
}
