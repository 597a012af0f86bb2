/** The columns of latencies in the tables of arms. */
import { LATENCY_KINDS, type LatencyKind, type LatencyKindRow, type ShownStatistic } from '../../base/latency-kinds.js';
import type { LatencySummary } from '../../record/trial-values.js';
import { ascending } from '../../stats/extended.js';
import { leastOperations } from '../../stats/measure.js';
import { formatValue } from '../table/format.js';
import type { ShownColumn } from '../table/shown-column.js';
import type { ArmGroup } from './arm-subjects.js';
import type { NotedArm } from './notes.js';

/** A column with the key that `arm-subjects.ts` calls it by. `dropOrder` is its place among those that are not important. */
export interface KeyedColumn extends ShownColumn<NotedArm> {
  readonly key: string;
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

/** The columns of all kinds of latency, beginning with the kind that matters most in this table. */
export function latencyGroups(group: ArmGroup): KeyedColumn[] {
  const { placeOf } = group;
  const groups = LATENCY_KINDS.map((row) => latencyTexts(row, group));
  const placeOfGroup = (columns: readonly KeyedColumn[]) => Math.min(...columns.map(({ key }) => placeOf(key)));
  return groups.sort((a, b) => ascending(placeOfGroup(a), placeOfGroup(b))).flat();
}

function latencyTexts({ kind, head, shown, shownBeside }: LatencyKindRow, { arms, hasSteps }: ArmGroup): KeyedColumn[] {
  const isApart =
    shownBeside === undefined ||
    arms.some(({ summary: { latencies } }) => latencies.has(kind) && latencies.has(shownBeside));
  if (!isApart) return [];
  const word = kind === 'latency' && hasSteps ? wordOfTransfers(arms) : head;
  return shown.map(
    ([statistic, dropOrder]): KeyedColumn => ({
      key: `${kind} ${statistic}`,
      head: `${word} ${statistic}`.trim(),
      align: 'right',
      dropOrder,
      text: ({ summary }) => formatValue(latencyValue(summary.latencies.get(kind), statistic), 'ns'),
    }),
  );
}

function wordOfTransfers(arms: readonly NotedArm[]): string {
  const has = (kind: LatencyKind) => arms.some(({ summary }) => summary.latencies.has(kind));
  if (!has('write')) return 'read';
  return has('read') ? 'I/O' : 'write';
}
