/** Results over two factors at once: I/O size by workers, if both vary. */
import type { Chart } from '../../charts/chart.js';
import { capital } from './axis-charts.js';
import { type ChartArm, type ChartedRun, type ChartGroup, levelsOf } from './chart-arms.js';
import { type DrawnMetric, drawnMetrics } from './drawn-metrics.js';
import { type Facet, facetsOf, facetTitle } from './facets.js';
import { factorLabel, type NumericAxis, numericAxes } from './numeric-axes.js';

/** Factors that people look at together, the first ones first. Others follow in the order of the workload. */
const PREFERRED = ['bs', 'filesize', 'numjobs', 'read_threads', 'iodepth'];

/** Attributes that lines tell apart better. */
const NOT_CROSSED = new Set(['job', 'target']);

/** Fewer are easier to read as lines. */
const LEAST_CELLS = 6;

export function heatmapCharts({ groups }: ChartedRun): Chart[] {
  return groups.flatMap((group) => {
    const [x, y] = crossedFactors(group);
    const [metric] = drawnMetrics(group);
    if (x === undefined || y === undefined || metric === undefined) return [];
    const axes = numericAxes(group.arms, group.names);
    const both = group.arms.filter(({ attributes }) => attributes.has(x) && attributes.has(y));
    const others = group.names.filter((name) => name !== x && name !== y);
    // With at most one arm each, the facets are all combinations of the other factors.
    return combinationsOf(both, others)
      .filter(({ items }) => items.length >= LEAST_CELLS && [x, y].every((name) => levelsOf(items, name).length > 1))
      .map((facet) => chartOf(group, facet, [x, y], metric, axes));
  });
}

function crossedFactors({ names }: ChartGroup): string[] {
  const place = (name: string) => PREFERRED.indexOf(name) + 1 || PREFERRED.length + 1;
  return names.filter((name) => !NOT_CROSSED.has(name)).sort((a, b) => place(a) - place(b));
}

function combinationsOf(arms: readonly ChartArm[], names: readonly string[]): Facet<ChartArm>[] {
  const splitting = names.filter((name) => levelsOf(arms, name).length > 1);
  return facetsOf(arms, splitting, splitting.length === 0 ? arms.length : 1);
}

function chartOf(
  group: ChartGroup,
  facet: Facet<ChartArm>,
  [x, y]: readonly [string, string],
  metric: DrawnMetric,
  axes: readonly NumericAxis<ChartArm>[],
): Chart {
  const [xLevels, yLevels] = [sortedLevels(facet.items, x, axes), sortedLevels(facet.items, y, axes)];
  const cells = facet.items.flatMap((arm) => {
    const { value } = metric.of(arm);
    const [atX, atY] = [arm.attributes.get(x) ?? '', arm.attributes.get(y) ?? ''];
    return value === null ? [] : [{ x: xLevels.indexOf(atX), y: yLevels.indexOf(atY), value, arm: arm.id }];
  });
  const missing = facet.items.length - cells.length;
  return {
    kind: 'heatmap',
    id: `${metric.id}-by-${x}-and-${y}`,
    title: facetTitle(`${capital(metric.label)} by ${factorLabel(x)} and ${factorLabel(y)}`, group, facet),
    description: `${metric.what}; n = ${cells.length} arms.${missing === 0 ? '' : ` ${missing} more have no result.`}`,
    x: { label: factorLabel(x), categories: xLevels },
    y: { label: factorLabel(y), categories: yLevels },
    value: { label: metric.label, unit: metric.unit, better: metric.better },
    cells,
  };
}

/** Numbers ascend; other levels keep the order of the workload. */
function sortedLevels(arms: readonly ChartArm[], name: string, axes: readonly NumericAxis<ChartArm>[]): string[] {
  const levels = levelsOf(arms, name);
  const axis = axes.find((one) => one.name === name);
  if (axis === undefined) return levels;
  const numberOf = new Map(arms.map((arm) => [arm.attributes.get(name) ?? '', axis.of(arm) ?? 0]));
  return levels.sort((a, b) => (numberOf.get(a) as number) - (numberOf.get(b) as number));
}
