/** Shapes that the library has no series for: intervals, bands, spans, levels. They are drawn over the axes of a chart. */
import type { CustomSeriesOption } from 'echarts/charts';

/** The area inside the axes, in pixels. */
export interface PlotArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Returns the pixels of a place on the axes. */
export type ToPixels = (x: number, y: number) => readonly [number, number];

/** One shape: its kind, its geometry and its style, as the drawing library names them. */
export interface DrawnShape {
  readonly type: 'line' | 'polyline' | 'polygon' | 'rect' | 'circle' | 'text';
  readonly shape?: object;
  readonly style: object;
  readonly [key: string]: unknown;
}

/** Returns a series that draws shapes anew whenever the axes change. Nobody can point at it. */
export function overlay(
  id: string,
  z: number,
  draw: (toPixels: ToPixels, area: PlotArea) => readonly DrawnShape[],
  isClipped = true,
): CustomSeriesOption {
  return {
    type: 'custom',
    id,
    z,
    silent: true,
    clip: isClipped,
    tooltip: { show: false },
    // The library asks once for each item. Where it is does not matter.
    data: [[0, 0]],
    encode: { x: [], y: [] },
    renderItem: (params, api) => {
      const toPixels: ToPixels = (x, y) => api.coord([x, y]) as [number, number];
      return { type: 'group', children: draw(toPixels, params.coordSys as unknown as PlotArea) } as never;
    },
  };
}

/** Returns a series of items that a reader can point at, each made of shapes. */
export function itemSeries(
  id: string,
  count: number,
  draw: (index: number, toPixels: ToPixels, area: PlotArea) => readonly DrawnShape[],
): CustomSeriesOption {
  return {
    type: 'custom',
    id,
    z: 3,
    clip: true,
    data: Array.from({ length: count }, (_, index) => [index, 0]),
    encode: { x: [], y: [] },
    renderItem: (params, api) => {
      const toPixels: ToPixels = (x, y) => api.coord([x, y]) as [number, number];
      const children = draw(params.dataIndex, toPixels, params.coordSys as unknown as PlotArea);
      return { type: 'group', children } as never;
    },
  };
}

export function lineShape(from: readonly number[], to: readonly number[], style: object): DrawnShape {
  const [x1, y1] = from;
  const [x2, y2] = to;
  return { type: 'line', shape: { x1, y1, x2, y2 }, style: { fill: null, ...style } };
}

export function rectShape(area: PlotArea, style: object): DrawnShape {
  return { type: 'rect', shape: { ...area }, style };
}

export function textShape(x: number, y: number, text: string, style: object): DrawnShape {
  return { type: 'text', style: { x, y, text, fontSize: 11, ...style } };
}
