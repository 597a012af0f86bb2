/** Draws ratios with their intervals, one row each. */

import type { AxisScale } from './axis-scale.js';
import { rowNames } from './category-axis.js';
import type { ForestChart, ForestRow } from './chart.js';
import { jitterPx, shownDots } from './dots.js';
import {
  axisLook,
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
import { horizontalAxis } from './numeric-axis.js';
import {
  type DrawnShape,
  itemSeries,
  lineShape,
  overlay,
  type PlotArea,
  rectShape,
  type ToPixels,
  textShape,
} from './overlay.js';
import { ratioScale, ratioText } from './ratio-scale.js';
import { fittedText, textWidth } from './text-width.js';
import { pointedItem } from './tooltips.js';

const ROW_PX = 30;
/** In a narrow picture the name and the note of a row are above it. */
const TALL_ROW_PX = 46;
const NARROW_PX = 620;
const NOTE_PX = 11;
const NOTE_SHARE = 0.26;

const isNarrow = ({ widthPx }: ChartLook): boolean => widthPx < NARROW_PX;

function rowsOf({ rows }: ForestChart, look: ChartLook): readonly ForestRow[] {
  return rows.filter(({ arm }) => isChosen(look, [arm]));
}

export function forestHeightPx(chart: ForestChart, look: ChartLook): number {
  return 56 + Math.max(1, rowsOf(chart, look).length) * (isNarrow(look) ? TALL_ROW_PX : ROW_PX);
}

function scaleOfRows({ label, band }: ForestChart, rows: readonly ForestRow[], look: ChartLook): AxisScale {
  const estimates = rows.flatMap(({ estimate }) => (estimate === null ? [] : [estimate]));
  const ends = rows.flatMap(({ low, high, dots }) => [low, high, ...dots]).filter((end) => end !== undefined);
  const room = look.widthPx * (isNarrow(look) ? 1 : 0.45);
  return ratioScale(shownName(label), estimates, [band.low, band.high, ...ends], Math.max(3, Math.floor(room / 60)));
}

/** The area in which a difference does not matter, and the line of no difference. */
function bandOf({ band }: ForestChart, scale: AxisScale, look: ChartLook): SeriesOption {
  const { plainArea, text } = themeOf(look);
  return overlay('band', 1, (toPixels, area) => {
    const [left, right, one] = [band.low, band.high, 1].map(
      (ratio) => toPixels(scale.place(ratio) ?? scale.min, 0)[0],
    ) as [number, number, number];
    const box = { x: left, y: area.y, width: right - left, height: area.height };
    return [
      rectShape(box, { fill: plainArea }),
      lineShape([one, area.y], [one, area.y + area.height], { stroke: text, lineWidth: 1 }),
    ];
  });
}

/** Where the middle of a row is: lower in a tall row, whose upper part has the words. */
function rowMiddle(toPixels: ToPixels, index: number, look: ChartLook): number {
  return toPixels(0, index)[1] + (isNarrow(look) ? 9 : 0);
}

function rowShapes(
  row: ForestRow,
  y: number,
  scale: AxisScale,
  toPixels: ToPixels,
  area: PlotArea,
  look: ChartLook,
): DrawnShape[] {
  const theme = themeOf(look);
  const colour = theme[row.tone];
  const xOf = (ratio: number): number => {
    const place = Math.min(scale.max, Math.max(scale.min, scale.place(ratio) ?? scale.min));
    return toPixels(place, 0)[0];
  };
  const end = (ratio: number | undefined, edge: number): { at: number; isOpen: boolean } => {
    const place = ratio === undefined ? null : scale.place(ratio);
    const isOpen = place === null || place < scale.min || place > scale.max;
    return { at: isOpen ? edge : xOf(ratio as number), isOpen };
  };
  const dots = shownDots(row.dots).map((dot, index) => dotShape(xOf(dot), y + jitterPx(index) / 1.6, colour));
  const beyond = [
    ...Array.from({ length: Math.min(3, row.beyond?.low ?? 0) }, (_, index) =>
      dotShape(area.x + 4, y + jitterPx(index), colour),
    ),
    ...Array.from({ length: Math.min(3, row.beyond?.high ?? 0) }, (_, index) =>
      dotShape(area.x + area.width - 4, y + jitterPx(index), colour),
    ),
  ];
  if (row.estimate === null) return [...dots, ...beyond];
  const hasInterval = row.low !== undefined || row.high !== undefined;
  const ends = [end(row.low, area.x), end(row.high, area.x + area.width)] as const;
  const x = xOf(row.estimate);
  return [
    ...dots,
    ...beyond,
    ...(hasInterval ? whisker(y, ends, 'horizontal', { stroke: colour, lineWidth: 2 }) : []),
    estimateShape(x, y, row, colour, theme.background),
  ];
}

/** The rows as items. A row without an estimate still has its observations. */
function itemRows(rows: readonly ForestRow[], scale: AxisScale, look: ChartLook): SeriesOption {
  return itemSeries('s0', rows.length, (index, toPixels, area) => {
    const y = rowMiddle(toPixels, index, look);
    return rowShapes(rows[index] as ForestRow, y, scale, toPixels, area, look);
  });
}

function dotShape(cx: number, cy: number, colour: string): DrawnShape {
  return { type: 'circle', shape: { cx, cy, r: 2.5 }, style: { fill: 'transparent', stroke: colour, lineWidth: 1 } };
}

/** Good, bad and plain have a shape of their own, because not everyone sees their colours. */
function estimateShape(x: number, y: number, { tone }: ForestRow, fill: string, stroke: string): DrawnShape {
  const points = {
    good: [
      [x, y - 6],
      [x + 6, y + 5],
      [x - 6, y + 5],
    ],
    bad: [
      [x - 6, y - 5],
      [x + 6, y - 5],
      [x, y + 6],
    ],
    plain: [
      [x - 5, y - 5],
      [x + 5, y - 5],
      [x + 5, y + 5],
      [x - 5, y + 5],
    ],
  }[tone];
  return { type: 'polygon', shape: { points }, style: { fill, stroke, lineWidth: 1 } };
}

/** The words of each row: its note at the right, and in a narrow picture its name too. */
function wordsOf(rows: readonly ForestRow[], notePx: number, look: ChartLook): SeriesOption {
  const theme = themeOf(look);
  const draw = (toPixels: ToPixels, area: PlotArea): DrawnShape[] =>
    rows.flatMap(({ name, note, tone }, index) => {
      const y = toPixels(0, index)[1];
      const style = { fontSize: NOTE_PX, textVerticalAlign: 'middle' };
      const noteStyle = { ...style, fill: tone === 'plain' ? theme.mutedText : theme[tone] };
      if (!isNarrow(look))
        return [
          textShape(area.x + area.width + 10, y, fittedText(shownName(note), notePx, NOTE_PX), {
            ...noteStyle,
            textAlign: 'left',
          }),
        ];
      const [nameText, noteText] = sharedLine(shownName(name), shownName(note), area.width - 16);
      const halo = { stroke: theme.background, lineWidth: 3 };
      return [
        textShape(area.x + 2, y - 12, nameText, { ...style, ...halo, fill: theme.text, textAlign: 'left' }),
        textShape(area.x + area.width - 2, y - 12, noteText, { ...noteStyle, ...halo, textAlign: 'right' }),
      ];
    });
  return overlay('words', 6, draw, false);
}

/** Returns two texts that fit beside each other. Each has at least half of the line if it needs it. */
function sharedLine(left: string, right: string, widthPx: number): [string, string] {
  const leftPx = Math.min(textWidth(left, NOTE_PX), widthPx / 2);
  const shownRight = fittedText(right, widthPx - leftPx, NOTE_PX);
  return [fittedText(left, widthPx - textWidth(shownRight, NOTE_PX), NOTE_PX), shownRight];
}

function rowText({ name, estimate, low, high, dots, beyond, note }: ForestRow): string {
  const interval = intervalText({ low, high }, ratioText);
  const outside = (beyond?.low ?? 0) + (beyond?.high ?? 0);
  return [
    shownName(name, 360),
    ...(estimate === null ? [] : [`estimate: ${ratioText(estimate)}`]),
    ...(interval === undefined ? [] : [`interval: ${interval}`]),
    ...(dots.length > 0
      ? [`${dots.length} observations from ${ratioText(Math.min(...dots))} to ${ratioText(Math.max(...dots))}`]
      : []),
    ...(outside > 0 ? [`${outside} more beyond the ends of the axis`] : []),
    shownName(note, 360),
  ].join('\n');
}

const TONES = { good: 'better', bad: 'worse', plain: 'no clear difference that matters' } as const;

function legendOf(rows: readonly ForestRow[], look: ChartLook): LegendEntry[] {
  const theme = themeOf(look);
  const paths = { good: 'M5 0L10 9.5H0Z', bad: 'M0 0.5H10L5 10Z', plain: 'M0.5 0.5H9.5V9.5H0.5Z' };
  return (['good', 'bad', 'plain'] as const)
    .filter((tone) => rows.some((row) => row.tone === tone && row.estimate !== null))
    .map((tone) => ({
      name: TONES[tone],
      swatch: { colour: theme[tone], line: 'solid', shape: { path: paths[tone], isHollow: false }, area: null },
    }));
}

/** Returns a forest plot as an option of ECharts. */
export function drawForest(chart: ForestChart, look: ChartLook): DrawnChart {
  const rows = rowsOf(chart, look);
  const scale = scaleOfRows(chart, rows, look);
  const widest = Math.max(0, ...rows.map(({ note }) => textWidth(shownName(note, look.widthPx), NOTE_PX)));
  const notePx = isNarrow(look) ? 0 : Math.min(look.widthPx * NOTE_SHARE, widest);
  const items = itemRows(rows, scale, look);
  const base = axisLook(themeOf(look));
  const names = rowNames('', isNarrow(look) ? rows.map(() => '') : rows.map(({ name }) => name), look);
  const axes = { x: horizontalAxis(scale, look), y: { ...names, axisLine: { ...base.axisLine, show: false } } };
  const frame = chartFrame(look, axes, [bandOf(chart, scale, look), items, wordsOf(rows, notePx, look)]);
  const option = { ...frame, grid: { ...frame.grid, right: 12 + notePx + (notePx > 0 ? 10 : 0) } };
  const stopAt: DrawnChart['stopAt'] = (seriesId, dataIndex) => {
    const row = seriesId === 's0' ? rows[dataIndex] : undefined;
    if (row === undefined) return null;
    const text = rowText(row);
    return row.arm === undefined ? { text } : { text, arm: row.arm };
  };
  const band = `Shaded: ${ratioText(chart.band.low)} to ${ratioText(chart.band.high)}, a difference too small to matter.`;
  return {
    option: look.isInteractive ? { ...option, ...pointedItem(stopAt, look) } : option,
    legend: legendOf(rows, look),
    notes: [band],
    stopAt,
  };
}
