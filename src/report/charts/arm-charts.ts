/** Results by arm, where no number varies over which they could be drawn. */
import type { BarChart, Chart } from '../../charts/chart.js';
import type { ChartArm, ChartedRun, ChartGroup } from './chart-arms.js';
import { capital, type DrawnMetric, drawnMetrics } from './drawn-metrics.js';
import { type Facet, facetsOf, facetTitle, namesOf } from './facets.js';
import { linesAcross } from './level-lines.js';
import { levelsText } from './levels.js';
import { numericAxes } from './numeric-axes.js';

/** More bars need a chart that is higher than a window. */
const MOST_BARS = 40;

export function armCharts(run: ChartedRun): Chart[] {
  return run.groups.flatMap((group) => {
    if (numericAxes(group.arms, group.names).length > 0) return [];
    return drawnMetrics(group).flatMap((metric) =>
      facetsOf(group.arms, group.names, MOST_BARS).flatMap((facet) => chartOf(run, group, metric, facet) ?? []),
    );
  });
}

/** Returns null if the bar of a single observation were all that there is. */
function chartOf(
  { view }: ChartedRun,
  { names }: ChartGroup,
  metric: DrawnMetric,
  facet: Facet<ChartArm>,
): BarChart | null {
  const shown = facet.items.map((arm) => ({ arm, level: metric.of(arm) }));
  const levels = shown.map(({ level }) => level);
  if (levels.every(({ value }) => value === null)) return null;
  if (levels.length === 1 && levels.every(({ dots }) => dots.length < 2)) return null;
  return {
    kind: 'bars',
    id: `${metric.id}-by-arm`,
    title: facetTitle(`${capital(metric.label)} by arm`, facet),
    description: levelsText(levels, metric.what),
    categories: { label: 'arm', categories: namesOf(facet.items, names, ({ id }) => id) },
    value: { label: metric.label, unit: metric.unit },
    isStacked: false,
    parts: [
      {
        name: metric.label,
        values: levels.map(({ value }) => value),
        spreads: levels.map(({ value, unit, n, dots, ...spread }) => ({
          ...spread,
          dots: dots.length > 1 ? dots : [],
        })),
      },
    ],
    arms: facet.items.map(({ id }) => id),
    levels: linesAcross(view, shown, metric).map(({ at, label }) => ({ value: at, label })),
  };
}
