/** Results of a run over a number that varies: throughput over I/O size. */
import type { Chart } from '../../charts/chart.js';
import { chartsOver } from './axis-charts.js';
import type { ChartedRun } from './chart-arms.js';
import { drawnMetrics } from './drawn-metrics.js';
import { linesAcross } from './level-lines.js';
import { numericAxes } from './numeric-axes.js';

export function factorCharts({ view, groups }: ChartedRun): Chart[] {
  return groups.flatMap((group) =>
    numericAxes(group.arms, group.names).flatMap((axis, index) => {
      const metrics = drawnMetrics(group);
      // All results over all factors would be too many charts.
      return (index === 0 ? metrics : metrics.slice(0, 1)).flatMap((metric) => {
        const items = group.arms.map((of) => ({ of, attributes: of.attributes, arm: of.id, level: metric.of(of) }));
        const across = (shown: readonly (typeof items)[number][]) =>
          linesAcross(
            view,
            shown.map(({ of: arm, level }) => ({ arm, level })),
            metric,
          ).map(({ at, label }) => ({ y: at, label }));
        return chartsOver(items, { ...axis, of: ({ of }) => axis.of(of) }, metric, across, group);
      });
    }),
  );
}
