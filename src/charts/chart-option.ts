/** Draws a chart of any kind: an option of ECharts, a legend and notes for one size and theme. */
import type { Chart } from './chart.js';
import type { ChartLook, DrawnChart } from './drawn-chart.js';
import { drawXy } from './xy-option.js';

type Drawing<C> = (chart: C, look: ChartLook) => DrawnChart;

const DRAWINGS: { readonly [K in Chart['kind']]: Drawing<Extract<Chart, { readonly kind: K }>> } = {
  xy: drawXy,
} as never;

/** Returns the chart as an option of ECharts, with its legend and what the picture leaves out. */
export function drawChart(chart: Chart, look: ChartLook): DrawnChart {
  const draw = DRAWINGS[chart.kind] as Drawing<Chart>;
  return draw(chart, look);
}

const PLAIN_HEIGHT_PX = 340;

/** Returns the height in pixels that a chart needs at a width: rows have one each, and a narrow picture is not tall. */
export function defaultHeightPx(_chart: Chart, widthPx: number): number {
  return Math.round(Math.min(PLAIN_HEIGHT_PX, Math.max(240, widthPx * 0.6)));
}
