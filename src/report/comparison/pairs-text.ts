/** Says why the levels of a row do not show its change. */
import type { ComparedCell, Comparison, ComparisonOptions } from '../../gate/comparison.js';
import { difference } from '../../stats/extended.js';
import type { Measure } from '../../stats/measure.js';
import { ABSENT } from '../table/format.js';
import { levelsMislead } from '../table/misleading-levels.js';

/** Returns whether the levels of a cell do not show its change. */
export function levelsMisleadIn(
  { judgement: { ratio }, baseSpread, candidateSpread, measure }: ComparedCell,
  { minEffect }: ComparisonOptions,
): boolean {
  if (ratio === null || baseSpread === null || candidateSpread === null) return false;
  const shown = { ratio: ratio.estimate, base: baseSpread.median, candidate: candidateSpread.median };
  return levelsMislead(shown, measure.metric.unit, minEffect);
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
  if (!shown.some((cell) => levelsMisleadIn(cell, options))) return [];
  const [base, candidate = 'the candidate'] = grid.columns.length === 2 ? grid.columns : [grid.columns[0]];
  const isPaired = shown.every(({ sample }) => sample.design === 'paired');
  const what = isPaired
    ? `the change compares ${candidate} with ${base} within each ${options.unit}`
    : `the change compares each ${options.unit} of ${candidate} with each of ${base}`;
  return [
    `pairs: ${what}. The levels are medians over ${options.unit}s of different speed, so they can differ by another amount.`,
  ];
}
