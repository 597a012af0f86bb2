/** What stands behind or across the values of a chart: levels, stretches and places of x, with their labels. */
import type { CustomSeriesOption } from 'echarts/charts';
import type { AxisScale } from './axis-scale.js';
import type { ChartSpan } from './chart.js';
import { type ChartLook, FONT_PX, shownName, themeOf } from './drawn-chart.js';
import { lineShape, overlay, type PlotArea, rectShape, textShape } from './overlay.js';
import { fittedText, textWidth } from './text-width.js';

const LABEL_PX = 11;
const LABEL_HEIGHT_PX = 14;

/** Returns text that is readable on lines, in the colours of the chart. */
function labelStyle(look: ChartLook, align: 'left' | 'right' | 'center'): object {
  const { background, text } = themeOf(look);
  return { fill: text, stroke: background, lineWidth: 3, textAlign: align, fontSize: LABEL_PX };
}

/**
 * Returns the lower edges of the labels of lines, the lowest line first. A label is above its line, or below it if the
 * next line is too close; labels that would still cover each other are moved up.
 */
function labelHeights(lines: readonly number[]): number[] {
  let free = Number.POSITIVE_INFINITY;
  return lines.map((y, index) => {
    const next = lines[index + 1] ?? Number.NEGATIVE_INFINITY;
    const isBelow = y - next < LABEL_HEIGHT_PX && y + LABEL_HEIGHT_PX + 2 <= free;
    const at = Math.min(isBelow ? y + LABEL_HEIGHT_PX + 1 : y - 3, free);
    free = at - LABEL_HEIGHT_PX;
    return at;
  });
}

/** Returns lines across the chart at values of a vertical axis. */
export function levelLines(
  levels: readonly { readonly y: number; readonly label: string }[],
  scale: AxisScale,
  look: ChartLook,
): CustomSeriesOption[] {
  const { text } = themeOf(look);
  const placed = levels
    .flatMap(({ y, label }) => ({ place: scale.place(y), label: shownName(label) }))
    .flatMap(({ place, label }) => (place === null ? [] : [{ place, label }]))
    .sort((a, b) => a.place - b.place);
  if (placed.length === 0) return [];
  const draw = (toPixels: (x: number, y: number) => readonly [number, number], area: PlotArea) => {
    const lines = placed.map(({ place, label }) => ({ y: toPixels(0, place)[1], label }));
    const labels = labelHeights(lines.map(({ y }) => y));
    return lines.flatMap(({ y, label }, index) => [
      lineShape([area.x, y], [area.x + area.width, y], { stroke: text, lineWidth: 1.2, lineDash: [2, 3] }),
      textShape(area.x + area.width - 4, labels[index] as number, fittedText(label, area.width - 10, LABEL_PX), {
        ...labelStyle(look, 'right'),
        textVerticalAlign: 'bottom',
      }),
    ]);
  };
  return [overlay('levels', 6, draw)];
}

/** Returns areas behind stretches of x. A label is left out if its stretch is too narrow for it. */
export function spanAreas(spans: readonly ChartSpan[], scale: AxisScale, look: ChartLook): CustomSeriesOption[] {
  if (spans.length === 0) return [];
  const { warningArea, plainArea } = themeOf(look);
  const draw = (toPixels: (x: number, y: number) => readonly [number, number], area: PlotArea) =>
    spans.flatMap(({ from, to, label, tone }) => {
      const [start, end] = [scale.place(from) ?? scale.min, scale.place(to) ?? scale.min];
      const left = Math.max(area.x, toPixels(start, 0)[0]);
      const right = Math.min(area.x + area.width, toPixels(end, 0)[0]);
      // A stretch of a second in a week is still a pixel wide.
      const width = Math.max(1.5, right - left);
      if (right < area.x || left > area.x + area.width) return [];
      const fill = tone === 'warning' ? warningArea : plainArea;
      const shape = rectShape({ x: left, y: area.y, width, height: area.height }, { fill });
      const fitted = width < 24 ? '' : fittedText(shownName(label), width - 6, LABEL_PX);
      if (fitted.length < Math.min(4, label.length)) return [shape];
      // At the bottom, because the labels of places stand at the top.
      const style = { ...labelStyle(look, 'left'), textVerticalAlign: 'bottom' };
      return [shape, textShape(left + 3, area.y + area.height - 3, fitted, style)];
    });
  return [overlay('spans', 1, draw)];
}

/** Returns lines at places of x. Labels stand in up to three rows; one that finds no room is left out. */
export function xMarks(
  marks: readonly { readonly x: number; readonly label: string }[],
  scale: AxisScale,
  look: ChartLook,
): CustomSeriesOption[] {
  if (marks.length === 0) return [];
  const { text } = themeOf(look);
  const sorted = marks
    .flatMap(({ x, label }) => ({ place: scale.place(x), label: shownName(label, 160) }))
    .flatMap(({ place, label }) => (place === null ? [] : [{ place, label }]))
    .sort((a, b) => a.place - b.place);
  const draw = (toPixels: (x: number, y: number) => readonly [number, number], area: PlotArea) => {
    const rows = [area.x, area.x, area.x];
    return sorted.flatMap(({ place, label }) => {
      const [x] = toPixels(place, 0);
      const line = lineShape([x, area.y], [x, area.y + area.height], { stroke: text, lineWidth: 1, lineDash: [6, 2] });
      const width = textWidth(label, FONT_PX);
      const isLeft = x + width + 6 > area.x + area.width;
      const from = isLeft ? x - width - 4 : x + 4;
      const row = rows.findIndex((end) => from >= end);
      if (row < 0) return [line];
      rows[row] = from + width + 8;
      const style = { ...labelStyle(look, 'left'), textVerticalAlign: 'top' };
      return [line, textShape(from, area.y + 3 + row * LABEL_HEIGHT_PX, label, style)];
    });
  };
  return [overlay('marks', 6, draw)];
}
