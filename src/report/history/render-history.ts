/** A history for people: the reports that `feedrate history` prints. */
import {
  CHANGE_ALPHA,
  type History,
  type HistoryChange,
  type HistorySeries,
  LEAST_CHANGE,
  LEAST_RUNS,
} from '../../gate/run-history.js';
import { formatChange } from '../comparison/comparison-table.js';
import { formatValue, oneLine, paragraphs, plural } from '../table/format.js';
import { markdownTable, markdownText } from '../table/markdown.js';
import { type TerminalOptions, terminalTable } from '../table/terminal.js';
import { historyColumns, type NotedSeries, SPARKLINE_FLOOR } from './history-table.js';

export function terminalHistory(history: History, options: TerminalOptions): string {
  const { rows, changes } = noted(history);
  return paragraphs([
    [headingOf(history)],
    [...terminalTable(rows, historyColumns(rows), options), ...captionOf(history, rows)],
    changes.map((change, index) => `${index + 1}) ${change}`),
    changes.length === 0 ? [] : [ADVICE],
  ]);
}

export function markdownHistory(history: History): string {
  const { rows, changes } = noted(history);
  return paragraphs([
    [`## ${markdownText(headingOf(history))}`],
    markdownTable(rows, historyColumns(rows)),
    captionOf(history, rows).map(markdownText),
    changes.map((change, index) => `${index + 1}. ${markdownText(change)}`),
    changes.length === 0 ? [] : [markdownText(ADVICE)],
  ]);
}

/** Series of a single run say nothing of time: they are left to CSV and JSON, unless there is nothing else. */
function noted({ series }: History): { rows: NotedSeries[]; changes: string[] } {
  const several = series.filter(({ points }) => points.length > 1);
  const changes: string[] = [];
  const rows = (several.length > 0 ? several : series).map((one): NotedSeries => {
    const notes = one.changes.toReversed().map((change) => changes.push(changeLine(one, change)));
    return { series: one, notes };
  });
  return { rows, changes };
}

function headingOf({ workload, runs, leftOut, series }: History): string {
  const starts = series.flatMap(({ points }) => points.map(({ side }) => side.run.startedAt.slice(0, 10))).sort();
  const [first = '', last = ''] = [starts[0], starts.at(-1)];
  const paths = [...new Set(series.map(({ path }) => path))];
  const where = paths.length === 1 ? ` on ${paths[0]}` : ` on ${paths.length} targets`;
  const days = first === last ? `of ${first}` : `from ${first} to ${last}`;
  const others = [...leftOut].map(([status, count]) => `${count} ${status}`).join(', ');
  return oneLine(`${workload}${where}: ${plural(runs, 'run')} ${days}${others === '' ? '' : `; left out: ${others}`}`);
}

function captionOf({ series }: History, rows: readonly NotedSeries[]): string[] {
  const measures = [...new Set(series.map(({ measure }) => measure.key))].join(', ');
  const lines = [
    `${measures}: each run is the median of the medians of its sessions; bars begin at ${SPARKLINE_FLOOR * 100} % of the largest or lower`,
  ];
  const single = series.length - rows.length;
  if (single > 0) lines.push(`${single} more of a single run: --format csv has them`);
  const longest = Math.max(...rows.map(({ series: { points } }) => points.length));
  if (longest < LEAST_RUNS) lines.push(`below ${LEAST_RUNS} runs no change can be told from chance`);
  return lines;
}

const ADVICE = `changes are hints, not verdicts: a series that never changed shows one with a chance of ${CHANGE_ALPHA * 100} %, and of far more where its runs drift; below ${LEAST_CHANGE * 100} % none is told. feedrate compare tests two runs`;

/** `read bs=4KiB throughput: 1.2 GiB/s → 0.9 GiB/s (−25.0 %) with RUN of DATE; kernel was 6.1, is 6.5`. */
function changeLine(
  { latest, measure }: HistorySeries,
  { point, previous, medianBefore, medianAfter, differences }: HistoryChange,
): string {
  const { run } = point.side;
  const from = formatValue(medianBefore, measure.metric.unit);
  const to = formatValue(medianAfter, measure.metric.unit);
  const differ = differences.map(({ what, base, candidate }) => `${what} was ${base}, is ${candidate}`);
  const since =
    differ.length === 0 ? `nothing else is known to differ from ${previous.side.run.id}` : differ.join('; ');
  return oneLine(
    `${latest.arm.id} ${measure.key}: ${from} → ${to} (${formatChange(medianAfter / medianBefore)}) with ${run.id}, ${run.startedAt.slice(0, 16).replace('T', ' ')} UTC; ${since}`,
  );
}
