import type { ComparedCell, Comparison, Side } from '../../gate/comparison.js';
import type { GateResult } from '../../gate/decide.js';
import type { SideEvidence } from '../../gate/doubt.js';
import { factorValues } from '../../record/factor-columns.js';
import { cliffsDelta } from '../../stats/effect-size.js';
import type { LocationInterval } from '../../stats/hodges-lehmann.js';
import type { Answered } from '../table/answer-lines.js';
import { sharedCeiling } from './ceiling-notes.js';
import { isTested } from './comparison-table.js';

const COMPARISON_VERSION = 1;

/**
 * Returns the comparison and the gate's result as JSON, in base units. Unknown values are null. So are infinite ones,
 * because JSON has none: `infinite` beside them names them.
 */
export function comparisonJson(comparison: Comparison, gate: GateResult | null, { answer, next }: Answered): string {
  const { options, grid, cells, means, rankings, warnings } = comparison;
  const report = {
    comparisonVersion: COMPARISON_VERSION,
    answer,
    next,
    alpha: options.alpha,
    directions: options.directions ?? 'both',
    minEffect: options.minEffect,
    confidence: options.confidence,
    unit: options.unit,
    columnNames: grid.columnNames,
    rowNames: grid.rowNames,
    columns: grid.columns,
    gate,
    cells: cells.map(cellOf),
    means: means.map(({ measure, ratio, ...mean }) => ({
      ...mean,
      ratio: ratio.estimate,
      interval: intervalOf(ratio),
      measure: measure.key,
    })),
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
  const { row, column, measure, base, candidate, sample, evidence, floor, judgement } = cell;
  const { ratio, ...judged } = judgement;
  const { design, pairs, ...logs } = sample;
  const ceiling = sharedCeiling(cell);
  return {
    row: Object.fromEntries(row),
    column,
    measure: measure.key,
    metricUnit: measure.metric.unit,
    better: measure.metric.better,
    base: sideOf(base, cell.baseSpread, evidence.base),
    candidate: sideOf(candidate, cell.candidateSpread, evidence.candidate),
    design,
    pairs,
    logs,
    ratio: intervalOf(ratio),
    meanRatio: evidence.meanRatio,
    ...infiniteIn({ ...logs, meanRatio: evidence.meanRatio }),
    cliffsDelta: deltaOf(cell),
    ...judged,
    floor,
    ...(isTested(cell) ? {} : { pRegression: null, pImprovement: null }),
    mismatches: cell.mismatches,
    differences: cell.differences,
    ...(ceiling === null ? {} : { sharedCeiling: ceiling }),
  };
}

function sideOf(
  { name, run, arm, trials }: Side,
  spread: ComparedCell['baseSpread'],
  { sessions, stalled }: SideEvidence,
): object {
  const factors = factorValues(arm.factors);
  const side = { name, run: run.id, arm: arm.id, factors, trials: trials.length, sessions, stalled };
  if (spread === null) return { ...side, units: 0 };
  const { n, medianLow, medianHigh, ...numbers } = spread;
  // A median without an interval has −∞ and ∞, which are unknown ends rather than values.
  const named = infiniteIn(medianLow === Number.NEGATIVE_INFINITY ? numbers : { ...numbers, medianLow, medianHigh });
  return { ...side, units: n, ...numbers, medianLow, medianHigh, ...named };
}

/** Returns the names of the numbers, and lists of numbers, that are infinite, as `{infinite}`, or nothing if none is. */
function infiniteIn(numbers: object): object {
  const isInfinite = (value: unknown): boolean =>
    Array.isArray(value) ? value.some(isInfinite) : Math.abs(Number(value)) === Infinity;
  const infinite = Object.entries(numbers).flatMap(([name, value]) => (isInfinite(value) ? [name] : []));
  return infinite.length === 0 ? {} : { infinite };
}

/** Cliff's delta of the two sides, in [−1, 1]. For information only: no verdict depends on it. */
function deltaOf({ baseSpread, candidateSpread }: ComparedCell): number | null {
  if (baseSpread === null || candidateSpread === null) return null;
  return cliffsDelta(baseSpread.values, candidateSpread.values);
}

/** An end that is infinite because there are too few units has the confidence 1, and is only null. */
function intervalOf(interval: LocationInterval | null): object | null {
  if (interval === null) return null;
  const { estimate, low, high, confidence } = interval;
  const named = infiniteIn(confidence === 1 ? { estimate } : { estimate, low, high });
  return { estimate, low, high, confidence, ...named };
}
