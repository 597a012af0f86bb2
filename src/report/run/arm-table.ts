/** The table of arms. Its columns are declared here for the terminal, Markdown, CSV and JSON. */
import { LATENCY_KINDS, type LatencyKindRow, type ShownStatistic } from '../../base/latency-kinds.js';
import { NUMBER_METRICS, type NumberMetric, statisticColumn } from '../../base/metrics.js';
import type { CellValue, Column } from '../../record/csv-table.js';
import { factorLabel, factorNames, latencyColumns } from '../../record/trial-columns.js';
import type { LatencySummary } from '../../record/trial-values.js';
import type { CeilingUse } from '../../stats/ceiling-use.js';
import { leastOperations } from '../../stats/measure.js';
import type { Spread } from '../../stats/spread.js';
import type { ArmSummary } from '../../stats/summary.js';
import { ABSENT, formatRange, formatValue, plural } from '../table/format.js';
import type { ShownColumn, Tone } from '../table/shown-column.js';
import { sparkline } from '../table/sparkline.js';
import { ceilingText } from './ceiling-text.js';
import type { NotedArm } from './notes.js';
import type { RunView } from './run-view.js';

/** Returns the columns for people that have a value for any of these arms. */
export function shownColumns(arms: readonly NotedArm[]): ShownColumn<NotedArm>[] {
  const factors = factorNames(arms.map(({ summary }) => summary.arm));
  const columns: ShownColumn<NotedArm>[] = [
    { head: 'job', align: 'left', dropOrder: 0, text: ({ summary }) => summary.arm.job },
    ...factors.map(factorColumn),
    ...NUMBER_METRICS.flatMap(numberColumns),
    ...LATENCY_KINDS.flatMap((row) => latencyTexts(row, arms)),
    { head: 'cache state', align: 'left', dropOrder: 2, text: ({ summary }) => cacheMark(summary), tone: cacheTone },
    { head: 'of ceiling', align: 'left', dropOrder: 2, text: ({ ceiling }) => ceilingText(ceiling), tone: ceilingTone },
    { head: 'n', align: 'right', dropOrder: 5, text: countText, tone: countTone },
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
    text: ({ summary }) => factorLabel(summary.arm, name) ?? '',
  };
}

/** The main metric. Its column also says why a number is missing, and its range has a column of its own. */
const [HEADLINE] = NUMBER_METRICS as readonly [NumberMetric, ...NumberMetric[]];

function numberColumns(metric: NumberMetric): ShownColumn<NotedArm>[] {
  const { key, label, unit, dropOrder } = metric;
  if (dropOrder === null) return [];
  const column: ShownColumn<NotedArm> = {
    head: label,
    align: 'right',
    dropOrder,
    text: ({ summary }) => formatValue(summary.numbers[key]?.median, unit),
  };
  if (metric !== HEADLINE) return [column];
  return [
    { ...column, text: headlineText, tone: headlineTone },
    { head: 'min–max', align: 'right', dropOrder: 3, text: rangeText },
  ];
}

const FIELDS: Readonly<Record<ShownStatistic, keyof LatencySummary>> = {
  p50: 'p50Ns',
  p99: 'p99Ns',
  'p99.9': 'p999Ns',
  max: 'maxNs',
};

/** The quantile of each statistic that needs a number of operations to be meaningful. */
const QUANTILES: Readonly<Record<ShownStatistic, number | null>> = { p50: null, p99: 0.99, 'p99.9': 0.999, max: null };

/** Returns a statistic for people, or undefined if it was not measured or there are too few operations for it. */
function latencyValue(summary: LatencySummary | undefined, statistic: ShownStatistic): number | undefined {
  const quantile = QUANTILES[statistic];
  if (summary === undefined || (quantile !== null && summary.count < leastOperations(quantile))) return undefined;
  return summary[FIELDS[statistic]];
}

function latencyTexts({ kind, head, shown, shownBeside }: LatencyKindRow, arms: readonly NotedArm[]) {
  const isApart =
    shownBeside === undefined ||
    arms.some(({ summary: { latencies } }) => latencies.has(kind) && latencies.has(shownBeside));
  if (!isApart) return [];
  return shown.map(
    ([statistic, dropOrder]): ShownColumn<NotedArm> => ({
      head: `${head} ${statistic}`.trim(),
      align: 'right',
      dropOrder,
      text: ({ summary }) => formatValue(latencyValue(summary.latencies.get(kind), statistic), 'ns'),
    }),
  );
}

/** The number of counted trials; if some measured nothing, how many of them did measure something. */
function countText({ summary: { counted, unmeasured } }: NotedArm): string {
  return unmeasured === 0 ? String(counted) : `${counted - unmeasured} of ${counted}`;
}

function countTone({ summary }: NotedArm): Tone {
  return summary.unmeasured > 0 ? 'bad' : 'plain';
}

function headlineText({ summary }: NotedArm): string {
  const spread = summary.numbers[HEADLINE.key];
  if (spread !== null) return formatValue(spread.median, HEADLINE.unit);
  if (summary.failed > 0) return 'failed';
  if (summary.unmeasured > 0) return 'nothing measured';
  // A job with phases has a rate for each of them instead.
  if (summary.counted > 0) return ABSENT;
  return summary.aborted > 0 ? 'aborted' : summary.warmups > 0 ? 'only warm-up' : 'not run';
}

function headlineTone({ summary }: NotedArm): Tone {
  return summary.failed + summary.unmeasured > 0 ? 'bad' : 'plain';
}

