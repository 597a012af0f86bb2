/** Draws what happened when, in lanes. */
import { scaleOf } from './axis-scale.js';
import { rowNames } from './category-axis.js';
import type { TimelineChart, TimelineSpan } from './chart.js';
import { fillOf, markStyle } from './chart-theme.js';
import { valueText } from './chart-units.js';
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
import { horizontalAxis } from './numeric-axis.js';
import { itemSeries, rectShape, textShape } from './overlay.js';
import { textWidth } from './text-width.js';
import { pointedItem, timeZoom, ZOOM_PX } from './tooltips.js';

const LANE_PX = 30;
const BAR_SHARE = 0.7;

type TimelineLane = TimelineChart['lanes'][number];

function lanesOf({ lanes }: TimelineChart, look: ChartLook): readonly TimelineLane[] {
  return lanes.filter(({ arm }) => isChosen(look, [arm]));
}

export function timelineHeightPx(chart: TimelineChart, look: ChartLook): number {
  return 66 + (look.isInteractive ? ZOOM_PX : 0) + Math.max(1, lanesOf(chart, look).length) * LANE_PX;
}

/**
 * Returns the spans of a lane as a picture can show them: those of one kind that are closer than a pixel are one. So a
 * lane of a million writes has as many boxes as pixels, and a pause of a pixel stays.
 */
export function mergedSpans(spans: readonly TimelineSpan[], pixelNs: number): readonly TimelineSpan[] {
  const sorted = [...spans].sort((a, b) => a.fromNs - b.fromNs || a.toNs - b.toNs);
  const last = new Map<string, { fromNs: number; toNs: number; what: string }>();
  const merged: TimelineSpan[] = [];
  for (const { fromNs, toNs, what } of sorted) {
    const open = last.get(what);
    if (open !== undefined && fromNs - open.toNs < pixelNs) {
      open.toNs = Math.max(open.toNs, toNs);
      continue;
    }
    const next = { fromNs, toNs, what };
    last.set(what, next);
    merged.push(next);
  }
  return merged;
}

/** Returns whether spans that were joined lie on others, of which more than some pixels would not be seen. */
function hidesSome(spans: readonly TimelineSpan[], pixelNs: number): boolean {
  let endNs = Number.NEGATIVE_INFINITY;
  for (const { fromNs, toNs } of spans) {
    if (Math.min(endNs, toNs) - fromNs > HIDDEN_PX * pixelNs) return true;
    endNs = Math.max(endNs, toNs);
  }
  return false;
}

const HIDDEN_PX = 3;

function spanText({ name }: TimelineLane, { fromNs, toNs, what }: TimelineSpan): string {
  return [
    shownName(name, 360),
    shownName(what, 300),
    `${valueText('ns', fromNs)} to ${valueText('ns', toNs)}`,
    `duration: ${valueText('ns', toNs - fromNs)}`,
  ].join('\n');
}

/** A kind of work that occurs, with the place of its colour. */
interface DrawnKind {
  readonly name: string;
  readonly index: number;
}

/** A lane as it is drawn. `isSplit`: each kind has a row of its own, because kinds that alternate within a pixel would hide each other. */
interface DrawnLane {
  readonly index: number;
  readonly spans: readonly TimelineSpan[];
  readonly isSplit: boolean;
}

function laneSeries(
  { index: lane, spans, isSplit }: DrawnLane,
  lanes: number,
  kinds: readonly DrawnKind[],
  factor: number,
  look: ChartLook,
): SeriesOption {
  const theme = themeOf(look);
  return itemSeries(`s${lane}`, spans.length, (index, toPixels, area) => {
    const { fromNs, toNs, what } = spans[index] as TimelineSpan;
    const [from, y] = toPixels(fromNs / factor, lane);
    const [to] = toPixels(toNs / factor, lane);
    const room = (area.height / lanes) * BAR_SHARE;
    const height = isSplit ? room / kinds.length : room;
    const row = kinds.findIndex((kind) => kind.name === what);
    const top = y - room / 2 + (isSplit ? row * height : 0);
    const fill = fillOf(markStyle(theme, (kinds[row] as DrawnKind).index), theme);
    const width = Math.max(1, to - from);
    const box = rectShape({ x: from, y: top, width, height }, fill);
    const name = shownName(what, 200);
    // The legend says it if there is one kind only.
    if (kinds.length === 1 || textWidth(name, 11) + 8 > width || height < 14) return [box];
    const style = {
      fill: theme.text,
      stroke: theme.background,
      lineWidth: 3,
      textAlign: 'center',
      textVerticalAlign: 'middle',
    };
    return [box, textShape(from + width / 2, top + height / 2, name, style)];
  });
}

function legendOf(kinds: readonly DrawnKind[], look: ChartLook): LegendEntry[] {
  return kinds.map(({ name, index }) => {
    const { colour, stripes } = markStyle(themeOf(look), index);
    return { name: shownName(name), swatch: { colour, line: 'none', shape: null, area: { stripes } } };
  });
}

/** Returns a timeline as an option of ECharts. */
export function drawTimeline(chart: TimelineChart, look: ChartLook): DrawnChart {
  const lanes = lanesOf(chart, look);
  const used = new Set(chart.lanes.flatMap(({ spans }) => spans.map(({ what }) => what)));
  const all = [...new Set([...(chart.kinds ?? []), ...used])];
  const kinds = all.flatMap((name, index): DrawnKind[] => (used.has(name) ? [{ name, index }] : []));
  const ends = lanes.flatMap(({ spans }) => spans.flatMap(({ fromNs, toNs }) => [fromNs, toNs]));
  const axis = { label: 'time since start', unit: 'ns', scale: 'linear', includes: [0] } as const;
  const scale = scaleOf(axis, ends, { maxTicks: Math.max(2, Math.floor((look.widthPx * 0.7) / 85)), ends: 'exact' });
  const pixelNs = scale.value(scale.max - scale.min) / look.widthPx;
  const shown = lanes.map(({ spans }, index): DrawnLane => {
    const merged = mergedSpans(spans, pixelNs);
    return { index, spans: merged, isSplit: merged.length < spans.length && hidesSome(merged, pixelNs) };
  });
  const total = lanes.reduce((sum, { spans }) => sum + spans.length, 0);
  const drawn = shown.reduce((sum, { spans }) => sum + spans.length, 0);
  const axes = {
    x: horizontalAxis(scale, look, look.isInteractive),
    y: rowNames(
      '',
      lanes.map(({ name }) => name),
      look,
    ),
  };
  const series = shown.map((lane) => laneSeries(lane, lanes.length, kinds, scale.value(1), look));
  const stopAt: DrawnChart['stopAt'] = (seriesId, dataIndex) => {
    const index = Number(seriesId.slice(1));
    const [lane, span] = [lanes[index], shown[index]?.spans[dataIndex]];
    if (!seriesId.startsWith('s') || lane === undefined || span === undefined) return null;
    const text = spanText(lane, span);
    return lane.arm === undefined ? { text } : { text, arm: lane.arm };
  };
  const option = chartFrame(look, axes, series);
  const result = {
    option: look.isInteractive ? { ...option, ...pointedItem(stopAt, look), ...timeZoom(look, option) } : option,
    legend: legendOf(kinds, look),
    notes:
      drawn < total
        ? [
            `Spans of one kind that are closer than a pixel are drawn as one: ${drawn.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}.`,
          ]
        : [],
    stopAt,
  };
  const zoom = { key: `${axis.unit} ${axis.label}`, value: scale.value, place: scale.place };
  return look.isInteractive ? { ...result, zoom } : result;
}
