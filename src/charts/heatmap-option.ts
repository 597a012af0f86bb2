/** Draws one value for each pair of categories. */
import { categoriesBelow, doNamesFit, rowNames, rowNamesPx, slantedHeightPx } from './category-axis.js';
import type { HeatmapChart } from './chart.js';
import { unitStep, valueText } from './chart-units.js';
import { rampColour, readableOn } from './colour-ramp.js';
import {
  type ChartLook,
  chartFrame,
  type DrawnChart,
  isChosen,
  type LegendEntry,
  shownName,
  themeOf,
} from './drawn-chart.js';
import { itemSeries, rectShape, textShape } from './overlay.js';
import { textWidth } from './text-width.js';
import { pointedItem } from './tooltips.js';

const ROW_PX = 34;
const LEGEND_STEPS = 5;
/** Narrower cells have no numbers. */
const NARROWEST_PX = 26;
/** Values that differ by more than this factor are coloured by their logarithm. */
const LOG_FROM = 10;

/** The share of the colour scale that a value has, and the value at a share. */
interface ColourScale {
  readonly share: (value: number) => number;
  readonly value: (share: number) => number;
  readonly isLog: boolean;
}

function colourScale({ cells }: HeatmapChart): ColourScale {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { value } of cells) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const isLog = low > 0 && high / low > LOG_FROM;
  const to = isLog ? Math.log : (value: number): number => value;
  const from = isLog ? Math.exp : (value: number): number => value;
  const range = to(high) - to(low);
  return {
    share: (value) => (range > 0 ? (to(value) - to(low)) / range : 0.5),
    value: (share) => from(to(low) + share * range),
    isLog,
  };
}

function legendOf(chart: HeatmapChart, { share, value }: ColourScale, ramp: readonly string[]): LegendEntry[] {
  if (chart.cells.length === 0) return [];
  const steps = Array.from({ length: LEGEND_STEPS }, (_, index) => value(index / (LEGEND_STEPS - 1)));
  const names = [...new Map(steps.map((step) => [valueText(chart.value.unit, step), step]))];
  return names.map(([name, step]) => ({
    name,
    swatch: { colour: rampColour(ramp, share(step)), line: 'none', shape: null, area: { stripes: null } },
  }));
}

/** How values are written in the cells, and the unit that they leave out. */
interface CellWords {
  readonly text: (value: number) => string;
  readonly unit: string;
}

/** Returns values with their units if all of these fit into a cell, and otherwise as numbers of one unit. */
function cellWords({ cells, value: { unit } }: HeatmapChart, widthPx: number): CellWords {
  const fits = cells.every(({ value }) => textWidth(valueText(unit, value), 11) <= widthPx - 6);
  if (fits) return { text: (value) => valueText(unit, value), unit: '' };
  if (widthPx < NARROWEST_PX) return { text: () => '', unit: '' };
  const sorted = cells.map(({ value }) => Math.abs(value)).sort((a, b) => a - b);
  const { factor, name, suffix } = unitStep(unit, sorted[Math.floor(sorted.length / 2)] ?? 0);
  return { text: (value) => shortNumber(value / factor), unit: name || suffix.trim() };
}

function shortNumber(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

function heatNotes(chart: HeatmapChart, { isLog }: ColourScale, { unit }: CellWords): string[] {
  const { label, better } = chart.value;
  const measured = chart.cells.length;
  const pairs = chart.x.categories.length * chart.y.categories.length;
  return [
    `${shownName(label, 300)}: ${better} is better.`,
    ...(isLog ? ['Colours follow the logarithm of the value.'] : []),
    ...(unit === '' ? [] : [`Cells: in ${unit}.`]),
    ...(measured < pairs ? ['Empty: not measured.'] : []),
  ];
}

export function heatmapHeightPx({ x, y }: HeatmapChart, look: ChartLook): number {
  const fits = doNamesFit(x.categories, look.widthPx - 70);
  return 70 + Math.max(2, y.categories.length) * ROW_PX + (fits ? 0 : slantedHeightPx(x.categories) - 12);
}

/** Returns a heat map as an option of ECharts, with the steps of its colours as legend. */
export function drawHeatmap(chart: HeatmapChart, look: ChartLook): DrawnChart {
  const theme = themeOf(look);
  const scale = colourScale(chart);
  const isFaint = ({ arm }: HeatmapChart['cells'][number]): boolean => !isChosen(look, [arm]);
  const gridPx = look.widthPx - rowNamesPx(chart.y.categories, look) - 34;
  const words = cellWords(chart, gridPx / Math.max(1, chart.x.categories.length));
  const cells = itemSeries('s0', chart.cells.length, (index, toPixels, area) => {
    const cell = chart.cells[index] as HeatmapChart['cells'][number];
    const [x, y] = toPixels(cell.x, cell.y);
    const width = Math.max(2, area.width / chart.x.categories.length - 2);
    const height = Math.max(2, area.height / chart.y.categories.length - 2);
    const fill = isFaint(cell) ? theme.grid : rampColour(theme.ramp, scale.share(cell.value));
    const box = rectShape({ x: x - width / 2, y: y - height / 2, width, height }, { fill });
    const written = words.text(cell.value);
    const text = height < 13 || textWidth(written, 11) > width - 4 ? '' : written;
    const style = {
      fill: isFaint(cell) ? theme.mutedText : readableOn(fill),
      textAlign: 'center',
      textVerticalAlign: 'middle',
    };
    return text === '' ? [box] : [box, textShape(x, y, text, style)];
  });
  const stopAt: DrawnChart['stopAt'] = (seriesId, dataIndex) => {
    const cell = seriesId === 's0' ? chart.cells[dataIndex] : undefined;
    if (cell === undefined) return null;
    const text = [
      `${shownName(chart.x.label, 200)}: ${shownName(chart.x.categories[cell.x] ?? '', 300)}`,
      `${shownName(chart.y.label, 200)}: ${shownName(chart.y.categories[cell.y] ?? '', 300)}`,
      `${shownName(chart.value.label, 200)}: ${valueText(chart.value.unit, cell.value)}`,
    ].join('\n');
    return cell.arm === undefined ? { text } : { text, arm: cell.arm };
  };
  const axes = {
    x: categoriesBelow(chart.x.label, chart.x.categories, narrower(look, rowNamesPx(chart.y.categories, look))),
    y: rowNames(chart.y.label, chart.y.categories, look),
  };
  const option = chartFrame(look, axes, [cells]);
  return {
    option: look.isInteractive ? { ...option, ...pointedItem(stopAt, look) } : option,
    legend: legendOf(chart, scale, theme.ramp),
    notes: heatNotes(chart, scale, words),
    stopAt,
  };
}

function narrower(look: ChartLook, byPx: number): ChartLook {
  return { ...look, widthPx: look.widthPx - byPx };
}
