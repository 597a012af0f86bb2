/** The charts of `feedrate feed`: the AU over the number of accelerators, and the ramp of readers. */
import type { Chart, XyChart, XyPoint } from '../../charts/chart.js';
import type { FeedInterval, FeedRecord } from '../../record/feed-record.js';
import { formatPercent, plural } from '../table/format.js';

export function feedCharts(record: FeedRecord): Chart[] {
  return [auChart(record), ...rampCharts(record)].filter(({ series }) =>
    series.some(({ points }) => points.length > 0),
  );
}

function auChart({ predicted, emulated, threshold, model }: FeedRecord): XyChart {
  const trials = emulated.reduce((sum, one) => sum + one.trials, 0);
  const measured =
    emulated.length === 0
      ? 'Nothing was emulated.'
      : `Points are emulated, with the 95 % interval of the mean; n = ${plural(trials, 'trial')}.`;
  return {
    kind: 'xy',
    id: 'au-over-accelerators',
    title: `AU over accelerators: ${model.name}`,
    description: `${measured}${predicted.length === 0 ? '' : ' The dashed line is predicted from the ramp of readers.'} ${formatPercent(threshold)} is needed.`,
    x: { label: 'accelerators', unit: 'count', scale: 'linear' },
    y: { label: 'AU', unit: 'ratio', scale: 'linear', includes: [0, 1, threshold] },
    series: [
      { name: 'predicted', points: predicted.map(pointOf), drawn: 'line' as const, isPredicted: true },
      { name: 'emulated', points: emulated.map(pointOf), drawn: 'points' as const },
    ].filter(({ points }) => points.length > 0),
    levels: [{ y: threshold, label: `needed: ${formatPercent(threshold)}` }],
  };
}

function pointOf({ accelerators, au }: { readonly accelerators: number; readonly au: FeedInterval }): XyPoint {
  return {
    x: accelerators,
    y: au.estimate,
    ...(au.low !== null && { low: au.low }),
    ...(au.high !== null && { high: au.high }),
  };
}

/** Returns nothing for a single number of readers. */
function rampCharts({ ramp }: FeedRecord): XyChart[] {
  if (ramp.length < 2) return [];
  const readers = ramp.map((step) => step.readers);
  const x: XyChart['x'] = {
    label: 'readers',
    unit: 'count',
    scale: 'log',
    ticks: readers.map((at) => ({ at, label: String(at) })),
  };
  const line = (name: string, values: readonly number[]) => ({
    name,
    points: values.map((y, index) => ({ x: readers[index] as number, y })),
    drawn: 'line' as const,
  });
  const readersText = 'Each reader reads one sample after another, without any computation.';
  return [
    {
      kind: 'xy',
      id: 'ramp-samples',
      title: 'Samples per second over readers',
      description: `${readersText} One step of the ramp for each number of readers.`,
      x,
      y: { label: 'samples/s', unit: 'ops/s', scale: 'linear', includes: [0] },
      series: [
        line(
          'samples/s',
          ramp.map(({ samplesPerSecond }) => samplesPerSecond),
        ),
      ],
    },
    {
      kind: 'xy',
      id: 'ramp-latency',
      title: 'Time of a sample over readers',
      description: `${readersText} From the first call of a sample to its last.`,
      x,
      y: { label: 'time of a sample', unit: 'ns', scale: 'log' },
      series: [
        line(
          'median',
          ramp.map(({ medianNs }) => medianNs),
        ),
        line(
          'p99',
          ramp.map(({ p99Ns }) => p99Ns),
        ),
      ],
    },
  ];
}
