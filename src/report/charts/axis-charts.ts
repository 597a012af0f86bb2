/** Lines over a number: one for each combination of the other attributes. */
import type { Axis, XyChart, XyPoint, XySeries } from '../../charts/chart.js';
import type { Attributed } from '../../gate/grid.js';
import { type Facet, facetsOf, facetTitle, namesOf } from './facets.js';
import { type ArmLevel, levelsText } from './levels.js';
import type { NumericAxis } from './numeric-axes.js';

/** Something with a level, and with the id of its arm if a page can choose it. */
export interface Leveled extends Attributed {
  readonly level: ArmLevel;
  readonly arm?: string;
}

/** What is drawn over an axis. */
export interface Drawn {
  readonly id: string;
  readonly label: string;
  readonly unit: Axis['unit'];
  /** What a value is, the beginning of the description. */
  readonly what: string;
}

/** From this ratio on, levels are shown on a logarithmic scale, because the smallest ones would not be seen. */
const LOG_FROM = 30;

/**
 * Returns charts of all items over the axis; none if no line has two points.
 * @param across returns the lines across the chart of these items
 */
export function chartsOver<T extends Leveled>(
  items: readonly T[],
  { name, axis, of, others }: NumericAxis<T>,
  { id, label, unit, what }: Drawn,
  across: (shown: readonly T[]) => NonNullable<XyChart['levels']>,
  group: Pick<Facet<T>, 'where'> = { where: [] },
): XyChart[] {
  const lines = linesOf(items, of, others);
  if (lines.every((line) => line.items.length < 2)) return [];
  return facetsOf(lines, others).map((facet): XyChart => {
    const names = namesOf(facet.items, others, () => label);
    const shown = facet.items.flatMap((line) => line.items);
    const levels = shown.map(({ level }) => level);
    return {
      kind: 'xy',
      id: `${id}-by-${name}`,
      title: facetTitle(`${capital(label)} over ${axis.label}`, group, facet),
      description: levelsText(levels, what),
      x: axis,
      y: Object.assign(scaleOf(levels), { label, unit }),
      series: facet.items.map((line, index): XySeries => {
        const points = line.items.map((item) => pointOf(of(item) as number, item));
        return { name: names[index] as string, points, drawn: 'line' };
      }),
      levels: across(shown),
    };
  });
}

/** Returns a text with a capital letter, as titles begin. */
export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Items that differ only in the number, in its order. */
interface AxisLine<T> extends Attributed {
  readonly items: readonly T[];
}

function linesOf<T extends Attributed>(
  items: readonly T[],
  of: NumericAxis<T>['of'],
  others: readonly string[],
): AxisLine<T>[] {
  const lines = new Map<string, T[]>();
  for (const item of items) {
    if (of(item) === null) continue;
    const key = JSON.stringify(others.map((name) => item.attributes.get(name)));
    const line = lines.get(key);
    if (line === undefined) lines.set(key, [item]);
    else line.push(item);
  }
  return [...lines.values()].map((line) => {
    const sorted = line.sort((a, b) => (of(a) as number) - (of(b) as number));
    return { items: sorted, attributes: (sorted[0] as T).attributes };
  });
}

function pointOf(x: number, { level: { value, low, high, dots, label }, arm }: Leveled): XyPoint {
  return {
    x,
    y: value,
    ...(low !== undefined && { low }),
    ...(high !== undefined && { high }),
    ...(dots.length > 1 && { dots }),
    ...(label !== undefined && { label }),
    ...(arm !== undefined && { arm }),
  };
}

/** Levels begin at zero, unless they range over orders of magnitude. */
function scaleOf(levels: readonly ArmLevel[]): Pick<Axis, 'scale' | 'includes'> {
  const values = levels.flatMap(({ value, dots }) => [...dots, ...(value === null ? [] : [value])]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least > 0 && most / least >= LOG_FROM ? { scale: 'log' } : { scale: 'linear', includes: [0] };
}
