/** A numeric scale as an axis of ECharts. */

import type { AxisScale } from './axis-scale.js';
import { axisLook, type ChartLook, FONT_PX, themeOf } from './drawn-chart.js';
import { fittedText, textWidth } from './text-width.js';

/**
 * Returns the label of the nearest tick. A zoomed axis has ticks of its own: round numbers, and its ends, which get no
 * label.
 */
function labelOf(scale: AxisScale, place: number): string {
  const near = (scale.max - scale.min) * 1e-9;
  const isRound = Number(place.toPrecision(4)) === place;
  return scale.ticks.find(({ at }) => Math.abs(at - place) <= near)?.label ?? (isRound ? scale.label(place) : '');
}

/** Returns the horizontal axis, with its name below. A zoomed axis chooses its own ticks. */
export function horizontalAxis(scale: AxisScale, look: ChartLook, isZoomed = false): object {
  const base = axisLook(themeOf(look));
  const places = isZoomed ? { showMaxLabel: false } : { customValues: scale.ticks.map(({ at }) => at) };
  return {
    ...base,
    type: 'value',
    min: scale.min,
    max: scale.max,
    name: fittedText(scale.name, look.widthPx - 80, FONT_PX),
    nameLocation: 'middle',
    nameGap: 26,
    axisTick: { show: true, ...places },
    axisLabel: { ...base.axisLabel, ...places, formatter: (place: number) => labelOf(scale, place) },
    splitLine: { show: false },
  };
}

/** Returns the vertical axis, with its name above so that nobody tilts their head. */
export function verticalAxis(scale: AxisScale, look: ChartLook): object {
  const base = axisLook(themeOf(look));
  const places = { customValues: scale.ticks.map(({ at }) => at) };
  const labels = Math.max(0, ...scale.ticks.map(({ label }) => textWidth(label, 11)));
  return {
    ...base,
    type: 'value',
    min: scale.min,
    max: scale.max,
    name: fittedText(scale.name, look.widthPx - 30, FONT_PX),
    nameLocation: 'end',
    nameGap: 10,
    nameTextStyle: { ...base.nameTextStyle, align: 'left', padding: [0, 0, 0, -(labels + 8)] },
    axisTick: { show: false, ...places },
    axisLabel: { ...base.axisLabel, ...places, formatter: (place: number) => labelOf(scale, place) },
  };
}

/** Returns the axis of dates and times in UTC, whose ticks the library chooses by the calendar. */
export function timeAxis(name: string, scale: AxisScale, look: ChartLook): object {
  const base = axisLook(themeOf(look));
  return {
    ...base,
    type: 'time',
    min: scale.min,
    max: scale.max,
    name: fittedText(name, look.widthPx - 80, FONT_PX),
    nameLocation: 'middle',
    nameGap: 26,
    splitNumber: Math.max(2, Math.floor(look.widthPx / 120)),
    splitLine: { show: false },
  };
}
