/** Latencies of all operations: percentiles up to where their number supports them, and the distribution. */
import { LATENCY_KINDS, type LatencyKind } from '../../base/latency-kinds.js';
import { formatCount } from '../../base/units.js';
import type { Axis, Chart, XyPoint } from '../../charts/chart.js';
import { percentileText } from '../../charts/chart-units.js';
import { type Histogram, quantilesNs, totalCount } from '../../histogram/histogram.js';
import { leastOperations } from '../../stats/measure.js';
import type { ChartArm, ChartedRun, ChartGroup } from './chart-arms.js';
import { type Facet, facetsOf, facetTitle, namesOf } from './facets.js';

/** Points for each power of ten of 1 − q. 90 %, 99 % … are among them. */
const PER_DECADE = 8;
const DECADES = 9;

/** The quantiles of a percentile plot at x = 1/(1 − q): from the median on, because tails are of interest. */
const PLACES = [
  2,
  // Rounded, because pages store these numbers for each arm.
  ...Array.from({ length: PER_DECADE * DECADES }, (_, index) =>
    Number((10 ** ((index + 1) / PER_DECADE)).toPrecision(4)),
  ).filter((x) => x > 2),
];

/** The parts of all operations at which a distribution is drawn. */
const SHARES = [0.01, ...Array.from({ length: 39 }, (_, index) => (index + 1) / 40), 0.99, 0.995, 0.999];

/** A chart of latencies needs this quantile of at least one arm. */
const LEAST_QUANTILE = 0.9;

export function percentileCharts({ groups }: ChartedRun): Chart[] {
  return groups.flatMap((group) =>
    kindsOf(group).flatMap((kind, index) => {
      const arms = group.arms.filter((arm) => countOf(arm, kind) >= leastOperations(1 / 2));
      return facetsOf(arms, group.names).flatMap((facet): Chart[] => [
        percentileChart(kind, facet, group),
        // A percentile plot and a distribution have the same numbers.
        ...(index === 0 ? [distributionChart(kind, facet, group)] : []),
      ]);
    }),
  );
}

function kindsOf({ arms, charted }: ChartGroup): LatencyKind[] {
  const least = leastOperations(LEAST_QUANTILE);
  return charted.latencies.filter((kind) => arms.some((arm) => countOf(arm, kind) >= least));
}

function countOf({ summary }: ChartArm, kind: LatencyKind): number {
  return summary.latencies.get(kind)?.count ?? 0;
}

function percentileChart(kind: LatencyKind, facet: Facet<ChartArm>, group: ChartGroup): Chart {
  const label = labelOf(kind);
  const most = Math.max(...facet.items.map((arm) => countOf(arm, kind)));
  return {
    kind: 'xy',
    id: `${kind}-percentiles`,
    title: facetTitle(`Percentiles of ${label}`, group, facet),
    description: `${operationsText(kind, facet)} A line ends at the last percentile that its number of operations supports.`,
    x: { label: 'percentile', unit: 'percentile', scale: 'log', ticks: percentileTicks(most) },
    y: { label, unit: 'ns', scale: 'log' },
    series: seriesOf(kind, facet, group, percentilePoints),
  };
}

function distributionChart(kind: LatencyKind, facet: Facet<ChartArm>, group: ChartGroup): Chart {
  const label = labelOf(kind);
  return {
    kind: 'xy',
    id: `${kind}-distribution`,
    title: facetTitle(`Distribution of ${label}`, group, facet),
    description: `${operationsText(kind, facet)} The height is the share of the operations that took at most this long, up to 99.9 %.`,
    x: { label, unit: 'ns', scale: 'log' },
    y: { label: 'share of the operations', unit: 'ratio', scale: 'linear', includes: [0, 1] },
    series: seriesOf(kind, facet, group, (histogram) => {
      const count = totalCount(histogram);
      const supported = SHARES.filter((share) => count >= leastOperations(share));
      const latencies = quantilesNs(histogram, supported);
      return supported.map((share, index) => ({ x: latencies[index] as number, y: share }));
    }),
  };
}

function seriesOf(
  kind: LatencyKind,
  { items }: Facet<ChartArm>,
  { names }: ChartGroup,
  pointsOf: (histogram: Histogram) => readonly XyPoint[],
) {
  const named = namesOf(items, names, ({ id }) => id);
  return items.map((arm, index) => ({
    name: named[index] as string,
    points: pointsOf(arm.latency(kind) as Histogram),
    drawn: 'line' as const,
    arm: arm.id,
  }));
}

/** Returns the percentiles at x = 1/(1 − q), so that each further nine is as wide as the one before. */
export function percentilePoints(histogram: Histogram): XyPoint[] {
  const count = totalCount(histogram);
  const places = PLACES.filter((x) => count >= leastOperations(quantileAt(x)));
  const latencies = quantilesNs(histogram, places.map(quantileAt));
  return places.map((x, index) => ({ x, y: latencies[index] as number }));
}

function quantileAt(x: number): number {
  return 1 - 1 / x;
}

/** 50 %, 90 %, 99 % …, up to what this number of operations supports. */
function percentileTicks(count: number): NonNullable<Axis['ticks']> {
  const nines = Array.from({ length: DECADES }, (_, index) => 10 ** (index + 1));
  return [2, ...nines]
    .filter((at) => count >= leastOperations(quantileAt(at)))
    .map((at) => ({ at, label: percentileText(at) }));
}

function labelOf(kind: LatencyKind): string {
  return LATENCY_KINDS.find((row) => row.kind === kind)?.label ?? kind;
}

function operationsText(kind: LatencyKind, { items }: Facet<ChartArm>): string {
  const counts = items.map((arm) => countOf(arm, kind));
  const [least, most] = [Math.min(...counts), Math.max(...counts)].map(formatCount);
  const range = least === most ? least : `${least} to ${most}`;
  return `All operations of all trials that count, merged: ${range} for ${items.length === 1 ? 'the arm' : 'each arm'}.`;
}
