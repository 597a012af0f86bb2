/**
 * The scale of a numeric axis: where values are on it, which places are labelled, and its name with the unit. Axes are
 * laid out here and not by the library, because I/O sizes need ticks at powers of two, and a picture must not depend on
 * who draws it. A logarithmic axis is a linear one of logarithms.
 */
import type { Axis } from './chart.js';
import { axisName, chartUnit, unitStep, valueText } from './chart-units.js';

export interface PlaceTick {
  readonly at: number;
  readonly label: string;
}

export interface AxisScale {
  readonly name: string;
  /** The ends of the axis, as places. */
  readonly min: number;
  readonly max: number;
  /** Places and labels, ascending. */
  readonly ticks: readonly PlaceTick[];
  /** Where a value is; null: not on this axis, as 0 on a logarithmic one. */
  readonly place: (value: number) => number | null;
  /** The value at a place. */
  readonly value: (place: number) => number;
  /** The label of a place that is not among `ticks`, which a zoom brought up. */
  readonly label: (place: number) => string;
}

/** How an axis is laid out: how many ticks it has room for, and whether its ends are rounded or left as they are. */
interface AxisRoom {
  readonly maxTicks: number;
  readonly ends: 'rounded' | 'padded' | 'exact';
}

/** The share of the axis that is left free beyond the first and the last value, so that marks are not cut. */
const PADDING = 0.04;
const MAX_TICKS = 60;
/** Smaller values are zero: steps of an axis could not be told apart. */
const TINY = 1e-300;

/** Returns 1, 2 or 5 times a power of ten: the smallest step that needs at most `count` of them. */
export function niceStep(range: number, count: number): number {
  const raw = range / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= raw * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Returns the multiples of a step within two ends. */
function multiples(step: number, from: number, to: number): number[] {
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.min(MAX_TICKS, Math.floor(to / step + 1e-9) - first + 1);
  return Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * step);
}

function extentOf(values: Iterable<number>): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** Returns ends that are apart: those of equal values are a tenth of them away, or zero if that belongs to the axis. */
function apart([low, high]: [number, number], hasZero: boolean): [number, number] {
  const magnitude = Math.max(Math.abs(low), Math.abs(high));
  if (magnitude < TINY) return [0, 1];
  if (high - low > magnitude * 1e-9) return [low, high];
  const margin = Math.abs(low) * 0.1;
  return hasZero && low > 0 ? [0, low + margin] : [low - margin, high + margin];
}

function padded([low, high]: [number, number], { ends }: AxisRoom): [number, number] {
  if (ends !== 'padded') return [low, high];
  const margin = (high - low) * PADDING;
  return [low - margin, high + margin];
}

