/** Draws lines and points over a number. */
import { type AxisScale, scaleOf } from './axis-scale.js';
import type { XyChart, XyPoint, XySeries } from './chart.js';
import { type MarkStyle, markStyle, symbolOf } from './chart-theme.js';
import { axisName, valueText } from './chart-units.js';
import { jitterPx, MAX_DOTS, shownDots } from './dots.js';
import {
  type ChartLook,
  type ChartOption,
  chartFrame,
  type DrawnChart,
  isChosen,
  type LegendEntry,
  type SeriesOption,
  shownName,
  themeOf,
} from './drawn-chart.js';
import { intervalText } from './interval-text.js';
import { intervalBand, intervalWhiskers } from './intervals.js';
import { horizontalAxis, timeAxis, verticalAxis } from './numeric-axis.js';
import { levelLines, spanAreas, xMarks } from './reference-marks.js';
import { thinnedPoints } from './thin-points.js';
import { pointedAxis, pointedItem, timeZoom, ZOOM_PX } from './tooltips.js';

/** Up to so many points each one has its symbol, and each interval its whisker. */
const SPARSE = 40;
/** Of more series than this, only the lines are drawn: their intervals would cover each other. */
const MAX_DETAILED = 24;
/** More series than this in one tooltip would fill the picture. */
const TOOLTIP_SERIES = 8;

/** `isHeld`: the end of a step before a gap, which is no point of the series. */
type ShownPoint = XyPoint & { readonly isHeld?: true };

interface ShownSeries {
  readonly index: number;
  readonly source: XySeries;
  readonly points: readonly ShownPoint[];
  readonly style: MarkStyle;
  readonly dash: 'solid' | 'dashed' | 'dotted';
  readonly isFaint: boolean;
  readonly isSparse: boolean;
}

export interface XyScales {
  readonly x: AxisScale;
  readonly y: AxisScale;
}

function armsOf(series: XySeries): readonly (string | undefined)[] {
  const ofPoints = new Set(series.points.flatMap(({ arm }) => (arm === undefined ? [] : [arm])));
  return ofPoints.size > 0 ? [...ofPoints] : [series.arm];
}

/** Returns the place of each series in the palette: that of its arm if the series are those of several arms. */
function paletteIndices(series: readonly XySeries[], arms: readonly string[] | undefined): number[] {
  const own = new Set(series.map(({ arm }) => arm));
  const places = new Map((arms ?? [...own]).map((arm, index) => [arm, index]));
  const isByArm = own.size > 1 && series.every(({ arm }) => arm !== undefined && places.has(arm));
  return series.map(({ arm }, index) => (isByArm ? (places.get(arm as string) ?? index) : index));
}

function shownSeries(chart: XyChart, look: ChartLook, place: (x: number) => number | null): ShownSeries[] {
  const theme = themeOf(look);
  const palette = paletteIndices(chart.series, look.arms);
  const seen = new Set<number>();
  return chart.series.map((source, index) => {
    const colourIndex = palette[index] as number;
    const { colour } = markStyle(theme, colourIndex);
    const isRepeated = seen.has(colourIndex);
    seen.add(colourIndex);
    const isFaint = !isChosen(look, armsOf(source));
    const { shape, stripes } = markStyle(theme, isRepeated ? index : colourIndex);
    const dash = source.isPredicted ? 'dashed' : isRepeated ? 'dotted' : 'solid';
    const points =
      source.drawn === 'points' ? source.points : thinnedPoints(source.points, look.widthPx, (x) => place(x) ?? x);
    const held = source.drawn === 'steps' ? withHeldSteps(points) : points;
    const style = { colour: isFaint ? theme.faint : colour, shape, stripes };
    return { index, source, points: held, style, dash, isFaint, isSparse: points.length <= SPARSE };
  });
}

/** Returns the points with one more at each gap: a step has its value up to there. */
function withHeldSteps(points: readonly XyPoint[]): ShownPoint[] {
  return points.flatMap((point, index): ShownPoint[] => {
    const before = points[index - 1];
    const isEnd = point.y === null && before !== undefined && before.y !== null;
    return isEnd ? [{ ...before, x: point.x, isHeld: true }, point] : [point];
  });
}

function yValues({ series, levels = [] }: XyChart): number[] {
  const values = levels.map(({ y }) => y);
  for (const { points } of series)
    for (const { y, low, high, dots = [] } of points)
      for (const value of [y, low, high, ...dots]) if (value !== null && value !== undefined) values.push(value);
  return values;
}

function xyScales(chart: XyChart, look: ChartLook): XyScales {
  const isDense = chart.series.some(({ points }) => points.length > SPARSE);
  const x = chart.series.flatMap(({ points }) => points.map((point) => point.x));
  return {
    x: scaleOf(chart.x, x, {
      maxTicks: Math.max(2, Math.floor((look.widthPx - 60) / 85)),
      ends: isDense ? 'exact' : 'padded',
    }),
    y: scaleOf(chart.y, yValues(chart), {
      maxTicks: Math.max(2, Math.floor((look.heightPx - 60) / 45)),
      ends: 'rounded',
    }),
  };
}

