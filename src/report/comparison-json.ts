import type { ComparedCell, Comparison, Side } from '../gate/comparison.js';
import type { GateResult } from '../gate/gate.js';
import type { LocationInterval } from '../stats/hodges-lehmann.js';

const COMPARISON_VERSION = 1;

/** The comparison with every number, and what a gate made of it. Base units; null where a bound is infinite or nothing is known. */
export function comparisonJson(comparison: Comparison, gate: GateResult | null): string {
  const { options, grid, cells, means, rankings } = comparison;
  const report = {
    comparisonVersion: COMPARISON_VERSION,
    alpha: options.alpha,
    minEffect: options.minEffect,
    confidence: options.confidence,
    unit: options.unit,
    columnNames: grid.columnNames,
    rowNames: grid.rowNames,
    columns: grid.columns,
    gate: gate && {
      outcome: gate.outcome,
      sessionsNeeded: gate.sessionsNeeded,
      failedThresholds: gate.failedThresholds,
    },
    cells: cells.map(cellOf),
    means: means.map(({ measure, ...mean }) => ({ ...mean, measure: measure.key })),
    rankings: rankings.map(({ row, measure, entries }) => ({
      row: Object.fromEntries(row),
      measure: measure.key,
      entries: entries.map(({ toBest, ...entry }) => ({ ...entry, toBest: intervalOf(toBest) })),
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function cellOf(cell: ComparedCell): object {
  const { row, column, measure, base, candidate, sample, floor, judgement, mismatches, differences } = cell;
  const { ratio, ...judged } = judgement;
  return {
    row: Object.fromEntries(row),
    column,
    measure: measure.key,
    metricUnit: measure.metric.unit,
    better: measure.metric.better,
    base: sideOf(base, cell.baseSpread),
    candidate: sideOf(candidate, cell.candidateSpread),
    design: sample.design,
    pairs: sample.pairs,
    ratio: intervalOf(ratio),
    ...judged,
    floor,
    mismatches,
    differences,
  };
}

function sideOf({ name, run, arm }: Side, spread: ComparedCell['baseSpread']): object {
  if (spread === null) return { name, run: run.id, arm: arm.id, trials: 0 };
  const { n, median, medianLow, medianHigh, min, max, mad, values } = spread;
  return { name, run: run.id, arm: arm.id, trials: n, median, medianLow, medianHigh, min, max, mad, values };
}

/** JSON.stringify writes an infinite bound as null by itself. */
function intervalOf(interval: LocationInterval | null): object | null {
  return (
    interval && { estimate: interval.estimate, low: interval.low, high: interval.high, confidence: interval.confidence }
  );
}
