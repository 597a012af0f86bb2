/**
 * The parts of ECharts that charts need. What it would add for titles, legends, colour scales and lines across a chart is
 * drawn by this room: that is 60 KB less in each report, and titles and legends that cannot overlap.
 */
import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { DataZoomInsideComponent, DataZoomSliderComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';

use([
  BarChart,
  CustomChart,
  LineChart,
  ScatterChart,
  GridComponent,
  TooltipComponent,
  DataZoomInsideComponent,
  DataZoomSliderComponent,
]);

export { init, setPlatformAPI, use } from 'echarts/core';
