/** `feedrate show --detail`: the results as bars, and the percentiles of each arm as a ladder. */
import { LATENCY_KINDS, type LatencyKind } from '../../base/latency-kinds.js';
import { formatCount } from '../../base/units.js';
import type { BarChart } from '../../charts/chart.js';
import { maxNs, quantilesNs, totalCount } from '../../histogram/histogram.js';
import { leastOperations } from '../../stats/measure.js';
import type { RunView } from '../run/run-view.js';
import { type BarRow, barLines } from '../table/bar-lines.js';
import { formatValue } from '../table/format.js';
import { armChart } from './arm-charts.js';
import { type ChartArm, type ChartedRun, type ChartGroup, chartedRun } from './chart-arms.js';
import { drawnMetrics } from './drawn-metrics.js';
import { facetTitle, namesOf } from './facets.js';

/** Returns groups of lines of at most `columns` characters. */
export function detailLines(view: RunView, columns: number): string[][] {
  const run = chartedRun(view);
  return run.groups.flatMap((group) => [resultBars(run, group, columns), ...percentileLadders(group, columns)]);
}

/** Returns the bars of the most important metric, drawn from its chart; nothing for a single arm. */
function resultBars(run: ChartedRun, group: ChartGroup, columns: number): string[] {
  const [metric] = drawnMetrics(group);
  if (metric === undefined || group.arms.length < 2) return [];
  const chart = armChart(run, group, [metric], { where: [], items: group.arms });
  return chart === null ? [] : [`${chart.title}, bars from zero`, ...barLines(rowsOf(chart), columns)];
}

function rowsOf({ categories, parts, value: { unit } }: BarChart): BarRow[] {
  const [part] = parts;
  const values = part?.values ?? [];
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  return categories.categories.map((name, index) => {
    const value = values[index] ?? null;
    const label = part?.spreads?.[index]?.label;
    if (value === null) return { name, text: label ?? formatValue(null, unit), part: null };
    return { name, text: formatValue(value, unit), part: most > 0 ? value / most : 0 };
  });
}

const RUNGS = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p99', 0.99],
  ['p99.9', 0.999],
  ['p99.99', 0.9999],
] as const;

interface Rung {
  readonly name: string;
  readonly ns: number;
}

/** Returns the ladders of the most important latency, with a heading. Bars of all arms have one logarithmic scale. */
function percentileLadders({ arms, charted, names, where }: ChartGroup, columns: number): string[][] {
  const kind = charted.latencies.find((one) => arms.some(({ summary }) => summary.latencies.has(one)));
  if (kind === undefined) return [];
  const named = namesOf(arms, names, ({ id }) => id);
  const ladders = arms
    .map((arm, index) => ({ arm, name: named[index] as string, rungs: rungsOf(arm, kind) }))
    .filter(({ rungs }) => rungs.length > 1);
  if (ladders.length === 0) return [];
  const all = ladders.flatMap(({ rungs }) => rungs.map(({ ns }) => Math.max(1, ns)));
  // A whole power of ten below the smallest value, so that it has a bar.
  const least = 10 ** Math.floor(Math.log10(Math.min(...all)));
  const decades = Math.log10(Math.max(...all) / least);
  const label = LATENCY_KINDS.find((row) => row.kind === kind)?.label ?? kind;
  const title = facetTitle(`Percentiles of ${label}`, { where });
  return [
    [
      `${title}, bars from ${formatValue(least, 'ns')} on one logarithmic scale`,
      ...ladders.flatMap(({ arm, name, rungs }) => [
        `${name}: ${formatCount(arm.summary.latencies.get(kind)?.count ?? 0)} operations`,
        ...barLines(
          rungs.map(({ name: rung, ns }) => ({
            name: rung,
            text: formatValue(ns, 'ns'),
            part: decades > 0 ? Math.log10(Math.max(1, ns) / least) / decades : 1,
          })),
          columns,
        ),
      ]),
    ],
  ];
}

/** Returns the percentiles that the number of operations supports, and the largest latency. */
function rungsOf(arm: ChartArm, kind: LatencyKind): Rung[] {
  const histogram = arm.latency(kind);
  if (histogram === null) return [];
  const count = totalCount(histogram);
  const supported = RUNGS.filter(([, q]) => count >= leastOperations(q));
  const latencies = quantilesNs(
    histogram,
    supported.map(([, q]) => q),
  );
  return [
    ...supported.map(([name], index) => ({ name, ns: latencies[index] as number })),
    { name: 'max', ns: maxNs(histogram) },
  ];
}
