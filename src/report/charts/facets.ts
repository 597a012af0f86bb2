/** Splits what is too much for one chart, by attributes, and names the parts. */
import type { Attributed } from '../../gate/grid.js';
import { levelsOf } from './chart-arms.js';

/** The items of one chart, and the attributes that they share where the charts differ. */
export interface Facet<T> {
  readonly where: readonly string[];
  readonly items: readonly T[];
}

/** More lines cannot be told apart. */
const MOST_LINES = 8;

/**
 * Returns the items in parts of at most `most` each, if the attributes of these names permit it. The attribute with the
 * fewest values splits first; targets come last, because they are what people compare.
 */
export function facetsOf<T extends Attributed>(
  items: readonly T[],
  names: readonly string[],
  most = MOST_LINES,
): Facet<T>[] {
  const splitting = names
    .map((name) => ({ name, levels: levelsOf(items, name) }))
    .filter(({ levels }) => levels.length > 1)
    .sort((a, b) => weightOf(a) - weightOf(b))[0];
  if (items.length <= most || splitting === undefined) return [{ where: [], items }];
  const { name, levels } = splitting;
  const others = names.filter((other) => other !== name);
  const without = items.filter(({ attributes }) => !attributes.has(name));
  return [
    ...levels.flatMap((level) => {
      const same = items.filter(({ attributes }) => attributes.get(name) === level);
      return facetsOf(same, others, most).map((facet) => ({
        ...facet,
        where: [attributeText(name, level), ...facet.where],
      }));
    }),
    ...(without.length === 0 ? [] : facetsOf(without, others, most)),
  ];
}

/** The name of the attribute that tells the sides of a comparison apart. No attribute of an arm has it. */
export const SIDE = '';

/** What people compare is in one chart as long as it can be. */
const COMPARED = new Set(['target', SIDE]);
const LAST = 1e6;

function weightOf({ name, levels }: { readonly name: string; readonly levels: readonly string[] }): number {
  return levels.length + (COMPARED.has(name) ? LAST : 0);
}

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

/** Returns a title with what the items of a facet share: `Throughput by I/O size: randread, numjobs=4`. */
export function facetTitle(title: string, { where }: Pick<Facet<unknown>, 'where'>): string {
  return where.length === 0 ? title : `${title}: ${where.join(', ')}`;
}
