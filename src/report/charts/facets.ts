/** Splits what is too much for one chart, by attributes, and names the parts. */
import { grouped } from '../../base/grouped.js';
import type { Attributed } from '../../gate/grid.js';

/** The items of one chart, and the attributes that they share where the charts differ. */
export interface Facet<T> {
  readonly where: readonly string[];
  readonly items: readonly T[];
}

/** More lines cannot be told apart. */
const MOST_LINES = 8;

/**
 * Returns the items in parts of at most `most` each, if the attributes of these names permit it: split by the attribute that
 * makes the fewest parts. What people compare splits last.
 */
export function facetsOf<T extends Attributed>(
  items: readonly T[],
  names: readonly string[],
  most = MOST_LINES,
): Facet<T>[] {
  const name = items.length <= most ? undefined : splittingName(items, names, most);
  if (name === undefined) return [{ where: [], items }];
  const others = names.filter((other) => other !== name);
  return [...partsBy(items, name)].flatMap(([level, part]) =>
    facetsOf(part, others, most).map(({ where, items: rest }) => ({
      where: level === undefined ? where : [attributeText(name, level), ...where],
      items: rest,
    })),
  );
}

function partsBy<T extends Attributed>(items: readonly T[], name: string): Map<string | undefined, T[]> {
  return grouped(items, ({ attributes }) => attributes.get(name));
}

/** Returns the name that splits into few parts that are small enough, or else into the most parts. */
function splittingName<T extends Attributed>(
  items: readonly T[],
  names: readonly string[],
  most: number,
): string | undefined {
  const splits = names
    .map((name) => {
      const parts = [...partsBy(items, name).values()];
      return { name, count: parts.length, largest: Math.max(...parts.map(({ length }) => length)) };
    })
    .filter(({ count }) => count > 1);
  const shared = splits.filter(({ name }) => !COMPARED.has(name));
  const candidates = shared.length > 0 ? shared : splits;
  const enough = candidates.filter(({ largest }) => largest <= most).sort((a, b) => a.count - b.count);
  return (enough[0] ?? candidates.sort((a, b) => b.count - a.count)[0])?.name;
}

/** The name of the attribute that tells the sides of a comparison apart. No attribute of an arm has it. */
export const SIDE = '';

/** What people compare is in one chart as long as it can be. */
const COMPARED = new Set(['target', SIDE]);

/** Names whose values say what they are. */
const PLAIN = new Set(['job', 'target', 'path', SIDE]);

function attributeText(name: string, value: string): string {
  return PLAIN.has(name) ? value : `${name}=${value}`;
}

/** Returns a name for each item: its values of the attributes that vary among them, or `instead` if none does. */
export function namesOf<T extends Attributed>(
  items: readonly T[],
  names: readonly string[],
  instead: (item: T) => string,
): string[] {
  const varying = names.filter((name) => new Set(items.map(({ attributes }) => attributes.get(name))).size > 1);
  return items.map((item) => {
    const parts = varying.flatMap((name) => {
      const value = item.attributes.get(name);
      return value === undefined ? [] : [attributeText(name, value)];
    });
    return parts.length === 0 ? instead(item) : parts.join(', ');
  });
}

/** Returns a title with what the items of a chart share: `Throughput by I/O size: randread, numjobs=4`. */
export function facetTitle(title: string, ...shared: readonly Pick<Facet<unknown>, 'where'>[]): string {
  const where = shared.flatMap((one) => one.where);
  return where.length === 0 ? title : `${title}: ${where.join(', ')}`;
}
