/** Draws bars from zero: parts of a whole on each other, or beside each other with intervals and observations. */
import { type AxisScale, scaleOf } from './axis-scale.js';
import { type BarBox, type BarLayout, barBoxes } from './bar-layout.js';
import { categoriesBelow, doNamesFit, rowNames } from './category-axis.js';
import type { BarChart, BarPart } from './chart.js';
import { fillOf, markStyle } from './chart-theme.js';
import { valueText } from './chart-units.js';
import { jitterPx, shownDots } from './dots.js';
import {
  type ChartLook,
  chartFrame,
  type DrawnChart,
  isChosen,
  type LegendEntry,
  type SeriesOption,
  shownName,
  themeOf,
} from './drawn-chart.js';
import { intervalText } from './interval-text.js';
import { whisker } from './intervals.js';
import { horizontalAxis, verticalAxis } from './numeric-axis.js';
import { type DrawnShape, itemSeries, type PlotArea, rectShape, type ToPixels } from './overlay.js';
import { levelLines, xMarks } from './reference-marks.js';
import { pointedItem } from './tooltips.js';

const BAR_PX = 18;
const STACK_PX = 30;
const UPRIGHT_HEIGHT_PX = 320;
/** More bars than this lie down, so that their names can be read. */
const MAX_UPRIGHT = 16;

/** Returns the chart with the chosen categories only. */
function chosenBars(chart: BarChart, look: ChartLook): BarChart {
  const kept = chart.categories.categories.map((_, index) => isChosen(look, [chart.arms?.[index]]));
  const pick = <T>(list: readonly T[]): T[] => list.filter((_, index) => kept[index]);
  const parts = chart.parts.map((part) => ({
    ...part,
    values: pick(part.values),
    ...(part.spreads === undefined ? {} : { spreads: pick(part.spreads) }),
  }));
  const categories = { label: chart.categories.label, categories: pick(chart.categories.categories) };
  return { ...chart, categories, parts, ...(chart.arms === undefined ? {} : { arms: pick(chart.arms) }) };
}

function isUpright({ categories: { categories }, parts, isStacked }: BarChart, look: ChartLook): boolean {
  const bars = categories.length * (isStacked ? 1 : parts.length);
  return bars <= MAX_UPRIGHT && doNamesFit(categories, look.widthPx - 70);
}

export function barsHeightPx(full: BarChart, look: ChartLook): number {
  const chart = chosenBars(full, look);
  if (isUpright(chart, look)) return UPRIGHT_HEIGHT_PX;
  const each = chart.isStacked ? STACK_PX : chart.parts.length * BAR_PX + 12;
  return 64 + Math.max(1, chart.categories.categories.length) * each;
}

/** Returns what the axis must hold: zero, the bars or their stacks, their intervals and observations, and the levels. */
function barValues({ parts, categories, isStacked, levels = [] }: BarChart): number[] {
  const values = [0, ...levels.map(({ value }) => value)];
  if (isStacked)
    for (let index = 0; index < categories.categories.length; index++)
      values.push(parts.reduce((sum, part) => sum + (part.values[index] ?? 0), 0));
  else
    for (const { values: own, spreads = [] } of parts)
      for (const value of [
        ...own,
        ...spreads.flatMap((spread) => [spread?.low, spread?.high, ...(spread?.dots ?? [])]),
      ])
        if (value !== null && value !== undefined) values.push(value);
  return values;
}

/** Draws the whisker and the observations of a bar along its value. */
function spreadShapes(
  box: BarBox,
  scale: AxisScale,
  layout: BarLayout,
  toPixels: ToPixels,
  area: PlotArea,
): DrawnShape[] {
  const { spread, middle } = box;
  if (spread === null) return [];
  const along = (value: number): number => {
    const place = scale.place(value) ?? scale.min;
    return layout.isUpright ? toPixels(0, place)[1] : toPixels(place, 0)[0];
  };
  const [start, end] = layout.isUpright ? [area.y + area.height, area.y] : [area.x, area.x + area.width];
  const style = { stroke: layout.lineColour, lineWidth: 1.5 };
  const ends = [
    { at: spread.low === undefined ? start : along(spread.low), isOpen: spread.low === undefined },
    { at: spread.high === undefined ? end : along(spread.high), isOpen: spread.high === undefined },
  ] as const;
  const hasInterval = spread.low !== undefined || spread.high !== undefined;
  const dots = shownDots(spread.dots).map((dot, index): DrawnShape => {
    const [across, at] = [middle + jitterPx(index) * 0.7, along(dot)];
    const [cx, cy] = layout.isUpright ? [across, at] : [at, across];
    return {
      type: 'circle',
      shape: { cx, cy, r: 2.5 },
      style: { fill: layout.dotColour, stroke: layout.lineColour, lineWidth: 1 },
    };
  });
  const direction = layout.isUpright ? 'vertical' : 'horizontal';
  return [...(hasInterval ? whisker(middle, ends, direction, style) : []), ...dots];
}