/** Returns where a point is; null: a gap. */
function placeOf({ x, y }: XyScales, point: XyPoint): [number, number] | null {
  const at = x.place(point.x);
  const height = point.y === null ? null : y.place(point.y);
  return at === null || height === null ? null : [at, height];
}

/** Some symbols along a dense line, at other places for each series, and one for each point without neighbours. */
function isMarked(places: readonly (readonly number[] | null)[], position: number, shown: ShownSeries): boolean {
  const isAlone = places[position] !== null && !places[position - 1] && !places[position + 1];
  if (shown.points[position]?.isHeld) return false;
  if (shown.isSparse || isAlone) return true;
  const every = Math.max(2, Math.floor(places.length / 8));
  return position % every === Math.floor((every * (1 + (shown.index % 5))) / 6);
}

function lineOf(shown: ShownSeries, scales: XyScales, look: ChartLook): SeriesOption {
  const { symbol, itemStyle } = symbolOf(shown.style, themeOf(look));
  const places = shown.points.map((point) => placeOf(scales, point));
  const data = places.map((place, position) => {
    if (place === null) return [scales.x.place((shown.points[position] as XyPoint).x) ?? '-', '-'];
    return isMarked(places, position, shown) ? { value: place, symbol, symbolSize: 8 } : place;
  });
  return {
    type: 'line',
    id: `s${shown.index}`,
    z: shown.isFaint ? 2 : 4,
    silent: shown.isFaint,
    data: data as never,
    step: shown.source.drawn === 'steps' ? 'end' : false,
    symbol: 'none',
    showSymbol: true,
    showAllSymbol: true,
    lineStyle: { color: shown.style.colour, width: shown.isFaint ? 1 : shown.isSparse ? 2 : 1.5, type: shown.dash },
    itemStyle,
    emphasis: { disabled: true },
    tooltip: { show: !shown.isFaint },
  };
}

function pointsOf(shown: ShownSeries, scales: XyScales, look: ChartLook): SeriesOption {
  return {
    ...symbolOf(shown.style, themeOf(look)),
    type: 'scatter',
    id: `s${shown.index}`,
    z: shown.isFaint ? 2 : 4,
    silent: shown.isFaint,
    symbolSize: shown.isSparse ? 9 : 6,
    data: shown.points.map((point) => placeOf(scales, point) ?? ['-', '-']),
    emphasis: { disabled: true },
    tooltip: { show: !shown.isFaint },
  };
}

function dotsOf(shown: ShownSeries, scales: XyScales): SeriesOption | null {
  const data = shown.points.flatMap(({ x, dots = [] }) => {
    const at = scales.x.place(x);
    return shownDots(dots).flatMap((dot, index) => {
      const height = scales.y.place(dot);
      return at === null || height === null ? [] : [{ value: [at, height], symbolOffset: [jitterPx(index), 0] }];
    });
  });
  if (data.length === 0) return null;
  return {
    type: 'scatter',
    id: `d${shown.index}`,
    z: 3,
    silent: true,
    symbol: 'circle',
    symbolSize: 5,
    data,
    itemStyle: { color: 'transparent', borderColor: shown.style.colour, borderWidth: 1 },
    tooltip: { show: false },
  };
}

function legendOf(shown: readonly ShownSeries[]): LegendEntry[] {
  return shown.flatMap(({ isFaint, source, style, dash }) => {
    if (isFaint) return [];
    const line = source.drawn === 'points' ? 'none' : dash;
    const entry = {
      name: shownName(source.name),
      swatch: { colour: style.colour, line, shape: style.shape, area: null },
    } as const;
    return [source.arm === undefined ? entry : { ...entry, arm: source.arm }];
  });
}

function pointText({ x, y }: XyChart, { name }: XySeries, point: XyPoint): string {
  const height = point.y === null ? 'none' : valueText(y.unit, point.y);
  const interval = intervalText(point, (end) => valueText(y.unit, end));
  return [
    shownName(name, 360),
    `${shownName(x.label, 200)}: ${valueText(x.unit, point.x)}`,
    `${shownName(y.label, 200)}: ${height}`,
    ...(interval === undefined ? [] : [`interval: ${interval}`]),
    ...((point.dots?.length ?? 0) > 1 ? [`${point.dots?.length} observations`] : []),
    ...(point.label === undefined ? [] : [shownName(point.label, 360)]),
  ].join('\n');
}

