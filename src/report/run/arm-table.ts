/** The table of arms: its columns, declared once for the terminal, Markdown, CSV and JSON. */
import type { CellValue, Column } from '../../record/csv.js';
import { factorLabel, factorNames, latencyColumns } from '../../record/trial-columns.js';
import { LATENCY_KINDS, type LatencyKind, type LatencySummary } from '../../record/trial-values.js';
import type { Spread } from '../../stats/spread.js';
import type { ArmSummary } from '../../stats/summary.js';
import { ABSENT, formatRange, formatValue, oneLine, plural } from '../table/format.js';
import type { ShownColumn, Tone } from '../table/shown-column.js';
import { sparkline } from '../table/sparkline.js';
import type { NotedArm } from './notes.js';

/** The columns for people that say anything about these arms. */
export function shownColumns(arms: readonly NotedArm[]): ShownColumn<NotedArm>[] {
  const factors = factorNames(arms.map(({ summary }) => summary.arm));
  const columns: ShownColumn<NotedArm>[] = [
    { head: 'job', align: 'left', dropOrder: 0, text: ({ summary }) => oneLine(summary.arm.job) },
    ...factors.map(factorColumn),
    { head: 'throughput', align: 'right', dropOrder: 0, text: throughputText, tone: throughputTone },
    { head: 'min–max', align: 'right', dropOrder: 3, text: rangeText },
    { head: 'IOPS', align: 'right', dropOrder: 5, text: ({ summary }) => formatValue(summary.iops?.median, 'ops/s') },
    latencyColumn('p50', 4, 'latency', 'p50Ns'),
    latencyColumn('p99', 1, 'latency', 'p99Ns'),
    latencyColumn('p99.9', 7, 'latency', 'p999Ns'),
    latencyColumn('max', 8, 'latency', 'maxNs'),
    ...mixedColumns(arms),
    latencyColumn('open p50', 9, 'open', 'p50Ns'),
    latencyColumn('open p99', 8, 'open', 'p99Ns'),
    latencyColumn('close p99', 9, 'close', 'p99Ns'),
    latencyColumn('fsync p50', 9, 'fsync', 'p50Ns'),
    latencyColumn('fsync p99', 6, 'fsync', 'p99Ns'),
    latencyColumn('rename p99', 9, 'rename', 'p99Ns'),
    latencyColumn('dirsync p99', 9, 'dirsync', 'p99Ns'),
    latencyColumn('checkpoint p50', 2, 'checkpoint', 'p50Ns'),
    latencyColumn('checkpoint max', 8, 'checkpoint', 'maxNs'),
    { head: 'cache state', align: 'left', dropOrder: 2, text: ({ summary }) => cacheMark(summary), tone: cacheTone },
    { head: 'n', align: 'right', dropOrder: 5, text: ({ summary }) => String(summary.counted) },
    { head: 'by trial', align: 'left', dropOrder: 10, text: trendText },
    { head: 'notes', align: 'left', dropOrder: 0, text: ({ notes }) => notes.join(' '), tone: () => 'bad' },
  ];
  return columns.filter(({ text }) => arms.some((arm) => text(arm) !== ABSENT && text(arm) !== ''));
}

function factorColumn(name: string): ShownColumn<NotedArm> {
  return {
    head: name,
    align: 'right',
    dropOrder: 0,
    text: ({ summary }) => oneLine(factorLabel(summary.arm, name) ?? ''),
  };
}

function latencyColumn(
  head: string,
  dropOrder: number,
  kind: LatencyKind,
  key: keyof LatencySummary,
): ShownColumn<NotedArm> {
  return {
    head,
    align: 'right',
    dropOrder,
    text: ({ summary }) => formatValue(summary.latencies.get(kind)?.[key], 'ns'),
  };
}

/** Reads and writes apart, where an arm has both. */
function mixedColumns(arms: readonly NotedArm[]): ShownColumn<NotedArm>[] {
  const mixed = arms.some(({ summary }) => summary.latencies.has('read') && summary.latencies.has('write'));
  if (!mixed) return [];
  return [latencyColumn('read p99', 9, 'read', 'p99Ns'), latencyColumn('write p99', 9, 'write', 'p99Ns')];
}

