/** The charts of a comparison. A chart is one function and one row here. */
import type { Chart, ForestRow } from '../../charts/chart.js';
import { uniqueIds } from '../../charts/unique-ids.js';
import type { ComparedCell, Comparison, Side } from '../../gate/comparison.js';
import type { Attributed } from '../../gate/grid.js';
import type { Measure } from '../../stats/measure.js';
import type { Spread } from '../../stats/spread.js';
import { cellName } from '../comparison/cell-text.js';
import { verdictText, worstFirst } from '../comparison/comparison-table.js';
import { rowsOf } from '../comparison/session-plots.js';
import { formatPercent, plural } from '../table/format.js';
import { chartsOver } from './axis-charts.js';
import { SIDE } from './facets.js';
import type { ArmLevel } from './levels.js';
import { numericAxes } from './numeric-axes.js';

const ROWS: readonly ((comparison: Comparison, measure: Measure) => readonly Chart[])[] = [forestCharts, sideCharts];

/** Returns the charts of a comparison, metric by metric. Their ids are unique. */
export function comparisonCharts(comparison: Comparison): Chart[] {
  const uniqueId = uniqueIds();
  return comparison.options.measures.flatMap((measure) =>
    ROWS.flatMap((make) => make(comparison, measure)).map((chart) => ({ ...chart, id: uniqueId(chart.id) })),
  );
}

function cellsOf({ cells }: Comparison, measure: Measure): ComparedCell[] {
  return worstFirst(cells.filter((cell) => cell.measure === measure));
}

/** The change of each cell with its interval, worst first. */
function forestCharts(comparison: Comparison, measure: Measure): Chart[] {
  const { grid, options } = comparison;
  const cells = cellsOf(comparison, measure);
  if (cells.length === 0) return [];
  const [base = '', candidate = ''] = grid.columns;
  const units = cells.map(({ judgement }) => judgement.units);
  const [least, most] = [Math.min(...units), Math.max(...units)];
  const n = least === most ? plural(most, options.unit) : `${least} to ${plural(most, options.unit)}`;
  const isPaired = cells.every(({ sample }) => sample.design === 'paired');
  const dots = isPaired
    ? `the ratio in each ${options.unit}`
    : `each ${options.unit} of the candidate over the median of the base`;
  return [
    {
      kind: 'forest',
      id: `change-of-${measure.key}`,
      title: `Change of ${measure.key}, ${measure.metric.better} is better`,
      description: `Each row is ${grid.columns.length === 2 ? `${candidate} ÷ ${base}` : `a candidate ÷ ${base}`} with its ${formatPercent(options.confidence)} interval; n = ${n}. Dots are ${dots}. Changes of less than ${formatPercent(options.minEffect)}, in the band, do not matter.`,
      label: `${measure.key}, candidate ÷ base`,
      band: { low: 1 - options.minEffect, high: 1 / (1 - options.minEffect) },
      rows: cells.map((cell) => forestRow(comparison, cell)),
    },
  ];
}

const TONES: Readonly<Record<ComparedCell['judgement']['verdict'], ForestRow['tone']>> = {
  regression: 'bad',
  incomparable: 'bad',
  inconclusive: 'plain',
  improvement: 'good',
  equivalent: 'plain',
};

function forestRow(comparison: Comparison, cell: ComparedCell): ForestRow {
  const { ratio, verdict } = cell.judgement;
  const logs = rowsOf(cell.sample, comparison.options.unit).at(-1)?.values ?? [];
  const beyond = {
    low: logs.filter((log) => log === Number.NEGATIVE_INFINITY).length,
    high: logs.filter((log) => log === Number.POSITIVE_INFINITY).length,
  };
  const isBounded = ratio !== null && ratio.confidence < 1;
  return {
    name: cellName(comparison, cell),
    estimate: ratio !== null && isOnAxis(ratio.estimate) ? ratio.estimate : null,
    ...(isBounded && isOnAxis(ratio.low) && { low: ratio.low }),
    ...(isBounded && isOnAxis(ratio.high) && { high: ratio.high }),
    dots: logs.map(Math.exp).filter(isOnAxis),
    ...(beyond.low + beyond.high > 0 && { beyond }),
    tone: TONES[verdict],
    note: noteOf(cell, beyond),
    arm: cell.candidate.arm.id,
  };
}

function isOnAxis(ratio: number): boolean {
  return ratio > 0 && Number.isFinite(ratio);
}

function noteOf(cell: ComparedCell, { low, high }: NonNullable<ForestRow['beyond']>): string {
  const [failing, other] = cell.measure.metric.better === 'higher' ? [low, high] : [high, low];
  const empty = [
    ...(failing > 0 ? [`the candidate measured nothing in ${failing}`] : []),
    ...(other > 0 ? [`the base measured nothing in ${other}`] : []),
  ];
  const why = cell.mismatches.length > 0 ? `incomparable: ${differing(cell)}` : verdictText(cell);
  return [why, ...empty].join('; ');
}

/** Beside a row, there is room for a few mismatches. The notes of the page have all of them, and the remedy. */
const NAMED_MISMATCHES = 2;

function differing({ mismatches }: ComparedCell): string {
  const named = mismatches.slice(0, NAMED_MISMATCHES);
  const texts = named.map(({ what, base, candidate }) => `${what} changed from ${base} to ${candidate}`);
  const more = mismatches.length - named.length;
  return [...texts, ...(more > 0 ? [`${more} more`] : [])].join('; ');
}

interface LeveledSide extends Attributed {
  readonly level: ArmLevel;
  readonly arm: string;
}

/** The levels of both sides over each number that varies among the rows. */
function sideCharts(comparison: Comparison, measure: Measure): Chart[] {
  const { grid, options } = comparison;
  const { metric, key } = measure;
  const sides = new Map<Side, LeveledSide>();
  for (const cell of comparison.cells.filter((one) => one.measure === measure)) {
    const add = (side: Side, column: string, spread: Spread | null) => {
      const attributes = new Map([...cell.row, [SIDE, column]]);
      if (!sides.has(side)) sides.set(side, { attributes, arm: side.arm.id, level: levelIn(spread, options.unit) });
    };
    add(cell.base, grid.columns[0] as string, cell.baseSpread);
    add(cell.candidate, cell.column, cell.candidateSpread);
  }
  const items = [...sides.values()];
  return numericAxes(items, [...grid.rowNames, SIDE]).flatMap((axis) =>
    chartsOver(
      items,
      axis,
      { id: key, label: key, unit: metric.unit, what: `Points are medians of the ${options.unit}s` },
      () => [],
    ),
  );
}

/** Returns the level as the table of the comparison shows it. */
function levelIn(spread: Spread | null, unit: Comparison['options']['unit']): ArmLevel {
  const name = unit === 'session' ? 'session' : 'trial';
  if (spread === null) return { value: null, dots: [], unit: name, n: 0, label: 'not measured' };
  const { median, medianLow, medianHigh, values, n } = spread;
  const dots = values.filter(Number.isFinite);
  const empty = n - dots.length;
  return {
    value: Number.isFinite(median) ? median : null,
    ...(Number.isFinite(medianLow) && { low: medianLow }),
    ...(Number.isFinite(medianHigh) && { high: medianHigh }),
    dots,
    unit: name,
    n,
    ...(empty > 0 && { label: `${empty} of ${plural(n, name)} measured nothing` }),
  };
}