function notesOf(chart: XyChart, shown: readonly ShownSeries[]): string[] {
  const notes: string[] = [];
  const before = chart.series.reduce((sum, { points }) => sum + points.length, 0);
  const after = shown.reduce((sum, { points }) => sum + points.filter(({ isHeld }) => !isHeld).length, 0);
  if (after < before)
    notes.push(
      `Drawn from ${after.toLocaleString('en-US')} of ${before.toLocaleString('en-US')} points: the first, lowest, highest and last of each pixel column.`,
    );
  const off = [
    chart.x.scale === 'log' ? chart.series.flatMap(({ points }) => points.filter(({ x }) => x <= 0)) : [],
    chart.y.scale === 'log' ? chart.series.flatMap(({ points }) => points.filter(({ y }) => y !== null && y <= 0)) : [],
  ].flat().length;
  if (off > 0) notes.push(`Not drawn: ${off} values of zero or less, which a logarithmic axis does not have.`);
  if (chart.series.some(({ points }) => points.some(({ dots = [] }) => dots.length > MAX_DOTS)))
    notes.push(`At most ${MAX_DOTS} observations of a point are drawn, with the lowest and the highest.`);
  const faint = shown.filter(({ isFaint }) => isFaint).length;
  if (shown.length - faint > MAX_DETAILED)
    notes.push(`Intervals and observations are drawn for up to ${MAX_DETAILED} series.`);
  if (faint > 0) notes.push(`${faint} more in grey, because ${faint === 1 ? 'it was' : 'they were'} not chosen.`);
  return notes;
}

/** Returns what is drawn of a series: the line or the points, and if `isDetailed` the intervals and observations. */
function seriesOf(shown: ShownSeries, isDetailed: boolean, scales: XyScales, look: ChartLook): SeriesOption[] {
  const main = shown.source.drawn === 'points' ? pointsOf(shown, scales, look) : lineOf(shown, scales, look);
  if (shown.isFaint || !isDetailed) return [main];
  const hasInterval = shown.points.some(({ low, high }) => low !== undefined || high !== undefined);
  const dots = dotsOf(shown, scales);
  const places = shown.points.map((point) => ({ x: scales.x.place(point.x), point }));
  const isBand = !shown.isSparse && shown.source.drawn !== 'points';
  const interval = isBand ? intervalBand : intervalWhiskers;
  return [
    ...(hasInterval ? [interval(`i${shown.index}`, places, scales.y, shown.style.colour)] : []),
    ...(dots === null ? [] : [dots]),
    main,
  ];
}

function canZoom({ x, series }: XyChart, look: ChartLook): boolean {
  return look.isInteractive && x.scale === 'linear' && series.some(({ points }) => points.length > SPARSE);
}

/** Returns an xy chart as an option of ECharts with its legend. */
export function drawXy(chart: XyChart, look: ChartLook): DrawnChart {
  const scales = xyScales(chart, look);
  const shown = shownSeries(chart, look, scales.x.place);
  const isZoomed = canZoom(chart, look);
  const isTime = chart.x.unit === 'time';
  const axes = {
    x: isTime ? timeAxis(axisName(chart.x.label, 'UTC'), scales.x, look) : horizontalAxis(scales.x, look, isZoomed),
    y: verticalAxis(scales.y, look),
  };
  const pointed = shown.filter(({ isFaint }) => !isFaint).length;
  const series = [
    ...spanAreas(chart.spans ?? [], scales.x, look),
    ...shown.flatMap((one) => seriesOf(one, pointed <= MAX_DETAILED, scales, look)),
    ...levelLines(chart.levels ?? [], scales.y, look),
    ...xMarks(chart.marks ?? [], scales.x, look),
  ];
  const stopAt: DrawnChart['stopAt'] = (seriesId, dataIndex) => {
    const one = seriesId.startsWith('s') ? shown[Number(seriesId.slice(1))] : undefined;
    const point = one?.points[dataIndex];
    if (one === undefined || point === undefined) return null;
    const arm = point.arm ?? one.source.arm;
    const text = pointText(chart, one.source, point);
    return arm === undefined ? { text } : { text, arm };
  };
  const pointing = pointed <= TOOLTIP_SERIES && pointed > 0 ? pointedAxis : pointedItem;
  const frame = chartFrame(look, axes, series);
  const option: ChartOption = {
    ...frame,
    ...(look.isInteractive ? pointing(stopAt, look) : {}),
    ...(isZoomed ? timeZoom(look, frame) : {}),
  };
  const drawn = { option, legend: legendOf(shown), notes: notesOf(chart, shown), stopAt };
  const zoom = { key: `${chart.x.unit} ${chart.x.label}`, value: scales.x.value, place: scales.x.place };
  return isZoomed ? { ...drawn, zoom } : drawn;
}

const PLAIN_HEIGHT_PX = 340;

/** Returns the height of an xy chart: a narrow picture is not tall. */
export function xyHeightPx(chart: XyChart, look: ChartLook): number {
  return Math.min(PLAIN_HEIGHT_PX, Math.max(260, look.widthPx * 0.6)) + (canZoom(chart, look) ? ZOOM_PX : 0);
}