function throughputText({ summary }: NotedArm): string {
  if (summary.throughputBytesPerSecond !== null) {
    return formatValue(summary.throughputBytesPerSecond.median, 'bytes/s');
  }
  if (summary.failed > 0) return 'failed';
  return summary.aborted > 0 ? 'aborted' : summary.warmups > 0 ? 'only warm-up' : 'not run';
}

function throughputTone({ summary }: NotedArm): Tone {
  return summary.failed > 0 ? 'bad' : 'plain';
}

function rangeText({ summary }: NotedArm): string {
  const spread = summary.throughputBytesPerSecond;
  return spread === null || spread.n < 2 ? ABSENT : formatRange(spread.min, spread.max, 'bytes/s');
}

function trendText({ summary }: NotedArm): string {
  const spread = summary.throughputBytesPerSecond;
  return spread === null || spread.n < 3 ? '' : sparkline(spread.values, 12);
}

export const VERDICT_MARKS = { proven: '✓', contradicted: '✗', unproven: '?', none: '' } as const;

function cacheMark({ cache }: ArmSummary): string {
  return cache === null ? '' : `${cache.claim} ${VERDICT_MARKS[cache.verdict]}`.trim();
}

function cacheTone({ summary }: NotedArm): Tone {
  if (summary.cache?.verdict === 'contradicted') return 'bad';
  return summary.cache?.verdict === 'proven' ? 'good' : 'plain';
}

/** The columns for programs: base units, the unit in each name, all that was measured. */
export function dataColumns(summaries: readonly ArmSummary[]): Column<ArmSummary>[] {
  const kinds = LATENCY_KINDS.filter((kind) => summaries.some(({ latencies }) => latencies.has(kind)));
  return [
    { name: 'arm', value: ({ arm }) => arm.id },
    { name: 'job', value: ({ arm }) => arm.job },
    { name: 'target', value: ({ arm }) => arm.target },
    ...factorNames(summaries.map(({ arm }) => arm)).map((name) => ({
      name: `factor_${name}`,
      value: ({ arm }: ArmSummary) => factorLabel(arm, name),
    })),
    { name: 'trials_counted', value: ({ counted }) => counted },
    { name: 'trials_failed', value: ({ failed }) => failed },
    { name: 'trials_aborted', value: ({ aborted }) => aborted },
    ...spreadColumns('throughput', '_bytes_per_s', (summary) => summary.throughputBytesPerSecond),
    ...spreadColumns('iops', '', (summary) => summary.iops),
    { name: 'cpu_ns_per_op_median', value: (summary) => summary.cpuNsPerOp?.median ?? null },
    { name: 'tail_ns_median', value: (summary) => summary.tailNs?.median ?? null },
    ...kinds.flatMap((kind) => latencyColumns<ArmSummary>(kind)),
    { name: 'cache_claim', value: ({ cache }) => cache?.claim ?? null },
    { name: 'cache_verdict', value: ({ cache }) => cache?.verdict ?? null },
    { name: 'warnings', value: ({ warnings }) => warnings.map((warning) => warning.code).join(';') },
  ];
}

function spreadColumns(
  metric: string,
  unit: string,
  spreadOf: (summary: ArmSummary) => Spread | null,
): Column<ArmSummary>[] {
  const column = (statistic: string, key: Exclude<keyof Spread, 'n' | 'values'>): Column<ArmSummary> => ({
    name: `${metric}_${statistic}${unit}`,
    value: (summary) => finiteOrNull(spreadOf(summary)?.[key]),
  });
  return [
    column('median', 'median'),
    column('median_low95', 'medianLow'),
    column('median_high95', 'medianHigh'),
    column('min', 'min'),
    column('q1', 'q1'),
    column('q3', 'q3'),
    column('max', 'max'),
    column('mad', 'mad'),
  ];
}

/** An interval without an end has no number in CSV or JSON. */
function finiteOrNull(value: number | undefined): CellValue {
  return value === undefined || !Number.isFinite(value) ? null : value;
}

/** What the numbers of the table are, for its caption. */
export function captionOf(summaries: readonly ArmSummary[]): string {
  const counts = [...new Set(summaries.map(({ counted }) => counted))];
  const trials = counts.length === 1 ? plural(counts[0] as number, 'trial') : 'the counted trials';
  return `throughput and IOPS: median of ${trials}; latencies: all their operations merged`;
}
