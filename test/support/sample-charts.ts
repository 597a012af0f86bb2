/** Charts of every kind, usual ones and extremes, for the tests of their drawing. */
import type { BarChart, Chart, ForestChart, HeatmapChart, TimelineChart, XyChart } from '../../src/charts/chart.js';

const list = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** What somebody may have called a target: markup, terminal codes, text from right to left, half a character, a style of the drawing library, 10,000 characters. */
export const HOSTILE_NAME = `</script><script>alert(1)</script>&"'\u001b[31mred\u001b[0m\u202e\u0000 שלום {a|b} \ud800 ${'中x'.repeat(5000)}`;

export const SIZES_CHART: XyChart = {
  kind: 'xy',
  id: 'throughput-by-size',
  title: 'Throughput over I/O size',
  description: 'Medians of 5 sessions with their intervals.',
  x: { label: 'I/O size', unit: 'bytes', scale: 'log' },
  y: { label: 'throughput', unit: 'bytes/s', scale: 'linear', includes: [0] },
  series: list(3, (arm) => ({
    name: `target ${arm}`,
    arm: `a${arm}`,
    drawn: 'line',
    points: [4096, 65536, 1048576].map((x) => {
      const y = (arm + 1) * 1e5 * Math.sqrt(x);
      return { x, y, low: y * 0.9, ...(arm === 2 ? {} : { high: y * 1.1 }), dots: [y * 0.95, y, y * 1.05] };
    }),
  })),
  levels: [{ y: 3e8, label: 'volume limit 300 MB/s' }],
  marks: [{ x: 65536, label: 'rsize' }],
  spans: [{ from: 4096, to: 16384, label: 'small', tone: 'warning' }],
};

/** Seconds of a run, with a stall of one second and a gap. */
export const SECONDS_CHART: XyChart = {
  kind: 'xy',
  id: 'throughput-over-time',
  title: 'Throughput over time',
  description: 'One value a second.',
  x: { label: 'time since start', unit: 'ns', scale: 'linear' },
  y: { label: 'throughput', unit: 'bytes/s', scale: 'linear', includes: [0] },
  series: list(2, (arm) => ({
    name: `arm ${arm}`,
    arm: `a${arm}`,
    drawn: 'line',
    points: list(120, (second) => ({ x: second * 1e9, y: second === 60 ? null : second === 90 ? 1e6 : 1e9 + second })),
  })),
};

export const HEATMAP_CHART: HeatmapChart = {
  kind: 'heatmap',
  id: 'size-by-workers',
  title: 'Throughput by I/O size and workers',
  description: 'Medians.',
  x: { label: 'I/O size', categories: ['4 KiB', '64 KiB', '1 MiB'] },
  y: { label: 'workers', categories: ['1', '16'] },
  value: { label: 'throughput', unit: 'bytes/s', better: 'higher' },
  cells: list(5, (index) => ({ x: index % 3, y: Math.floor(index / 3), value: 1e6 * 8 ** index, arm: `a${index}` })),
};

export const FOREST_CHART: ForestChart = {
  kind: 'forest',
  id: 'differences',
  title: 'Differences',
  description: 'Ratios with intervals.',
  label: 'throughput, candidate / baseline',
  band: { low: 0.95, high: 1.05 },
  rows: [
    {
      name: 'read',
      estimate: 1.2,
      low: 1.1,
      high: 1.3,
      dots: [1.1, 1.2, 1.3],
      tone: 'good',
      note: 'improvement',
      arm: 'a0',
    },
    {
      name: 'write',
      estimate: 0.5,
      low: 0.4,
      dots: [0.4, 0.6],
      tone: 'bad',
      note: 'regression',
      arm: 'a1',
      beyond: { low: 1, high: 0 },
    },
    { name: 'stat', estimate: null, dots: [], tone: 'plain', note: 'not comparable' },
  ],
};