function barText(chart: BarChart, part: BarPart, category: number): string {
  const unit = chart.value.unit;
  const value = part.values[category];
  const spread = part.spreads?.[category];
  const interval = intervalText(spread ?? {}, (end) => valueText(unit, end));
  const dots = spread?.dots.length ?? 0;
  return [
    shownName(chart.categories.categories[category] ?? '', 360),
    `${shownName(part.name, 300)}: ${value == null ? 'none' : valueText(unit, value)}`,
    ...(interval === undefined ? [] : [`interval: ${interval}`]),
    ...(dots > 1 ? [`${dots} observations`] : []),
    ...(spread?.label === undefined ? [] : [shownName(spread.label, 360)]),
  ].join('\n');
}

function legendOf({ parts }: BarChart, look: ChartLook): LegendEntry[] {
  if (parts.length < 2) return [];
  return parts.map(({ name }, index) => {
    const { colour, stripes } = markStyle(themeOf(look), index);
    return { name: shownName(name), swatch: { colour, line: 'none', shape: null, area: { stripes } } };
  });
}

function partSeries(
  chart: BarChart,
  partIndex: number,
  scale: AxisScale,
  layout: BarLayout,
  look: ChartLook,
): SeriesOption {
  const theme = themeOf(look);
  const rim = { stroke: theme.background, lineWidth: chart.isStacked ? 1 : 0 };
  return itemSeries(`s${partIndex}`, chart.categories.categories.length, (category, toPixels, area) => {
    const box = barBoxes(chart, category, partIndex, scale, layout, toPixels, area);
    if (box === null) return [];
    return [
      rectShape(box.box, { ...fillOf(markStyle(theme, partIndex), theme), ...rim }),
      ...spreadShapes(box, scale, layout, toPixels, area),
    ];
  });
}

/** Returns a bar chart as an option of ECharts. Bars stand if their names fit below them, and lie otherwise. */
export function drawBars(full: BarChart, look: ChartLook): DrawnChart {
  const theme = themeOf(look);
  const chart = chosenBars(full, look);
  const upright = isUpright(chart, look);
  const layout = { isUpright: upright, lineColour: theme.text, dotColour: theme.background };
  const { categories, label } = chart.categories;
  const scale = scaleOf(
    { label: shownName(chart.value.label), unit: chart.value.unit, scale: 'linear', includes: [0] },
    barValues(chart),
    {
      maxTicks: Math.max(2, Math.floor(upright ? (look.heightPx - 60) / 45 : (look.widthPx * 0.6) / 75)),
      ends: 'rounded',
    },
  );
  const axes = upright
    ? { x: categoriesBelow(label, categories, look), y: verticalAxis(scale, look) }
    : {
        x: { ...horizontalAxis(scale, look), splitLine: { show: true, lineStyle: { color: theme.grid } } },
        y: rowNames(label, categories, look),
      };
  const levels = (chart.levels ?? []).map(({ value, label: words }) => ({ x: value, y: value, label: words }));
  const series = [
    ...chart.parts.map((_, index) => partSeries(chart, index, scale, layout, look)),
    ...(upright ? levelLines(levels, scale, look) : xMarks(levels, scale, look)),
  ];
  const stopAt: DrawnChart['stopAt'] = (seriesId, dataIndex) => {
    const part = seriesId.startsWith('s') ? chart.parts[Number(seriesId.slice(1))] : undefined;
    if (part === undefined || dataIndex >= categories.length) return null;
    const arm = chart.arms?.[dataIndex];
    const text = barText(chart, part, dataIndex);
    return arm === undefined ? { text } : { text, arm };
  };
  const option = chartFrame(look, axes, series);
  return {
    option: look.isInteractive ? { ...option, ...pointedItem(stopAt, look) } : option,
    legend: legendOf(chart, look),
    notes: [],
    stopAt,
  };
}
