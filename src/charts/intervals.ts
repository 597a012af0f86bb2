/** Intervals around values: whiskers at single points, a band along a dense line. */
import type { CustomSeriesOption } from 'echarts/charts';
import type { AxisScale } from './axis-scale.js';
import { type DrawnShape, lineShape, overlay, type PlotArea } from './overlay.js';

interface Interval {
  /** Where it is on the other axis; null: nowhere. */
  readonly x: number | null;
  readonly point: { readonly y: number | null; readonly low?: number; readonly high?: number };
}

/** One end of a whisker in pixels: closed by a bar, or open with an arrow at the edge of the area. */
interface WhiskerEnd {
  readonly at: number;
  readonly isOpen: boolean;
}

const CAP_PX = 4;

/** Returns a whisker along one direction. `side` is where it is across: a row of a forest plot, a place of x. */
export function whisker(
  side: number,
  ends: readonly [WhiskerEnd, WhiskerEnd],
  direction: 'horizontal' | 'vertical',
  style: object,
): DrawnShape[] {
  const point = (along: number, across: number): [number, number] =>
    direction === 'vertical' ? [across, along] : [along, across];
  const inner = (ends[0].at + ends[1].at) / 2;
  const caps = ends.flatMap(({ at, isOpen }) => {
    if (!isOpen) return [lineShape(point(at, side - CAP_PX), point(at, side + CAP_PX), style)];
    const back = at + Math.sign(inner - at) * 6;
    return [-CAP_PX, CAP_PX].map((offset) => lineShape(point(back, side + offset), point(at, side), style));
  });
  return [lineShape(point(ends[0].at, side), point(ends[1].at, side), style), ...caps];
}

/** Returns the whiskers of a series. An open end reaches the edge of the picture and has an arrow. */
export function intervalWhiskers(
  id: string,
  intervals: readonly Interval[],
  scale: AxisScale,
  colour: string,
): CustomSeriesOption {
  return overlay(id, 3, (toPixels, area) =>
    intervals.flatMap(({ x, point }) => {
      if (x === null || point.y === null || (point.low === undefined && point.high === undefined)) return [];
      const low = endOf(point.low, scale);
      const high = endOf(point.high, scale);
      const [side] = toPixels(x, scale.min);
      const ends = [
        { at: low === null ? area.y + area.height : toPixels(x, low)[1], isOpen: low === null },
        { at: high === null ? area.y : toPixels(x, high)[1], isOpen: high === null },
      ] as const;
      return whisker(side, ends, 'vertical', { stroke: colour, lineWidth: 1.5 });
    }),
  );
}

function endOf(value: number | undefined, scale: AxisScale): number | null {
  return value === undefined ? null : scale.place(value);
}

/** Returns the band between the lower and the upper ends along a line. A gap of the line is a gap of the band. */
export function intervalBand(
  id: string,
  intervals: readonly Interval[],
  scale: AxisScale,
  colour: string,
): CustomSeriesOption {
  return overlay(id, 1, (toPixels, area) =>
    stretches(intervals).map((stretch) => {
      const edge = (key: 'low' | 'high'): number[][] =>
        stretch.map(({ x, point }) => {
          const end = endOf(point[key], scale);
          const [left, height] = toPixels(x as number, end ?? scale.min);
          return [left, end === null ? openEdge(key, area) : height];
        });
      const points = [...edge('high'), ...edge('low').reverse()];
      return { type: 'polygon', shape: { points }, style: { fill: colour, opacity: 0.18 } };
    }),
  );
}

function openEdge(key: 'low' | 'high', area: PlotArea): number {
  return key === 'low' ? area.y + area.height : area.y;
}

/** Returns the parts of a series between its gaps. */
function stretches(intervals: readonly Interval[]): Interval[][] {
  const parts: Interval[][] = [[]];
  for (const interval of intervals) {
    const { x, point } = interval;
    if (x === null || point.y === null || (point.low === undefined && point.high === undefined)) parts.push([]);
    else parts.at(-1)?.push(interval);
  }
  return parts.filter((part) => part.length > 1);
}