export const BARS_CHART: BarChart = {
  kind: 'bars',
  id: 'results-by-arm',
  title: 'Results by arm',
  description: 'Medians with their intervals.',
  categories: { label: 'arm', categories: ['nfs3', 'nfs4'] },
  value: { label: 'IOPS', unit: 'ops/s' },
  isStacked: false,
  parts: [
    {
      name: 'read',
      values: [1000, 2000],
      spreads: [
        { low: 900, high: 1100, dots: [950, 1050] },
        { dots: [], label: 'failed' },
      ],
    },
    { name: 'write', values: [500, null] },
  ],
  arms: ['a0', 'a1'],
  levels: [{ value: 1500, label: 'limit' }],
};

export const STACK_CHART: BarChart = {
  kind: 'bars',
  id: 'step',
  title: 'A step of training',
  description: 'Means.',
  categories: {
    label: 'accelerators',
    categories: list(20, (index) => `accelerators=${index} on nfs4 with nconnect=16`),
  },
  value: { label: 'time', unit: 'ns' },
  isStacked: true,
  parts: ['compute', 'wait', 'rest'].map((name, part) => ({
    name,
    values: list(20, (index) => (part + 1) * 1e7 * (index + 1)),
  })),
};

export const TIMELINE_CHART: TimelineChart = {
  kind: 'timeline',
  id: 'checkpoint',
  title: 'Checkpoint',
  description: 'What each rank did.',
  lanes: list(2, (rank) => ({
    name: `rank ${rank}`,
    arm: `a${rank}`,
    spans: [
      { fromNs: rank * 1e8, toNs: 2e9, what: 'write' },
      { fromNs: 2e9, toNs: 3e9, what: 'fsync' },
    ],
  })),
};

export const SAMPLE_CHARTS: readonly Chart[] = [
  SIZES_CHART,
  SECONDS_CHART,
  HEATMAP_CHART,
  FOREST_CHART,
  BARS_CHART,
  STACK_CHART,
  TIMELINE_CHART,
];

/** Returns the chart without anything in it. */
function emptied(chart: Chart): Chart {
  switch (chart.kind) {
    case 'xy':
      return { ...chart, series: [], levels: [], marks: [], spans: [] };
    case 'heatmap':
      return { ...chart, x: { ...chart.x, categories: [] }, y: { ...chart.y, categories: [] }, cells: [] };
    case 'forest':
      return { ...chart, rows: [] };
    case 'bars':
      return { ...chart, categories: { ...chart.categories, categories: [] }, parts: [], arms: [] };
    case 'timeline':
      return { ...chart, lanes: [] };
  }
}

/** Replaces every name in a chart, but for the words that the types fix. */
function renamed(chart: Chart): Chart {
  const text = JSON.stringify(chart, (key, value) =>
    ['name', 'label', 'title', 'description', 'note', 'what'].includes(key) && typeof value === 'string'
      ? HOSTILE_NAME
      : value,
  );
  return JSON.parse(text) as Chart;
}

const withId = (chart: Chart, id: string): Chart => ({ ...chart, id: `${chart.id}-${id}` });

export const EXTREME_CHARTS: readonly Chart[] = [
  ...SAMPLE_CHARTS.map((chart) => withId(emptied(chart), 'empty')),
  ...SAMPLE_CHARTS.map((chart) => withId(renamed(chart), 'hostile')),
  withId({ ...SIZES_CHART, series: [{ name: 'one', drawn: 'line', points: [{ x: 4096, y: 1e8 }] }] }, 'one-point'),
  withId({ ...SIZES_CHART, series: [{ name: 'gaps', drawn: 'line', points: [{ x: 1, y: null }] }] }, 'gaps'),
  withId(
    { ...SIZES_CHART, series: [{ name: 'equal', drawn: 'steps', points: list(3, (x) => ({ x: x + 1, y: 7 })) }] },
    'equal',
  ),
  withId(
    {
      ...SIZES_CHART,
      y: { label: 'latency', unit: 'ns', scale: 'log' },
      series: [{ name: 'zeros', drawn: 'points', points: list(4, (x) => ({ x, y: x % 2 === 0 ? 0 : 1e6 })) }],
    },
    'zeros',
  ),
  withId(
    {
      ...SIZES_CHART,
      series: list(200, (arm) => ({
        name: `arm ${arm}`,
        arm: `a${arm}`,
        drawn: 'line',
        points: [1, 2].map((x) => ({ x: x * 4096, y: arm + x, low: arm })),
      })),
    },
    'many',
  ),
];
