/** A comparison as JUnit suites: one suite per metric, one case per cell. */
import type { ComparedCell, Comparison } from '../../gate/comparison.js';
import { cellName, cellOutcome, mismatchText } from '../comparison/cell-text.js';
import { formatPercent, plural } from '../table/format.js';
import type { TestFault, TestSuite } from './test-suite.js';

/**
 * Returns the suites. A regression is a failure and an incomparable cell is an error. An inconclusive cell is skipped,
 * even with `--fail-on-inconclusive`.
 */
export function comparisonSuites(comparison: Comparison): TestSuite[] {
  return comparison.options.measures.map((measure) => ({
    name: measure.key,
    cases: comparison.cells
      .filter((cell) => cell.measure === measure)
      .map((cell) => ({
        name: cellName(comparison, cell),
        timeNs: 0,
        fault: faultOf(comparison, cell),
        output: [cellOutcome(comparison, cell), boundText(cell)],
      })),
  }));
}

function boundText({ judgement: { minEffect } }: ComparedCell): string {
  return `a regression or improvement must exceed ${formatPercent(minEffect)}`;
}

function faultOf(comparison: Comparison, cell: ComparedCell): TestFault | null {
  const { verdict, unitsNeeded, wantedOf } = cell.judgement;
  const fault = (kind: TestFault['kind'], message: string): TestFault => ({ kind, type: verdict, message });
  if (verdict === 'regression') return fault('failure', cellOutcome(comparison, cell));
  if (verdict === 'incomparable') return fault('error', mismatchText(cell));
  if (verdict !== 'inconclusive') return null;
  const side = wantedOf === 'candidate' ? 'the candidate' : 'each side';
  const needed = unitsNeeded === null ? '' : `; ${plural(unitsNeeded, comparison.options.unit)} of ${side} needed`;
  return fault('skipped', `${cellOutcome(comparison, cell)}${needed}`);
}
