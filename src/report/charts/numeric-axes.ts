/** The numbers over which charts draw arms: factors, mount options, labels and settings of volumes whose values are numbers. */
import type { Unit } from '../../base/metrics.js';
import { type Parsed, parseDuration, parseSize } from '../../base/units.js';
import type { Axis } from '../../charts/chart.js';
import type { Attributed } from '../../gate/grid.js';
import { columnsOfFactor } from '../../record/factor-columns.js';
import { levelsOf } from './chart-arms.js';
import { SIDE } from './facets.js';

export interface NumericAxis<T> {
  /** Of the attribute: `bs`. */
  readonly name: string;
  readonly axis: Axis;
  /** Returns null for an item without the number. */
  readonly of: (item: T) => number | null;
  /** The attributes that tell the lines apart. */
  readonly others: readonly string[];
}

interface Quantity {
  readonly value: number;
  readonly unit: Unit;
  readonly label: string;
}

/** What the common names stand for. Others are shown as they are. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['bs', 'I/O size'],
  ['numjobs', 'workers'],
  ['iodepth', 'queue depth'],
  ['filesize', 'file size'],
  ['nconnect', 'connections'],
  ['nfs.nconnect', 'connections'],
  ['read_threads', 'loader workers'],
  ['accelerators', 'accelerators'],
  ['batch_size', 'batch size'],
]);

/** Values of a factor by the unit in the name of its column. */
const UNITS: readonly (readonly [suffix: string, unit: Unit])[] = [
  ['_bytes_per_s', 'bytes/s'],
  ['_bytes', 'bytes'],
  ['_ns', 'ns'],
];

/** From this ratio on, the values of an axis are shown on a logarithmic scale. */
const LOG_FROM = 8;
/** With more values than this, the drawing chooses its ticks. */
const MOST_TICKS = 12;

/**
 * Returns the numbers that vary among these arms: first the factors in their order, then what is known of the targets. Of
 * two that vary together, such as a label and the mount option that it names, the first one is returned.
 */
export function numericAxes<T extends Attributed>(arms: readonly T[], names: readonly string[]): NumericAxis<T>[] {
  const known = new Set<string>();
  const all = new Set(arms.flatMap(({ attributes }) => [...attributes.keys()]));
  const ofTargets = levelsOf(arms, 'target').length > 1 ? [...all].filter((name) => isOfTarget(arms, name)) : [];
  const candidates = [
    ...names.filter((name) => name !== 'target' && name !== SIDE),
    ...ofTargets.filter((name) => !names.includes(name)),
  ];
  return candidates.flatMap((name) => {
    const quantities = quantitiesOf(arms, name);
    const key = partition(arms, name);
    if (quantities === null || known.has(key)) return [];
    known.add(key);
    const others = names.includes(name)
      ? names.filter((other) => other !== name)
      : othersOf(arms, names, ofTargets, name);
    if (others === null) return [];
    return [{ name, axis: axisOf(name, quantities), of: (arm) => quantities.get(arm)?.value ?? null, others }];
  });
}

/** Whether all arms of a target have the same value, and it is the same for no others. */
function isOfTarget(arms: readonly Attributed[], name: string): boolean {
  const values = new Map<string, string | undefined>();
  return arms.every(({ attributes }) => {
    const [target = '', value] = [attributes.get('target'), attributes.get(name)];
    if (!values.has(target)) values.set(target, value);
    return values.get(target) === value;
  });
}

/**
 * Returns what tells the lines over an attribute of targets apart: the factors, and, if two targets share a value, the
 * attributes that some targets share. Null if these do not tell them apart.
 */
function othersOf(
  arms: readonly Attributed[],
  names: readonly string[],
  ofTargets: readonly string[],
  name: string,
): readonly string[] | null {
  const factors = names.filter((other) => other !== 'target');
  const targets = levelsOf(arms, 'target').length;
  const own = partition(arms, name);
  const shared = ofTargets.filter(
    (other) => other !== 'target' && levelsOf(arms, other).length < targets && partition(arms, other) !== own,
  );
  const isTold = (others: readonly string[]) => {
    const keys = arms.map(({ attributes }) => JSON.stringify([name, ...others].map((each) => attributes.get(each))));
    return new Set(keys).size === arms.length;
  };
  return isTold(factors) ? factors : isTold([...factors, ...shared]) ? [...factors, ...shared] : null;
}

/** Returns a text that is the same for attributes which have equal values in the same arms. */
function partition(arms: readonly Attributed[], name: string): string {
  const levels = levelsOf(arms, name);
  return arms.map(({ attributes }) => levels.indexOf(attributes.get(name) ?? '')).join();
}

/** Returns the number of each arm; null if fewer than two numbers occur, or some value is none. */
function quantitiesOf<T extends Attributed>(arms: readonly T[], name: string): ReadonlyMap<T, Quantity> | null {
  const read = quantityReader(name, levelsOf(arms, name));
  const found = new Map<T, Quantity>();
  for (const arm of arms) {
    const label = arm.attributes.get(name);
    const quantity = label === undefined ? null : read(label);
    if (quantity !== null) found.set(arm, quantity);
    else if (label !== undefined && label !== NONE) return null;
  }
  const each = [...found.values()];
  const units = new Set(each.map(({ unit }) => unit));
  return units.size === 1 && new Set(each.map(({ value }) => value)).size > 1 ? found : null;
}

/** The label of a field that has no value. */
const NONE = 'none';

/** How labels are read that are no values of the workload language. */
const READERS: readonly (readonly [pattern: RegExp, unit: Unit, read: (label: string) => number | null])[] = [
  [/^\d+(\.\d+)?$/, 'count', Number],
  [/^\d+(\.\d+)?(B|[KMGTP]iB|[kMGTP]B)$/, 'bytes', (label) => numberIn(parseSize(label))],
  [/^\d+(\.\d+)?MBps$/, 'bytes/s', (label) => Number.parseFloat(label) * 1e6],
  [/^\d+(\.\d+)?(ns|us|ms|s|m|h|d)$/, 'ns', (label) => numberIn(parseDuration(label))],
];

function numberIn(parsed: Parsed<number>): number | null {
  return parsed.ok ? parsed.value : null;
}

function quantityReader(name: string, labels: readonly string[]): (label: string) => Quantity | null {
  const [column] = columnsOfFactor(name, labels);
  const known = UNITS.find(([suffix]) => column?.name === `${name}${suffix}`)?.[1];
  return (label) => {
    const value = column?.of(label);
    if (typeof value === 'number') return { value, unit: known ?? 'count', label };
    for (const [pattern, unit, read] of READERS) {
      const number = pattern.test(label) ? read(label) : null;
      if (number !== null) return { value: number, unit, label };
    }
    return null;
  };
}

function axisOf(name: string, quantities: ReadonlyMap<unknown, Quantity>): Axis {
  const each = [...quantities.values()];
  const unit = each[0]?.unit ?? 'count';
  const labels = new Map(each.map(({ value, label }) => [value, label]));
  const values = [...labels.keys()].sort((a, b) => a - b);
  const [least, most] = [values[0] as number, values.at(-1) as number];
  return {
    label: factorLabel(name),
    unit,
    scale: least > 0 && most / least >= LOG_FROM ? 'log' : 'linear',
    ...(values.length <= MOST_TICKS && { ticks: values.map((at) => ({ at, label: labels.get(at) as string })) }),
  };
}

/** Returns a factor in words, with its name: `I/O size (bs)`. */
export function factorLabel(name: string): string {
  const word = WORDS.get(name);
  return word === undefined || word === name ? name : `${word} (${name})`;
}
