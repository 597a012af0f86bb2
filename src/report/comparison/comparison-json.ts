import type { ComparedCell, Comparison, Side } from '../../gate/comparison.js';
import type { GateResult } from '../../gate/decide.js';
import { cliffsDelta } from '../../stats/effect-size.js';
import type { LocationInterval } from '../../stats/hodges-lehmann.js';
import { isTested } from './comparison-table.js';

const COMPARISON_VERSION = 1;

/** Returns the comparison and the gate's result as JSON, in base units. Infinite bounds and unknown values are null. */
export function comparisonJson(comparison: Comparison, gate: GateResult | null): string {
  const { options, grid, cells, means, rankings, warnings } = comparison;
  const report = {
    comparisonVersion: COMPARISON_VERSION,
    alpha: options.alpha,
    minEffect: options.minEffect,
    confidence: options.confidence,
    unit: options.unit,
    columnNames: grid.columnNames,
    rowNames: grid.rowNames,
    columns: grid.columns,
    gate,
    cells: cells.map(cellOf),
    means: means.map(({ measure, ...mean }) => ({ ...mean, measure: measure.key })),
    rankings: rankings.map(({ row, measure, entries }) => ({
      row: Object.fromEntries(row),
      measure: measure.key,
      entries: entries.map(({ toBest, ...entry }) => ({ ...entry, toBest: intervalOf(toBest) })),
    })),
    warnings,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function cellOf(cell: ComparedCell): object {
  const { row, column, measure, base, candidate, sample, floor, judgement, mismatches, differences } = cell;
  const { ratio, ...judged } = judgement;
  const { design, pairs, ...logs } = sample;
  return {
    row: Object.fromEntries(row),
    column,
    measure: measure.key,
    metricUnit: measure.metric.unit,
    better: measure.metric.better,
    base: sideOf(base, cell.baseSpread),
    candidate: sideOf(candidate, cell.candidateSpread),
    design,
    pairs,
    logs,
    ratio: intervalOf(ratio),
    cliffsDelta: deltaOf(cell),
    ...judged,
    floor,
    ...(isTested(cell) ? {} : { pRegression: null, pImprovement: null }),
    mismatches,
    differences,
  };
}

function sideOf({ name, run, arm, trials }: Side, spread: ComparedCell['baseSpread']): object {
  const side = { name, run: run.id, arm: arm.id, trials: trials.length };
  if (spread === null) return { ...side, units: 0 };
  const { n, ...numbers } = spread;
  return { ...side, units: n, ...numbers };
}

/** Cliff's delta of the two sides, in [−1, 1]. For information only: no verdict depends on it. */
function deltaOf({ baseSpread, candidateSpread }: ComparedCell): number | null {
  if (baseSpread === null || candidateSpread === null) return null;
  return cliffsDelta(baseSpread.values, candidateSpread.values);
}

/** Infinite bounds need no treatment here: JSON.stringify writes them as null. */
function intervalOf(interval: LocationInterval | null): object | null {
  return (
    interval && { estimate: interval.estimate, low: interval.low, high: interval.high, confidence: interval.confidence }
  );
}