function rangeText({ summary }: NotedArm): string {
  const spread = summary.numbers[HEADLINE.key];
  return spread === null || spread.n < 2 ? ABSENT : formatRange(spread.min, spread.max, HEADLINE.unit);
}

function trendText({ summary }: NotedArm): string {
  const spread = summary.numbers[HEADLINE.key];
  return spread === null || spread.n < 3 ? '' : sparkline(spread.values, 12);
}

export const VERDICT_MARKS = { proven: '✓', contradicted: '✗', unproven: '?', none: '' } as const;

function cacheMark({ cache }: ArmSummary): string {
  if (cache === null) return '';
  const { claim, verdict, serverUnknown } = cache;
  if (!serverUnknown) return `${claim} ${VERDICT_MARKS[verdict]}`.trim();
  return `${claim === 'cold' ? 'cold client' : claim} ${VERDICT_MARKS[verdict]}, server unknown`;
}

function cacheTone({ summary }: NotedArm): Tone {
  if (summary.cache?.verdict === 'contradicted') return 'bad';
  return summary.cache?.verdict === 'proven' ? 'good' : 'plain';
}

function ceilingTone({ ceiling }: NotedArm): Tone {
  return ceiling?.state === 'beyond' ? 'bad' : 'plain';
}

/** Returns the columns for programs: everything that was measured, in base units, with the unit in each name. */
export function dataColumns({ summaries, ceilings }: Pick<RunView, 'summaries' | 'ceilings'>): Column<ArmSummary>[] {
  const kinds = LATENCY_KINDS.filter(({ kind }) => summaries.some(({ latencies }) => latencies.has(kind)));
  return [
    { name: 'arm', value: ({ arm }) => arm.id },
    { name: 'job', value: ({ arm }) => arm.job },
    { name: 'target', value: ({ arm }) => arm.target },
    ...factorNames(summaries.map(({ arm }) => arm)).map((name) => ({
      name: `factor_${name}`,
      value: ({ arm }: ArmSummary) => factorLabel(arm, name),
    })),
    { name: 'trials_counted', value: ({ counted }) => counted },
    { name: 'trials_unmeasured', value: ({ unmeasured }) => unmeasured },
    { name: 'trials_failed', value: ({ failed }) => failed },
    { name: 'trials_aborted', value: ({ aborted }) => aborted },
    ...NUMBER_METRICS.flatMap(numberDataColumns),
    { name: 'tail_ns_median', value: (summary) => summary.tailNs?.median ?? null },
    ...kinds.flatMap(({ kind }) => latencyColumns<ArmSummary>(kind)),
    { name: 'cache_claim', value: ({ cache }) => cache?.claim ?? null },
    { name: 'cache_verdict', value: ({ cache }) => cache?.verdict ?? null },
    { name: 'cache_server', value: ({ cache }) => (cache?.serverUnknown ? 'unknown' : null) },
    ...(ceilings.size === 0 ? [] : ceilingColumns(ceilings)),
    { name: 'busy_trials', value: ({ busyTrials }) => busyTrials },
    { name: 'machine_taken_share_max', value: ({ takenShareMax }) => takenShareMax },
    { name: 'warnings', value: ({ warnings }) => warnings.map((warning) => warning.code).join(';') },
  ];
}

/** The ceiling that binds an arm. The report in JSON has all of them. */
function ceilingColumns(ceilings: RunView['ceilings']): Column<ArmSummary>[] {
  const column = (name: string, read: (use: CeilingUse) => CellValue): Column<ArmSummary> => ({
    name: `ceiling_${name}`,
    value: ({ arm }) => {
      const use = ceilings.get(arm.id);
      return use === undefined ? null : read(use);
    },
  });
  return [
    column('kind', ({ binding }) => binding.kind),
    column('share', ({ share }) => share),
    column('state', ({ state }) => state),
    column('unit', ({ binding }) => binding.unit),
    column('base_per_s', ({ binding }) => binding.level.base),
    column('burst_per_s', ({ binding: { level } }) => (typeof level.burst === 'number' ? level.burst : null)),
  ];
}

function numberDataColumns(metric: NumberMetric): Column<ArmSummary>[] {
  const { key } = metric;
  if (metric.ofArms === 'median') {
    return [{ name: `${metric.column}_median`, value: ({ numbers }) => numbers[key]?.median ?? null }];
  }
  const column = (statistic: string, field: Exclude<keyof Spread, 'n' | 'values'>): Column<ArmSummary> => ({
    name: statisticColumn(metric, statistic),
    value: ({ numbers }) => finiteOrNull(numbers[key]?.[field]),
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

/** Unbounded ends of intervals are null in CSV and JSON. */
function finiteOrNull(value: number | undefined): CellValue {
  return value === undefined || !Number.isFinite(value) ? null : value;
}

function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Returns the caption: how the numbers of the table were computed. */
export function captionOf(summaries: readonly ArmSummary[]): string {
  const counts = [...new Set(summaries.map(({ counted, unmeasured }) => counted - unmeasured))];
  const trials = counts.length === 1 ? plural(counts[0] as number, 'trial') : 'the counted trials';
  const shown = NUMBER_METRICS.filter(
    ({ key, dropOrder }) => dropOrder !== null && summaries.some(({ numbers }) => numbers[key] !== null),
  ).map(({ label }) => label);
  return `${listOf(shown)}: median of ${trials}; latencies: every operation of all trials, percentiles exact to within 0.4 %`;
}
