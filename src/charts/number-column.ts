/** A column of numbers in one unit, which its head names. */
import type { Axis } from './chart.js';
import { axisName, chartUnit, unitStep } from './chart-units.js';

export interface TableColumn {
  readonly head: string;
  readonly cell: (value: number) => string;
}

/** The steps between the smallest and the largest value above which the unit suits the smallest. */
const WIDE = 1000;

/** Returns a number with four digits, or all of those before the point. */
function fourDigits(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(4)));
}

/**
 * Returns the column of some values. Its unit is that in which the largest is written, or the smallest if both are too far
 * apart for one of them: `4` to `1,024` KiB.
 */
export function numberColumn(label: string, unit: Axis['unit'], values: readonly number[]): TableColumn {
  if (unit === 'time') return { head: axisName(label, 'UTC'), cell: chartUnit(unit).text };
  if (unit === 'percentile') return { head: label, cell: chartUnit(unit).text };
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    const magnitude = Math.abs(value);
    if (magnitude > 0 && magnitude < low) low = magnitude;
    if (magnitude > high) high = magnitude;
  }
  const step = unitStep(unit, high > low * WIDE ? low : high);
  // Counts are written in full.
  const isCount = step.name === '' && step.suffix.trim() !== '%';
  const factor = isCount || step.name === 'per second' ? 1 : step.factor;
  const name = step.suffix.trim() === '%' ? '%' : step.name;
  return { head: axisName(label, name).trim(), cell: (value) => fourDigits(value / factor) };
}
