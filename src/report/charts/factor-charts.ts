/** Results over a number that varies: throughput over I/O size, one line for each combination of the other factors. */
import type { Axis, Chart, XyPoint, XySeries } from '../../charts/chart.js';
import type { ChartArm, ChartedRun, ChartGroup } from './chart-arms.js';
import { capital, type DrawnMetric, drawnMetrics } from './drawn-metrics.js';
import { facetsOf, facetTitle, namesOf } from './facets.js';
import { linesAcross, type ShownArm } from './level-lines.js';
import { type Level, levelsText } from './levels.js';
import { type NumericAxis, numericAxes } from './numeric-axes.js';

/** Arms that differ only in the number of the axis, in its order. */
interface Line extends Pick<ChartArm, 'attributes'> {
  readonly arms: readonly ChartArm[];
}

/** From this ratio on, levels are shown on a logarithmic scale, because the smallest ones would not be seen. */
const LOG_FROM = 30;

export function factorCharts(run: ChartedRun): Chart[] {
  return run.groups.flatMap((group) =>
    numericAxes(group.arms, group.names).flatMap((axis, index) => {
      const metrics = drawnMetrics(group);
      // All results over all factors would be too many charts.
      return (index === 0 ? metrics : metrics.slice(0, 1)).flatMap((metric) => chartsOver(run, group, axis, metric));
    }),
  );
}

function chartsOver({ view }: ChartedRun, { arms }: ChartGroup, axis: NumericAxis, metric: DrawnMetric): Chart[] {
  const lines = linesOf(arms, axis);
  if (lines.every((line) => line.arms.length < 2)) return [];
  return facetsOf(lines, axis.others).map((facet): Chart => {
    const names = namesOf(facet.items, axis.others, () => metric.label);
    const drawn = facet.items.map((line) => line.arms.map((arm): ShownArm => ({ arm, level: metric.of(arm) })));
    const shown = drawn.flat();
    const levels = shown.map(({ level }) => level);
    return {
      kind: 'xy',
      id: `${metric.id}-by-${axis.name}`,
      title: facetTitle(`${capital(metric.label)} over ${axis.axis.label}`, facet),
      description: levelsText(levels, metric.what),
      x: axis.axis,
      y: Object.assign(scaleOf(levels), { label: metric.label, unit: metric.unit }),
      series: drawn.map((line, index): XySeries => {
        const points = line.map(({ arm, level }) => pointOf(axis.of(arm) as number, arm, level));
        return { name: names[index] as string, points, drawn: 'line' };
      }),
      levels: linesAcross(view, shown, metric).map(({ at, label }) => ({ y: at, label })),
    };
  });
}

/** Returns arms that differ only in the number, each line in its order. */
function linesOf(arms: readonly ChartArm[], { of, others }: NumericAxis): Line[] {
  const lines = new Map<string, ChartArm[]>();
  for (const arm of arms) {
    if (of(arm) === null) continue;
    const key = JSON.stringify(others.map((name) => arm.attributes.get(name)));
    const line = lines.get(key) ?? [];
    line.push(arm);
    lines.set(key, line);
  }
  return [...lines.values()].map((line) => {
    const sorted = line.sort((a, b) => (of(a) as number) - (of(b) as number));
    return { arms: sorted, attributes: (sorted[0] as ChartArm).attributes };
  });
}

function pointOf(x: number, { id }: ChartArm, { value, low, high, dots, label }: Level): XyPoint {
  return {
    x,
    y: value,
    arm: id,
    ...(low !== undefined && { low }),
    ...(high !== undefined && { high }),
    ...(dots.length > 1 && { dots }),
    ...(label !== undefined && { label }),
  };
}

/** Levels begin at zero, unless they range over orders of magnitude. */
function scaleOf(levels: readonly Level[]): Pick<Axis, 'scale' | 'includes'> {
  const values = levels.flatMap(({ value, dots }) => [...dots, ...(value === null ? [] : [value])]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least > 0 && most / least >= LOG_FROM ? { scale: 'log' } : { scale: 'linear', includes: [0] };
}
