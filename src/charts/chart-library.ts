/**
 * The parts of ECharts that charts need. What it would add for titles, legends, bars, colour scales and lines across a chart is
 * drawn by this room: that is 80 KB less in each report, and titles and legends that cannot overlap.
 */
import { CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { DataZoomInsideComponent, DataZoomSliderComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';

use([
  CustomChart,
  LineChart,
  ScatterChart,
  GridComponent,
  TooltipComponent,
  DataZoomInsideComponent,
  DataZoomSliderComponent,
]);

/** Begins a plot in an element, or without one for SVG. */
export const beginPlot = init;
