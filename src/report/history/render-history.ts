/** The reports that `feedrate history` prints for people. */
import {
  type History,
  type HistoryChange,
  type HistorySeries,
  LEAST_CHANGE,
  MOST_FALSE,
  MOST_LAG1,
} from '../../gate/run-history.js';
import { formatChange } from '../comparison/comparison-table.js';
import type { Answered } from '../table/answer-lines.js';
import { formatValue, plural } from '../table/format.js';
import { markdownTable, markdownText } from '../table/markdown.js';
import { METHOD_LINE } from '../table/method-line.js';
import { paragraphs } from '../table/report-line.js';
import { type TerminalOptions, terminalTable } from '../table/terminal.js';
import { historyColumns, type NotedSeries, SPARKLINE_FLOOR } from './history-table.js';

export function terminalHistory(history: History, { answer }: Answered, options: TerminalOptions): string {
  const { rows, changes } = noted(history);
  return paragraphs(
    [
      [answer],
      [headingOf(history)],
      [...terminalTable(rows, historyColumns(rows), options), ...captionOf(history, rows)],
      changes.map((change, index) => `${index + 1}) ${change}`),
      changes.length === 0 ? [] : [ADVICE],
      [METHOD_LINE],
    ],
    options,
  );
}

export function markdownHistory(history: History, { answer }: Answered): string {
  const { rows, changes } = noted(history);
  return paragraphs([
    [`## ${markdownText(headingOf(history))}`],
    [markdownText(answer)],
    markdownTable(rows, historyColumns(rows)),
    captionOf(history, rows).map(markdownText),
    changes.map((change, index) => `${index + 1}. ${markdownText(change)}`),
    changes.length === 0 ? [] : [markdownText(ADVICE)],
    [markdownText(METHOD_LINE)],
  ]);
}

/** Series with a single run show no trend: only CSV and JSON include them, unless there are no others. */
export function noted({ series }: History): { rows: NotedSeries[]; changes: string[] } {
  const several = series.filter(({ points }) => points.length > 1);
  const changes: string[] = [];
  const rows = (several.length > 0 ? several : series).map((one): NotedSeries => {
    const notes = one.changes.toReversed().map((change) => changes.push(changeLine(one, change)));
    if (one.doubtful !== null) notes.push(changes.push(doubtfulLine(one, one.doubtful)));
    return { series: one, notes };
  });
  return { rows, changes };
}

export function headingOf({ workload, runs, leftOut, series }: History): string {
  const starts = series.flatMap(({ points }) => points.map(({ side }) => side.run.startedAt.slice(0, 10))).sort();
  const [first = '', last = ''] = [starts[0], starts.at(-1)];
  const paths = [...new Set(series.map(({ path }) => path))];
  const where = paths.length === 1 ? ` on ${paths[0]}` : ` on ${paths.length} targets`;
  const days = first === last ? `of ${first}` : `from ${first} to ${last}`;
  const others = [...leftOut].map(([status, count]) => `${count} ${status}`).join(', ');
  const left = others === '' ? '' : `; left out: ${others}`;
  return `${workload}${where}: ${plural(runs, 'run')} ${days}${foreignText(series)}${left}`;
}

/** `; 2 runs measured by fio-3.33`; empty if feedrate measured all of them. */
function foreignText(series: History['series']): string {
  const runs = series.flatMap(({ points }) => points.map(({ side }) => side.run));
  const foreign = new Map(
    runs.flatMap(({ id, foreign: source }) => (source === undefined ? [] : [[id, source.program]])),
  );
  const programs = [...new Set(foreign.values())].join(', ');
  return foreign.size === 0 ? '' : `; ${plural(foreign.size, 'run')} measured by ${programs}`;
}

export function captionOf({ series }: History, rows: readonly NotedSeries[]): string[] {
  const measures = [...new Set(series.map(({ measure }) => measure.key))].join(', ');
  const lines = [
    `${measures}: one bar per run, the median of its session medians; bars start at ${SPARKLINE_FLOOR * 100} % of the largest value or lower`,
  ];
  const single = series.length - rows.length;
  if (single > 0) lines.push(`not shown: ${single} series with a single run (use --format csv)`);
  if (rows.some(({ series: { lag1 } }) => lag1 !== null)) {
    lines.push('lag-1: how much a run resembles the one before, from −1 to 1; independent runs are near 0');
  }
  return lines;
}

export const ADVICE = `Changes are hints, not verdicts. At most ${MOST_FALSE * 100} % of series without a change show one, even if runs resemble the ones before (lag-1 up to ${MOST_LAG1}). With drift, more do. Changes below ${LEAST_CHANGE * 100} % are not reported. Use feedrate compare to test two runs.`;

/** A shift that the runs' resemblance may explain as well. */
function doubtfulLine(series: HistorySeries, change: HistoryChange): string {
  const { lag1 } = series;
  const why = lag1 === null ? 'too few runs to know how much they resemble each other' : `lag-1 ${lag1.toFixed(2)}`;
  return `uncertain (${why}): runs that resemble the ones before may look like this: ${changeLine(series, change)}`;
}

/** `read bs=4KiB throughput: 1.2 GiB/s → 0.9 GiB/s (−25.0 %) since RUN, DATE; kernel changed from 6.1 to 6.5`. */
function changeLine(
  { latest, measure }: HistorySeries,
  { point, previous, medianBefore, medianAfter, differences }: HistoryChange,
): string {
  const { run } = point.side;
  const from = formatValue(medianBefore, measure.metric.unit);
  const to = formatValue(medianAfter, measure.metric.unit);
  const differ = differences.map(({ what, base, candidate }) => `${what} changed from ${base} to ${candidate}`);
  const since = differ.length === 0 ? `no other difference from ${previous.side.run.id} is known` : differ.join('; ');
  return `${latest.arm.id} ${measure.key}: ${from} → ${to} (${formatChange(medianAfter / medianBefore)}) since ${run.id}, ${run.startedAt.slice(0, 16).replace('T', ' ')} UTC; ${since}`;
}
