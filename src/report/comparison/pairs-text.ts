/** Says why the levels of a row do not show its change. */
import type { ComparedCell, Comparison, ComparisonOptions } from '../../gate/comparison.js';
import { difference, logRatio } from '../../stats/extended.js';
import type { Measure } from '../../stats/measure.js';
import { ABSENT, formatValue } from '../table/format.js';

/** The change may be this part of itself away from the ratio of the levels before a reader would ask why. */
const TOLERATED = 0.1;

/**
 * Returns whether the levels of a cell do not show its change: they differ in the other direction, or by clearly more or
 * less. The levels are medians over units that may differ more among themselves than the two sides do.
 */
export function levelsMislead(
  { judgement: { ratio }, baseSpread, candidateSpread, measure }: ComparedCell,
  { minEffect }: ComparisonOptions,
): boolean {
  if (ratio === null || baseSpread === null || candidateSpread === null) return false;
  const [change, levels] = [Math.log(ratio.estimate), logRatio(candidateSpread.median, baseSpread.median)];
  const [shownBase, shownCandidate] = [baseSpread, candidateSpread].map(({ median }) =>
    formatValue(median, measure.metric.unit),
  );
  const isOpposite = change * levels < 0 && shownBase !== shownCandidate;
  const tolerated = Math.max(-Math.log(1 - minEffect), TOLERATED * Math.abs(change));
  return isOpposite || Math.abs(difference(change, levels)) > tolerated;
}

/** Returns how many of the comparisons behind a change have its direction: `5 of 6 lower`. */
export function pairsText({ sample, judgement: { ratio } }: ComparedCell): string {
  if (ratio === null) return ABSENT;
  const isLower = ratio.estimate < 1;
  const differences =
    sample.design === 'paired'
      ? sample.differences
      : sample.candidate.flatMap((one) => sample.base.map((other) => difference(one, other)));
  const count = differences.filter((one) => (isLower ? one < 0 : one > 0)).length;
  return `${count} of ${differences.length} ${isLower ? 'lower' : 'higher'}`;
}

/** Explains the column `pairs` of a table, in lines below it. Empty without that column. */
export function pairsNotes({ grid, options, cells }: Comparison, measure: Measure): string[] {
  const shown = cells.filter((cell) => cell.measure === measure);
  if (!shown.some((cell) => levelsMislead(cell, options))) return [];
  const [base, candidate = 'the candidate'] = grid.columns.length === 2 ? grid.columns : [grid.columns[0]];
  const isPaired = shown.every(({ sample }) => sample.design === 'paired');
  const what = isPaired
    ? `the change compares ${candidate} with ${base} within each ${options.unit}`
    : `the change compares each ${options.unit} of ${candidate} with each of ${base}`;
  return [
    `pairs: ${what}. The levels are medians over ${options.unit}s of different speed, so they can differ by another amount.`,
  ];
}
