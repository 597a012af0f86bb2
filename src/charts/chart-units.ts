/** The units of charts: how an axis is scaled, and how one value is written. */
import type { Unit } from '../base/metrics.js';
import { formatBytes, formatCount, formatDurationNs, formatThroughput, formatWhole } from '../base/units.js';
import type { Axis } from './chart.js';

/** One step of a unit: values are divided by `factor`, and `suffix` or the axis names what remains. */
interface UnitStep {
  readonly factor: number;
  /** From this magnitude on the step is used. */
  readonly from: number;
  /** In the name of the axis: `MiB/s`. Empty: none. */
  readonly name: string;
  /** After each number on the axis: ` %`, `k`. */
  readonly suffix: string;
}

interface ChartUnit {
  /** The smallest step first. */
  readonly steps: readonly UnitStep[];
  /** Whether a logarithmic axis counts in powers of two. */
  readonly isBinary: boolean;
  /** One value for people, with its unit. */
  readonly text: (value: number) => string;
}

function steps(factor: number, names: readonly string[], suffixes: readonly string[] = []): UnitStep[] {
  return names.map((name, index) => ({
    factor: factor ** index,
    from: factor ** index,
    name,
    suffix: suffixes[index] ?? '',
  }));
}

const BYTE_NAMES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const COUNT_STEPS = steps(1000, ['', '', '', '', ''], ['', 'k', 'M', 'G', 'T']);

/** Ten of a unit are still written in the one below, because `8 min` on an axis in hours is `0.13`. */
const TIME_STEPS: readonly UnitStep[] = (
  [
    ['ns', 1, 1],
    ['µs', 1e3, 1e3],
    ['ms', 1e6, 1e6],
    ['s', 1e9, 1e9],
    ['min', 6e10, 6e11],
    ['h', 3.6e12, 3.6e13],
    ['d', 8.64e13, 8.64e14],
  ] as const
).map(([name, factor, from]) => ({ name, factor, from, suffix: '' }));

/** Returns a number with as many digits as say something: six, or all of a whole number. */
function plainNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return formatWhole(value);
  return String(Number(value.toPrecision(6)));
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(3))} %`;
}

/** Returns a moment in UTC: `2026-11-30 01:02:03`. */
function moment(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? plainNumber(ms) : date.toISOString().replace('T', ' ').slice(0, 19);
}

/** Returns the percentile at 1/(1 − q), with as many digits as tell it from its neighbours: `99.925 %`. */
export function percentileText(place: number): string {
  return `${Number((100 * (1 - 1 / place)).toFixed(Math.max(0, Math.ceil(Math.log10(place)))))} %`;
}

const ONE_STEP = steps(1, ['']);

const UNITS: Readonly<Record<Axis['unit'], ChartUnit>> = {
  bytes: { steps: steps(1024, BYTE_NAMES), isBinary: true, text: formatBytes },
  'bytes/s': {
    steps: steps(
      1024,
      BYTE_NAMES.map((name) => `${name}/s`),
    ),
    isBinary: true,
    text: formatThroughput,
  },
  ns: { steps: TIME_STEPS, isBinary: false, text: formatDurationNs },
  'ns/op': {
    steps: TIME_STEPS.map((step) => Object.assign({}, step, { name: `${step.name} per operation` })),
    isBinary: false,
    text: (ns) => `${formatDurationNs(ns)} per operation`,
  },
  'ops/s': {
    steps: COUNT_STEPS.map((step) => Object.assign({}, step, { name: 'per second' })),
    isBinary: false,
    text: (rate) => `${formatCount(rate)}/s`,
  },
  count: { steps: COUNT_STEPS, isBinary: false, text: plainNumber },
  ratio: { steps: [{ factor: 0.01, from: 0, name: '', suffix: ' %' }], isBinary: false, text: percent },
  time: { steps: ONE_STEP.map((step) => Object.assign({}, step, { name: 'UTC' })), isBinary: false, text: moment },
  percentile: { steps: ONE_STEP, isBinary: false, text: percentileText },
  none: { steps: ONE_STEP, isBinary: false, text: plainNumber },
};

/** Returns the unit's ways to write and scale values. */
export function chartUnit(unit: Axis['unit']): ChartUnit {
  return UNITS[unit];
}

/** Returns the step in which an axis up to this magnitude is written. */
export function unitStep(unit: Axis['unit'], magnitude: number): UnitStep {
  const all = UNITS[unit].steps;
  return all.findLast(({ from }) => magnitude >= from) ?? (all[0] as UnitStep);
}

/** Returns the name of an axis with its unit: `throughput (MiB/s)`. A label that says the unit gets no second one. */
export function axisName(label: string, unit: string): string {
  const isSaid =
    unit === '' || label.endsWith(`(${unit})`) || (unit === 'per second' && /\/s\b|IOPS|per second/i.test(label));
  return isSaid ? label : `${label} (${unit})`;
}

/** Returns one value for people, with its unit: `1.42 GiB/s`. */
export function valueText(unit: Unit | Axis['unit'], value: number): string {
  return UNITS[unit].text(value);
}
