/** A column of numbers in one unit, which its head names. */
import type { Axis } from './chart.js';
import { axisName, chartUnit, unitStep } from './chart-units.js';

export interface TableColumn {
  readonly head: string;
  readonly cell: (value: number) => string;
}

/** Returns a number with four digits, or all of those before the point. */
function fourDigits(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(4)));
}

/**
 * Returns the column of some values, in the unit that suits the middle one: `4`, `64` and `1,024` KiB. A single outlier
 * does not change the unit.
 */
export function numberColumn(label: string, unit: Axis['unit'], values: readonly number[]): TableColumn {
  if (unit === 'time') return { head: axisName(label, 'UTC'), cell: chartUnit(unit).text };
  if (unit === 'percentile') return { head: label, cell: chartUnit(unit).text };
  const magnitudes = Float64Array.from(
    values.filter((value) => value !== 0),
    Math.abs,
  ).sort();
  const step = unitStep(unit, magnitudes[Math.floor(magnitudes.length / 2)] ?? 0);
  const isPercent = step.suffix.trim() === '%';
  // Counts are written in full.
  const factor = step.suffix !== '' && !isPercent ? 1 : step.factor;
  const name = isPercent ? '%' : step.name;
  return { head: axisName(label, name).trim(), cell: (value) => fourDigits(value / factor) };
}
