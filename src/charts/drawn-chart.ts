/** What a chart becomes before it is a picture: an option of ECharts, a legend and notes, all laid out for one size. */

import type { CustomSeriesOption, LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import type { DataZoomComponentOption, GridComponentOption, TooltipComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import { visibleText } from '../base/visible-text.js';
import {
  CHART_FONT,
  CHART_THEMES,
  type ChartTheme,
  type MarkShape,
  type Stripes,
  type ThemeName,
} from './chart-theme.js';
import { fittedText } from './text-width.js';

export type SeriesOption = CustomSeriesOption | LineSeriesOption | ScatterSeriesOption;
export type ChartOption = ComposeOption<
  SeriesOption | GridComponentOption | TooltipComponentOption | DataZoomComponentOption
>;

/** For whom and where a chart is drawn. */
export interface ChartLook {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly theme: ThemeName;
  /** Whether somebody can point at it: it gets tooltips, and time can be zoomed. */
  readonly isInteractive: boolean;
  /** The arms of the page in their order, so that an arm looks the same in all charts. */
  readonly arms?: readonly string[];
  /** The arms to be shown. The others are left out or faint. Absent: all. */
  readonly chosen?: ReadonlySet<string>;
}

/** How a legend shows an entry: a line with or without a symbol, a symbol alone, or an area. */
export interface LegendSwatch {
  readonly colour: string;
  readonly line: 'none' | 'solid' | 'dashed' | 'dotted';
  readonly shape: MarkShape | null;
  readonly area: { readonly stripes: Stripes } | null;
}

export interface LegendEntry {
  readonly name: string;
  readonly swatch: LegendSwatch;
  /** The arm that a click on the entry chooses; absent: none. */
  readonly arm?: string;
}

/** What an element of the picture is, for a reader who points at it or steps to it. */
export interface ChartStop {
  readonly text: string;
  readonly arm?: string;
}

/** An axis that can be zoomed: charts with the same key are zoomed together. */
export interface ZoomedAxis {
  readonly key: string;
  /** The value at a place of the axis, and the place of a value. */
  readonly value: (place: number) => number;
  readonly place: (value: number) => number | null;
}

export interface DrawnChart {
  readonly option: ChartOption;
  readonly legend: readonly LegendEntry[];
  /** Sentences on what the picture does not show, such as points that were left out. */
  readonly notes: readonly string[];
  /** Returns what an element of the picture is; null: decoration. */
  readonly stopAt: (seriesId: string, dataIndex: number) => ChartStop | null;
  /** Absent: not zoomed. */
  readonly zoom?: ZoomedAxis;
}

export const FONT_PX = 12;
/** Names are cut to this before anything else looks at them: somebody's label may be a book. */
const NAME_WIDTH_PX = 900;

export function themeOf(look: ChartLook): ChartTheme {
  return CHART_THEMES[look.theme];
}

/** Returns a name on one line, with visible control characters, and within a width. */
export function shownName(name: string, width = NAME_WIDTH_PX): string {
  return fittedText(
    visibleText(name.length > 4_000 ? `${name.slice(0, 2_000)}…${name.slice(-2_000)}` : name),
    width,
    FONT_PX,
  );
}

/** Whether something of these arms is to be shown in full. What belongs to no arm always is. */
export function isChosen({ chosen }: ChartLook, arms: readonly (string | undefined)[]): boolean {
  const own = arms.filter((arm) => arm !== undefined);
  return chosen === undefined || own.length === 0 || own.some((arm) => chosen.has(arm));
}

/** Axes and grid of every kind of chart. The library shrinks the grid until the labels of the axes fit. */
export function chartFrame(
  look: ChartLook,
  axes: { readonly x: object; readonly y: object },
  series: readonly SeriesOption[],
): ChartOption {
  const theme = themeOf(look);
  return {
    animation: false,
    backgroundColor: 'transparent',
    useUTC: true,
    textStyle: { fontFamily: CHART_FONT, fontSize: FONT_PX, color: theme.text },
    grid: { left: 4, right: 20, top: 4, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'all' },
    xAxis: axes.x,
    yAxis: axes.y,
    series: [...series],
  } as ChartOption;
}

/** The lines and labels that all axes have. */
export function axisLook(theme: ChartTheme): Record<'axisLine' | 'axisLabel' | 'splitLine' | 'nameTextStyle', object> {
  return {
    axisLine: { show: true, onZero: false, lineStyle: { color: theme.axis } },
    axisLabel: { color: theme.mutedText, fontSize: 11, hideOverlap: true },
    splitLine: { show: true, lineStyle: { color: theme.grid } },
    nameTextStyle: { color: theme.mutedText, fontSize: FONT_PX },
  };
}
