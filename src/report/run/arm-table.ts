import { NUMBER_METRICS, type NumberMetric } from '../../base/metrics.js';
import { factorLabel, factorNames } from '../../record/trial-columns.js';
import type { ArmSummary } from '../../stats/summary.js';
import { ABSENT, formatRange, formatValue, plural } from '../table/format.js';
import type { ShownColumn, Tone } from '../table/shown-column.js';
import { sparkline } from '../table/sparkline.js';
import { type ArmGroup, groupArms } from './arm-subjects.js';
import { ceilingText } from './ceiling-text.js';
import { type KeyedColumn, latencyGroups } from './latency-columns.js';
import type { NotedArm } from './notes.js';

/** A table of arms for people. */
export interface ArmTable {
  readonly arms: readonly NotedArm[];
  readonly columns: readonly ShownColumn<NotedArm>[];
}

/** Returns one table for each subject of the jobs, so that no column is empty in most rows. */
export function armTables(arms: readonly NotedArm[]): ArmTable[] {
  return groupArms(arms).map((group) => ({ arms: group.arms, columns: columnsOf(group) }));
}

/** Columns that are not important in a table come after those that are. */
const AFTER_IMPORTANT = 100;

/** Returns the columns that have a value for any of these arms. */
function columnsOf(group: ArmGroup): ShownColumn<NotedArm>[] {
  const { arms, placeOf } = group;
  const columns: KeyedColumn[] = [
    ...numberColumns(group),
    ...latencyGroups(group),
    { key: 'cache', head: 'cache state', align: 'left', dropOrder: 2, text: cacheText, tone: cacheTone },
    {
      key: 'ceiling',
      head: 'of ceiling',
      align: 'left',
      dropOrder: 2,
      text: ({ ceiling }) => ceilingText(ceiling),
      tone: ceilingTone,
    },
    { key: 'n', head: 'n', align: 'right', dropOrder: 5, text: countText, tone: countTone },
    { key: 'trend', head: 'by trial', align: 'left', dropOrder: 10, text: trendText },
  ];
  const identifying = identifyingColumns(arms);
  const ranked = columns.map(({ key, dropOrder, ...column }, index): ShownColumn<NotedArm> => {
    // The index makes each a number of its own, because equal ones are shown together or not at all.
    const place = Math.min(placeOf(key), AFTER_IMPORTANT + dropOrder + index / AFTER_IMPORTANT);
    return { ...column, dropOrder: dropOrder === 0 || (key === 'cache' && tellsCache(arms)) ? 0 : place };
  });
  const notes: ShownColumn<NotedArm> = {
    head: 'notes',
    align: 'left',
    dropOrder: 0,
    text: ({ notes }) => notes.join(' '),
    tone: () => 'bad',
  };
  return [...identifying, ...ranked, notes].filter(({ text }) =>
    arms.some((arm) => text(arm) !== ABSENT && text(arm) !== ''),
  );
}

/** Job and factors. Those with one value in all rows tell nothing apart, so they are the first to go. */
function identifyingColumns(arms: readonly NotedArm[]): ShownColumn<NotedArm>[] {
  const isConstant = ({ text }: ShownColumn<NotedArm>) => new Set(arms.map(text)).size === 1;
  const last = 2 * AFTER_IMPORTANT;
  const factors = factorNames(arms.map(({ summary }) => summary.arm))
    .filter((name) => name !== 'cache' || !tellsCache(arms))
    .map(factorColumn)
    .map((column, index) => (isConstant(column) ? { ...column, dropOrder: last + index + 1 } : column));
  const job: ShownColumn<NotedArm> = {
    head: 'job',
    align: 'left',
    dropOrder: 0,
    text: ({ summary }) => summary.arm.job,
  };
  const isTold = isConstant(job) && factors.some(({ dropOrder }) => dropOrder === 0);
  return [isTold ? { ...job, dropOrder: last } : job, ...factors];
}

/** Whether the factor `cache` stands in the column of the cache state already. */
function tellsCache(arms: readonly NotedArm[]): boolean {
  return arms.every(({ summary }) => {
    const label = factorLabel(summary.arm, 'cache');
    return label !== null && cacheText({ summary }).startsWith(label);
  });
}

function factorColumn(name: string): ShownColumn<NotedArm> {
  return {
    head: name,
    align: 'right',
    dropOrder: 0,
    text: ({ summary }) => factorLabel(summary.arm, name) ?? '',
  };
}

/** The headline with its range comes first. */
function numberColumns({ headline }: ArmGroup): KeyedColumn[] {
  const shown = NUMBER_METRICS.filter(({ key, dropOrder }) => key === headline || dropOrder !== null);
  const first = shown.find(({ key }) => key === headline) as NumberMetric;
  const others = shown.filter((metric) => metric !== first);
  const column = ({ key, label }: NumberMetric) => ({ key, head: label, align: 'right' }) as const;
  return [
    {
      ...column(first),
      dropOrder: 0,
      text: ({ summary }) => headlineText(summary, first),
      tone: headlineTone,
    },
    { key: 'range', head: 'min–max', align: 'right', dropOrder: 3, text: ({ summary }) => rangeText(summary, first) },
    ...others.map(
      (metric): KeyedColumn => ({
        ...column(metric),
        dropOrder: Math.max(1, metric.dropOrder ?? 0),
        text: ({ summary }) => formatValue(summary.numbers[metric.key]?.median, metric.unit),
      }),
    ),
  ];
}

/** The number of counted trials; if some measured nothing, how many of them did measure something. */
function countText({ summary: { counted, unmeasured } }: NotedArm): string {
  return unmeasured === 0 ? String(counted) : `${counted - unmeasured} of ${counted}`;
}

function countTone({ summary }: NotedArm): Tone {
  return summary.unmeasured > 0 ? 'bad' : 'plain';
}

function headlineText(summary: ArmSummary, { key, unit }: NumberMetric): string {
  const spread = summary.numbers[key];
  return spread === null ? noResultText(summary) : formatValue(spread.median, unit);
}

/** Returns why an arm has no value of a metric: `failed`. */
export function noResultText(summary: ArmSummary): string {
  if (summary.failed > 0) return 'failed';
  if (summary.unmeasured > 0) return 'nothing measured';
  // A job with phases has a rate for each of them instead.
  if (summary.counted > 0) return ABSENT;
  return summary.aborted > 0 ? 'stopped early' : summary.warmups > 0 ? 'only warm-up' : 'not run';
}

function headlineTone({ summary }: NotedArm): Tone {
  return summary.failed + summary.unmeasured > 0 ? 'bad' : 'plain';
}

function rangeText({ numbers }: ArmSummary, { key, unit }: NumberMetric): string {
  const spread = numbers[key];
  return spread === null || spread.n < 2 ? ABSENT : formatRange(spread.min, spread.max, unit);
}

function trendText({ summary }: NotedArm): string {
  const spread = summary.numbers.throughput;
  return spread === null || spread.n < 3 ? '' : sparkline(spread.values, 12);
}

export const VERDICT_MARKS = { proven: '✓', contradicted: '✗', unproven: '?', none: '' } as const;

function cacheText({ summary: { cache } }: Pick<NotedArm, 'summary'>): string {
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
