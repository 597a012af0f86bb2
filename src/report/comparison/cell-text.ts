/** Describes a cell of a comparison in words, for use outside its table. */
import type { ComparedCell, Comparison } from '../../gate/comparison.js';
import { formatValue, plural } from '../table/format.js';
import { changeText, intervalText, pText, verdictText } from './comparison-table.js';

/** Names a cell: `bs=4KiB`, or the candidate's arm if the grid has one row. Adds the column if there are several. */
export function cellName({ grid }: Comparison, { row, column, candidate }: ComparedCell): string {
  const where = [...row].map(([name, value]) => `${name}=${value}`).join(', ');
  return `${where || candidate.arm.id}${grid.columns.length > 2 ? ` (${column})` : ''}`;
}

/** `regression: throughput −5.2 % (95 % interval −6.0 % … −4.1 %), 1.2 GiB/s → 1.1 GiB/s, p = 0.0004, 12 sessions`. */
export function cellOutcome({ options }: Comparison, cell: ComparedCell): string {
  const { measure, judgement, baseSpread, candidateSpread } = cell;
  const value = (spread: ComparedCell['baseSpread']) => formatValue(spread?.median, measure.metric.unit);
  return [
    `${verdictText(cell)}: ${measure.key} ${changeText(cell)} (95 % interval ${intervalText(cell)})`,
    `${value(baseSpread)} → ${value(candidateSpread)}`,
    `p ${pText(cell, options)}`,
    plural(judgement.units, options.unit),
  ].join(', ');
}

/** The reasons why a cell is incomparable, and the options that compare it anyway. */
export function mismatchText({ mismatches }: ComparedCell): string {
  return mismatches
    .map(
      ({ what, base, candidate }) =>
        `${what} changed from ${base} to ${candidate} (--ignore ${what} to compare anyway)`,
    )
    .join('; ');
}
