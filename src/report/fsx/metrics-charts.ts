/** The metrics of CloudWatch over time, beside the trials. */
import type { Chart, ChartSpan, XyPoint, XySeries } from '../../charts/chart.js';
import { uniqueIds } from '../../charts/unique-ids.js';
import type { MetricSeries, MetricsTarget } from '../../record/fsx-metrics-record.js';
import { seriesOf } from '../../record/metric-periods.js';
import { plural } from '../table/format.js';
import type { MetricsView } from './metrics-view.js';
import { ofRow, TIMELINE_ROWS, type TimelineRow } from './timeline-rows.js';

interface MetricsChart {
  readonly row: TimelineRow['chart'];
  readonly title: string;
  readonly description: string;
  readonly unit: 'ratio' | 'bytes/s' | 'ops/s' | 'bytes' | 'none';
  /** Whether the sum of a period is shown per second. */
  readonly isRate?: boolean;
}

const CHARTS: readonly MetricsChart[] = [
  {
    row: 'load',
    title: 'Utilisation',
    description: 'The busiest file server or aggregate; above 100 % is a burst',
    unit: 'ratio',
  },
  {
    row: 'credits',
    title: 'Burst credits left',
    description: 'The file server with the fewest; at 0 %, it falls back to its baseline',
    unit: 'ratio',
  },
  {
    row: 'traffic',
    title: 'Traffic of the volume',
    description: 'Bytes of all its clients, and those from the capacity pool',
    unit: 'bytes/s',
    isRate: true,
  },
  {
    row: 'requests',
    title: 'Requests to the capacity pool',
    description: 'Reads of the volume; AWS bills each',
    unit: 'ops/s',
    isRate: true,
  },
  {
    row: 'stored',
    title: 'Stored by tier',
    description: 'Bytes of the volume',
    unit: 'bytes',
  },
  {
    row: 'ratio',
    title: 'Bytes from SSD for each byte that clients read',
    description: 'Over the whole file system; below 1, the server answered from its memory',
    unit: 'none',
  },
];

/** With more trials, their stretches are joined to one. */
const MOST_SPANS = 60;

/** Returns the charts of all targets. Their ids are unique. */
export function metricsCharts(view: MetricsView): Chart[] {
  const { startAt, endAt } = view.record;
  const [startMs, endMs] = [Date.parse(startAt), Date.parse(endAt)];
  const uniqueId = uniqueIds();
  return view.record.targets.flatMap((target) => {
    const series = seriesOf(target, view.record.series);
    return CHARTS.flatMap((chart): Chart[] => {
      const lines = TIMELINE_ROWS.filter((row) => row.chart === chart.row).flatMap((row) => line(row, series, chart));
      if (lines.length === 0) return [];
      const of = view.record.targets.length > 1 ? `: ${target.name}` : '';
      return [
        {
          kind: 'xy',
          id: uniqueId(`cloudwatch-${chart.row}`),
          title: `${chart.title}${of}`,
          description: `${chart.description}. One value for each period of CloudWatch, beside ${plural(spansOf(view, target).length, 'trial')}.`,
          // The same for all, so that one can be read below the other.
          x: { label: 'time', unit: 'time', scale: 'linear', includes: [startMs, endMs] },
          y: {
            label: `${chart.title.charAt(0).toLowerCase()}${chart.title.slice(1)}`,
            unit: chart.unit,
            scale: 'linear',
            includes: [0],
          },
          series: lines,
          spans: trialSpans(view, target),
        },
      ];
    });
  });
}

function spansOf({ spans }: MetricsView, target: MetricsTarget): MetricsView['spans'] {
  return spans.filter((span) => span.target === target.name);
}

function trialSpans(view: MetricsView, target: MetricsTarget): ChartSpan[] {
  const own = spansOf(view, target);
  if (own.length <= MOST_SPANS) {
    return own.map(({ startMs, endMs, arm }) => ({ from: startMs, to: endMs, label: arm, tone: 'plain' }));
  }
  const from = own.reduce((least, { startMs }) => Math.min(least, startMs), Number.POSITIVE_INFINITY);
  const to = own.reduce((most, { endMs }) => Math.max(most, endMs), from);
  return [{ from, to, label: plural(own.length, 'trial'), tone: 'plain' }];
}

function line(row: TimelineRow, series: readonly MetricSeries[], chart: MetricsChart): XySeries[] {
  const own = ofRow(row, series);
  const values = combined(own, row.combine);
  const { per } = row;
  const divisors = per === undefined ? null : combined(ofRow({ metric: per[0], scope: per[1] }, series), row.combine);
  const [first] = own;
  if (first === undefined) return [];
  const scale = chart.isRate ? 1 / first.periodSeconds : first.unit === 'percent' ? 0.01 : 1;
  const points = [...values].flatMap(([seconds, value]): XyPoint[] => {
    const shown = divisors === null ? value * scale : value / (divisors.get(seconds) ?? Number.NaN);
    return Number.isFinite(shown) ? [{ x: seconds * 1000, y: shown }] : [];
  });
  const name = row.label;
  return points.length === 0 ? [] : [{ name, points: withGaps(points, first.periodSeconds * 1000), drawn: 'steps' }];
}

/** Returns the points with a gap from where on CloudWatch has published nothing. Nothing is not 0. */
function withGaps(points: readonly XyPoint[], periodMs: number): XyPoint[] {
  return points.flatMap((point, index) => {
    const next = points[index + 1];
    const endMs = point.x + periodMs;
    return next === undefined || next.x > endMs ? [point, { x: endMs, y: null }] : [point];
  });
}

/** Returns the value of each period, by its start: of all file servers or aggregates together. */
function combined(series: readonly MetricSeries[], combine: TimelineRow['combine']): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const { points } of series)
    for (const [start, value] of points) {
      const known = found.get(start);
      found.set(start, known === undefined ? value : COMBINE[combine](known, value));
    }
  return new Map([...found].sort(([a], [b]) => a - b));
}

const COMBINE: Readonly<Record<TimelineRow['combine'], (a: number, b: number) => number>> = {
  max: Math.max,
  min: Math.min,
  sum: (a, b) => a + b,
  last: (_, b) => b,
};
