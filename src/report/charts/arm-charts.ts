/** Results by arm, where no number varies over which they could be drawn. */
import type { BarChart, BarSpread, Chart } from '../../charts/chart.js';
import { capital } from './axis-charts.js';
import type { ChartArm, ChartedRun, ChartGroup } from './chart-arms.js';
import { type DrawnMetric, drawnMetrics } from './drawn-metrics.js';
import { type Facet, facetsOf, facetTitle, namesOf } from './facets.js';
import { linesAcross, type ShownArm } from './level-lines.js';
import { type ArmLevel, levelsText } from './levels.js';
import { numericAxes } from './numeric-axes.js';

/** More bars need a chart that is higher than a window. */
const MOST_BARS = 40;

export function armCharts(run: ChartedRun): Chart[] {
  return run.groups.flatMap((group) => {
    if (numericAxes(group.arms, group.names).length > 0) return [];
    const all = drawnMetrics(group);
    const together = group.charted.isTogether === true ? all.filter(({ statistic }) => statistic === null) : [];
    const single = all.filter((metric) => !together.includes(metric));
    return [...(together.length === 0 ? [] : [together]), ...single.map((metric) => [metric])].flatMap((metrics) =>
      facetsOf(group.arms, group.names, MOST_BARS).flatMap((facet) => armChart(run, group, metrics, facet) ?? []),
    );
  });
}

/** Returns the bars of these metrics; null if the bar of a single observation were all that there is. */
export function armChart(
  { view }: ChartedRun,
  group: ChartGroup,
  metrics: readonly DrawnMetric[],
  facet: Facet<ChartArm>,
): BarChart | null {
  const parts = metrics.map((metric) => ({
    metric,
    shown: facet.items.map((arm): ShownArm => ({ arm, level: metric.of(arm) })),
  }));
  const levels = parts.flatMap(({ shown }) => shown.map(({ level }) => level));
  if (levels.every(({ value }) => value === null)) return null;
  if (levels.length === 1 && levels.every(({ dots }) => dots.length < 2)) return null;
  const [first] = metrics as [DrawnMetric];
  const label = metrics.length === 1 ? first.label : 'operations per second';
  return {
    kind: 'bars',
    id: `${metrics.length === 1 ? first.id : 'rates'}-by-arm`,
    title: facetTitle(`${capital(label)} by arm`, group, facet),
    description: levelsText(levels, first.what),
    categories: { label: 'arm', categories: namesOf(facet.items, group.names, ({ id }) => id) },
    value: { label, unit: first.unit },
    isStacked: false,
    parts: parts.map(({ metric, shown }) => ({
      name: metric.label,
      values: shown.map(({ level }) => level.value),
      spreads: shown.map(({ level }) => spreadOf(level)),
    })),
    arms: facet.items.map(({ id }) => id),
    levels: parts.flatMap(({ metric, shown }) =>
      linesAcross(view, shown, metric).map(({ at, label: name }) => ({ value: at, label: name })),
    ),
  };
}

function spreadOf({ low, high, dots, label }: ArmLevel): BarSpread {
  return {
    ...(low !== undefined && { low }),
    ...(high !== undefined && { high }),
    ...(label !== undefined && { label }),
    dots: dots.length > 1 ? dots : [],
  };
}
