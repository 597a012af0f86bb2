/** Draws a chart of any kind: an option of ECharts, a legend and notes for one size and theme. */
import { barsHeightPx, drawBars } from './bars-option.js';
import type { Chart } from './chart.js';
import type { ChartLook, DrawnChart } from './drawn-chart.js';
import { drawForest, forestHeightPx } from './forest-option.js';
import { drawHeatmap, heatmapHeightPx } from './heatmap-option.js';
import { drawTimeline, timelineHeightPx } from './timeline-option.js';
import { drawXy, xyHeightPx } from './xy-option.js';

/** A kind of chart: its drawing, and the height that it needs at a width. */
interface KindDrawing<C> {
  readonly draw: (chart: C, look: ChartLook) => DrawnChart;
  readonly heightPx: (chart: C, look: ChartLook) => number;
}

const DRAWINGS: { readonly [K in Chart['kind']]: KindDrawing<Extract<Chart, { readonly kind: K }>> } = {
  xy: { draw: drawXy, heightPx: xyHeightPx },
  heatmap: { draw: drawHeatmap, heightPx: heatmapHeightPx },
  forest: { draw: drawForest, heightPx: forestHeightPx },
  bars: { draw: drawBars, heightPx: barsHeightPx },
  timeline: { draw: drawTimeline, heightPx: timelineHeightPx },
};

/** A canvas has a largest size. Rows of a taller picture are closer together. */
const TALLEST_PX = 8000;

function drawingOf({ kind }: Chart): KindDrawing<Chart> {
  return DRAWINGS[kind] as KindDrawing<Chart>;
}

/** How a chart is looked at, when its height is that which it needs. */
export type FreeLook = Omit<ChartLook, 'heightPx'>;

/** Returns the height in pixels that a chart needs at a width, without title and legend: rows have one each. */
export function chartHeightPx(chart: Chart, look: FreeLook): number {
  const height = drawingOf(chart).heightPx(chart, { ...look, heightPx: 0 });
  return Math.min(TALLEST_PX, Math.round(height));
}

/** Returns the chart as an option of ECharts, with its legend and what the picture leaves out. */
export function drawChart(chart: Chart, look: ChartLook): DrawnChart {
  checkNumbers(chart);
  const drawn = drawingOf(chart).draw(chart, look);
  return hasValues(drawn) ? drawn : { ...drawn, notes: ['No values: nothing was measured.', ...drawn.notes] };
}

/** Whether something can be pointed at that is not a gap. */
function hasValues({ option, stopAt }: DrawnChart): boolean {
  const series = option.series as readonly { readonly id?: string; readonly data?: readonly unknown[] }[];
  return series.some(
    ({ id = '', data = [] }) =>
      stopAt(id, 0) !== null && data.some((item) => !Array.isArray(item) || item[item.length - 1] !== '-'),
  );
}

/** Throws an `Error` if a number of the chart is not finite: whoever made the chart has a fault, and a picture would hide it. */
function checkNumbers(chart: Chart): void {
  const path = notFinite(chart);
  if (path !== null) throw new Error(`chart ${chart.id}: ${path} is not a finite number`);
}

/** Returns where the first number is that is not finite; null: nowhere. */
function notFinite(part: unknown): string | null {
  if (typeof part === 'number') return Number.isFinite(part) ? null : '';
  if (typeof part !== 'object' || part === null) return null;
  // Not `Object.entries`, because there may be a million points.
  for (const key in part) {
    const path = notFinite((part as Readonly<Record<string, unknown>>)[key]);
    if (path !== null) return path === '' ? key : `${key}.${path}`;
  }
  return null;
}
