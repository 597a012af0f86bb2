/** Renders `feedrate fsx metrics` in every format. */
import { type Column, csvHead, csvRows } from '../../record/csv-table.js';
import type { MetricSeries } from '../../record/fsx-metrics-record.js';
import { belongs } from '../../record/metric-periods.js';
import { markdownTable, markdownText } from '../table/markdown.js';
import { paragraphs } from '../table/report-line.js';
import { type TerminalOptions, terminalTable } from '../table/terminal.js';
import { metricFindings } from './metric-findings.js';
import { metricsColumns } from './metrics-columns.js';
import { metricsTimeline } from './metrics-timeline.js';
import { type MetricsView, minuteText } from './metrics-view.js';

export type MetricsFormat = 'table' | 'json' | 'csv' | 'md';

/** Returns the report, ending with a line break. */
export function renderFsxMetrics(view: MetricsView, format: MetricsFormat, options: TerminalOptions): string {
  switch (format) {
    case 'table':
      return terminalMetrics(view, options);
    case 'md':
      return markdownMetrics(view);
    case 'json':
      return `${JSON.stringify({ run: view.run, arms: view.arms, findings: metricFindings(view), metrics: view.record }, null, 2)}\n`;
    case 'csv':
      return metricsCsv(view);
  }
}

function terminalMetrics(view: MetricsView, options: TerminalOptions): string {
  const { arms, record } = view;
  return paragraphs(
    [
      headLines(view),
      ...record.targets.map((target) => metricsTimeline(view, target, options.columns)),
      arms.length === 0 ? [] : [...terminalTable(arms, metricsColumns(arms), options), ...meaningOf(view)],
      metricFindings(view),
      record.problems,
    ],
    options,
  );
}

function markdownMetrics(view: MetricsView): string {
  const { arms, record } = view;
  const [title = '', ...others] = headLines(view);
  const listed = (lines: readonly string[]) => lines.map((line) => `- ${markdownText(line)}`);
  return paragraphs([
    [`## ${markdownText(title)}`],
    listed(others),
    arms.length === 0 ? [] : markdownTable(arms, metricsColumns(arms)),
    arms.length === 0 ? [] : meaningOf(view).map(markdownText),
    listed([...metricFindings(view), ...record.problems]),
  ]);
}

function headLines({ run, record, endMs }: MetricsView): string[] {
  const { completeUntil, fetchedAt } = record;
  const title = `CloudWatch metrics of ${run}, fetched ${minuteText(Date.parse(fetchedAt))}`;
  if (completeUntil === null) return [title, 'CloudWatch has no values for this time.'];
  const until = Date.parse(completeUntil);
  if (until >= endMs) return [title];
  return [
    title,
    `Complete until ${minuteText(until)}, but the run ended ${minuteText(endMs)}: use --wait, or --refresh in a few minutes.`,
  ];
}

/** How to read the table, for the generations that it has. */
function meaningOf({ record }: MetricsView): string[] {
  const generations = new Set(record.targets.map(({ generation }) => generation));
  return [
    'Utilisation is the highest of any file server in minutes that lie entirely in a trial. Latencies are means in the server.',
    ...(generations.has(1)
      ? ['First generation: disk utilisation is relative to the throughput setting, and burst balances do not exist.']
      : []),
    ...(generations.has(2)
      ? ['Second generation: disk utilisation is relative to the baseline. More than 100 % is a burst.']
      : []),
  ];
}

/** A point of a series. */
interface MetricPoint {
  readonly series: MetricSeries;
  readonly startSeconds: number;
  readonly value: number;
  readonly trials: readonly string[];
  readonly wholeTrial: string | null;
  readonly arm: string | null;
}

const dimension = (name: string, key: string): Column<MetricPoint> => {
  return { name, value: ({ series }) => series.dimensions[key] ?? null };
};

const CSV_COLUMNS: readonly Column<MetricPoint>[] = [
  { name: 'start', value: ({ startSeconds }) => new Date(startSeconds * 1000).toISOString() },
  { name: 'period_s', value: ({ series }) => series.periodSeconds },
  dimension('file_system', 'FileSystemId'),
  dimension('volume', 'VolumeId'),
  dimension('file_server', 'FileServer'),
  dimension('aggregate', 'Aggregate'),
  dimension('storage_tier', 'StorageTier'),
  { name: 'metric', value: ({ series }) => series.metric },
  { name: 'statistic', value: ({ series }) => series.statistic },
  { name: 'unit', value: ({ series }) => series.unit },
  { name: 'value', value: ({ value }) => value },
  { name: 'trials', value: ({ trials }) => trials.join(' ') },
  { name: 'whole_trial', value: ({ wholeTrial }) => wholeTrial },
  { name: 'arm', value: ({ arm }) => arm },
];

/** One row per point. `trials` were busy in a part of the period. `whole_trial`, of the arm `arm`, was busy in all of it. */
function metricsCsv({ record, spans }: MetricsView): string {
  const rows = record.series.flatMap((series) =>
    series.points.map(([startSeconds, value]): MetricPoint => {
      const { periodSeconds } = series;
      const touching = spans.filter((span) => belongs(span, startSeconds, periodSeconds, 'touched'));
      const whole = touching.find((span) => belongs(span, startSeconds, periodSeconds, 'whole'));
      const trials = touching.map(({ id }) => id);
      return { series, startSeconds, value, trials, wholeTrial: whole?.id ?? null, arm: whole?.arm ?? null };
    }),
  );
  return csvHead(CSV_COLUMNS) + csvRows(CSV_COLUMNS, rows);
}