function decimalsOf(step: number): number {
  return Math.min(10, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}

function linearScale(axis: Axis, values: Iterable<number>, room: AxisRoom): AxisScale {
  const extent = extentOf(values);
  const { factor, name, suffix } = unitStep(axis.unit, Math.max(Math.abs(extent[0]), Math.abs(extent[1])));
  let [min, max] = apart([extent[0] / factor, extent[1] / factor], axis.includes?.includes(0) ?? false);
  const step = niceStep(max - min, room.maxTicks);
  if (room.ends === 'rounded') [min, max] = [Math.floor(min / step + 1e-9) * step, Math.ceil(max / step - 1e-9) * step];
  else {
    const [low, high] = padded([min, max], room);
    // What is never negative gets no negative place.
    [min, max] = [min >= 0 && low < 0 ? min : low, high];
  }
  // Zero thousands are zero. Zero per cent are not a number without a unit.
  const label = (place: number, decimals: number): string =>
    `${grouped(place.toFixed(decimals))}${Math.abs(place) < step / 2 && !suffix.startsWith(' ') ? '' : suffix}`;
  return {
    name: axisName(axis.label, name),
    min,
    max,
    ticks: multiples(step, min, max).map((at) => ({ at, label: label(at, decimalsOf(step)) })),
    place: (value) => value / factor,
    value: (place) => place * factor,
    label: (place) => `${grouped(String(Number(place.toPrecision(8))))}${suffix}`,
  };
}

/** Returns a number with its thousands apart: `12,500.5`; `-0` is `0`. */
function grouped(number: string): string {
  const [whole = '', fraction] = number.replace(/^-(?=0*\.?0*$)/, '').split('.');
  const parted = whole.includes('e') ? whole : whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? parted : `${parted}.${fraction}`;
}

/** The values between two powers that are labelled, the most first: as many as there is room for. */
const DECIMAL_LABELS = [
  [1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 2, 5],
  [1, 3],
];

/**
 * Returns places for labels between two values of a logarithmic axis: powers, also those between them if there is room, or
 * round numbers if the values are so close that fewer than three powers are among them.
 */
function logTicks(low: number, high: number, isBinary: boolean, maxTicks: number): number[] {
  const base = isBinary ? 2 : 10;
  const first = Math.floor(Math.log(low) / Math.log(base) + 1e-9);
  const last = Math.ceil(Math.log(high) / Math.log(base) - 1e-9);
  const within = (values: number[]): number[] =>
    values.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
  const finer = isBinary || last - first > 3 ? [] : DECIMAL_LABELS;
  const coarser = [1, 2, 3, 4, 5, 10, 20, 50, 100].map((every) => ({ every, from: Math.floor(first / every) * every }));
  const ladders = [
    ...finer.map((factors) => powers(10, first, last, 1).flatMap((power) => factors.map((factor) => factor * power))),
    ...coarser.map(({ every, from }) => powers(base, from, last, every)),
  ];
  const found = ladders.map(within).find((ticks) => ticks.length <= maxTicks) ?? [];
  if (found.length >= 3 || high / low > 100) return found;
  return multiples(niceStep(high - low, maxTicks), low, high);
}

function powers(base: number, first: number, last: number, every: number): number[] {
  return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, index) => base ** (first + index * every));
}

function logScale(axis: Axis, values: readonly number[], room: AxisRoom): AxisScale {
  const positive = values.filter((value) => value > TINY);
  const [low, high] = positive.length === 0 ? [1, 10] : extentOf(positive);
  const [least, most] = high / low > 1 + 1e-9 ? [low, high] : [low / 2, high * 2];
  const distinct = new Set(positive);
  const { isBinary } = chartUnit(axis.unit);
  const ticks =
    room.ends === 'padded' && distinct.size <= room.maxTicks && distinct.size > 0
      ? [...distinct].sort((a, b) => a - b)
      : logTicks(least, most, isBinary, room.maxTicks);
  const [min, max] = padded([Math.log10(least), Math.log10(most)], { maxTicks: room.maxTicks, ends: 'padded' });
  const text = (value: number): string => valueText(axis.unit, value);
  return {
    name: axis.label,
    min,
    max,
    ticks: ticks.map((value) => ({ at: Math.log10(value), label: text(value) })),
    place: (value) => (value > TINY ? Math.log10(value) : null),
    value: (place) => 10 ** place,
    label: (place) => text(10 ** place),
  };
}

/** Returns the scale of an axis over its values. Values that are not on a logarithmic axis have no place. */
export function scaleOf(axis: Axis, values: readonly number[], room: AxisRoom): AxisScale {
  const all = [...(axis.includes ?? []), ...values];
  const scale = axis.scale === 'log' ? logScale(axis, all, room) : linearScale(axis, all, room);
  if (axis.ticks === undefined) return scale;
  const ticks = axis.ticks.flatMap(({ at, label }) => {
    const place = scale.place(at);
    return place === null ? [] : [{ at: place, label }];
  });
  return Object.assign(scale, { ticks: ticks.sort((a, b) => a.at - b.at) });
}
