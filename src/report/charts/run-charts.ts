/** The charts of a run. A chart is one file and one row here. */
import type { Chart } from '../../charts/chart.js';
import { uniqueIds } from '../../charts/unique-ids.js';
import type { RunView } from '../run/run-view.js';
import { armCharts } from './arm-charts.js';
import { type ChartedRun, chartedRun } from './chart-arms.js';
import { checkpointCharts } from './checkpoint-charts.js';
import { checkpointTimelines } from './checkpoint-timelines.js';
import { factorCharts } from './factor-charts.js';
import { heatmapCharts } from './heatmap-charts.js';
import { nfsCharts } from './nfs-charts.js';
import { percentileCharts } from './percentile-charts.js';
import { replayCharts } from './replay-charts.js';
import { scheduleChart } from './schedule-chart.js';
import { timeCharts } from './time-charts.js';
import { trainingCharts } from './training-charts.js';

/** What a chart is about, for headings. */
export type ChartSubject = 'results' | 'latency' | 'training' | 'checkpoints' | 'replay' | 'nfs' | 'time';

interface ChartRow {
  readonly subject: ChartSubject;
  /** Returns nothing where the charts would say nothing. */
  readonly make: (run: ChartedRun) => readonly Chart[];
}

const ROWS: readonly ChartRow[] = [
  { subject: 'results', make: factorCharts },
  { subject: 'results', make: armCharts },
  { subject: 'results', make: heatmapCharts },
  { subject: 'latency', make: percentileCharts },
  { subject: 'training', make: trainingCharts },
  { subject: 'checkpoints', make: checkpointCharts },
  { subject: 'checkpoints', make: checkpointTimelines },
  { subject: 'replay', make: replayCharts },
  { subject: 'nfs', make: nfsCharts },
  { subject: 'time', make: timeCharts },
  { subject: 'time', make: scheduleChart },
];

export interface SubjectChart {
  readonly subject: ChartSubject;
  readonly chart: Chart;
}

/** Returns the charts of a run, subject by subject. Their ids are unique. */
export function runCharts(view: RunView): SubjectChart[] {
  const run = chartedRun(view);
  const uniqueId = uniqueIds();
  return ROWS.flatMap(({ subject, make }) =>
    make(run).map((chart) => ({ subject, chart: { ...chart, id: uniqueId(chart.id) } })),
  );
}
