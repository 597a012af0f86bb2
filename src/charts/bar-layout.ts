/** Where the bars of a chart are, in pixels. */
import type { AxisScale } from './axis-scale.js';
import type { BarChart, BarSpread } from './chart.js';
import type { PlotArea, ToPixels } from './overlay.js';

export interface BarLayout {
  readonly isUpright: boolean;
  /** Of whiskers and of the rims of observations. */
  readonly lineColour: string;
  readonly dotColour: string;
}

export interface BarBox {
  readonly box: PlotArea;
  /** Where the middle of the bar is across its length. */
  readonly middle: number;
  readonly spread: BarSpread | null;
}

/** The share of the room of a category that its bars fill. */
const FILLED = 0.72;
const WIDEST_PX = 64;

/** Returns the values between which a bar lies: from zero, or from the parts below it in a stack. Null: no bar. */
function barEnds({ parts, isStacked }: BarChart, category: number, part: number): readonly [number, number] | null {
  const value = parts[part]?.values[category] ?? null;
  if (value === null) return null;
  if (!isStacked) return [0, value];
  const below = parts.slice(0, part).reduce((sum, { values }) => sum + (values[category] ?? 0), 0);
  return [below, below + value];
}

/** Returns the box of a bar; null: it has no value. A bar of almost nothing is still a pixel long. */
export function barBoxes(
  chart: BarChart,
  category: number,
  part: number,
  scale: AxisScale,
  { isUpright }: BarLayout,
  toPixels: ToPixels,
  area: PlotArea,
): BarBox | null {
  const spread = chart.parts[part]?.spreads?.[category] ?? null;
  const ends = barEnds(chart, category, part);
  if (ends === null && spread === null) return null;
  const count = chart.categories.categories.length;
  const room = Math.min(
    WIDEST_PX * (chart.isStacked ? 1 : chart.parts.length),
    ((isUpright ? area.width : area.height) / count) * FILLED,
  );
  const thickness = chart.isStacked ? room : room / chart.parts.length;
  const centre = isUpright ? toPixels(category, 0)[0] : toPixels(0, category)[1];
  const middle = chart.isStacked ? centre : centre - room / 2 + thickness * (part + 0.5);
  const [from, to] = (ends ?? [0, 0]).map((value) => {
    const place = scale.place(value) ?? 0;
    return isUpright ? toPixels(0, place)[1] : toPixels(place, 0)[0];
  }) as [number, number];
  const length = ends === null || ends[0] === ends[1] ? 0 : Math.max(1, Math.abs(to - from));
  const across = middle - thickness / 2 + 0.5;
  const box = isUpright
    ? { x: across, y: Math.min(from, to), width: thickness - 1, height: length }
    : { x: Math.min(from, to), y: across, width: length, height: thickness - 1 };
  return { box, middle, spread };
}
