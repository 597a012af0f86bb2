/** The table of a comparison: one row per cell. */
import { unreachable } from '../../base/assert.js';
import type { ComparedCell, Comparison, ComparisonOptions } from '../../gate/comparison.js';
import type { Doubt } from '../../gate/doubt.js';
import type { Verdict } from '../../gate/verdict.js';
import { ascending } from '../../stats/extended.js';
import type { LocationInterval } from '../../stats/hodges-lehmann.js';
import type { Measure } from '../../stats/measure.js';
import type { Spread } from '../../stats/spread.js';
import { ABSENT, formatPercent, formatRange, formatValue, plural } from '../table/format.js';
import type { ShownColumn, Tone } from '../table/shown-column.js';

/** Shown instead of an unbounded interval. */
const UNBOUNDED = 'n too small';

/** Longer column names appear only in the heading: a run's name three times is as wide as a terminal. */
const LONGEST_HEAD = 16;

/** Worst first, because a reader looks for what broke. */
const VERDICT_ORDER: readonly Verdict[] = ['regression', 'incomparable', 'inconclusive', 'improvement', 'equivalent'];

/** Whether the cell belongs to the family of cells that are tested together. */
export function isTested({ judgement: { verdict, units } }: ComparedCell): boolean {
  return verdict !== 'incomparable' && units > 0;
}

/** Whether the verdict includes the difference that the sessions could have detected. */
export function canTell({ judgement: { verdict, doubt, detectable } }: ComparedCell): boolean {
  return verdict === 'inconclusive' && doubt === null && detectable !== null;
}

/** Returns the cells sorted by verdict, worst first, and within a verdict by change, worst first. */
export function worstFirst(cells: readonly ComparedCell[]): ComparedCell[] {
  const weight = ({ judgement }: ComparedCell) => VERDICT_ORDER.indexOf(judgement.verdict);
  return [...cells].sort((a, b) => weight(a) - weight(b) || ascending(goodnessOf(a), goodnessOf(b)));
}

/** ln of the ratio, with the sign chosen so that higher is better; 0 without a ratio. */
function goodnessOf({ judgement, measure }: ComparedCell): number {
  const log = Math.log(judgement.ratio?.estimate ?? 1);
  return measure.metric.better === 'higher' ? log : -log;
}

/** Returns the columns for the cells of one metric. */
export function comparedColumns({ grid, options }: Comparison, measure: Measure): ShownColumn<ComparedCell>[] {
  const base = headOf(grid.columns[0] as string, 'base');
  const only = grid.columns.length === 2 ? headOf(grid.columns[1] as string, 'candidate') : null;
  const candidate = only ?? measure.key;
  return [
    ...grid.rowNames.map((name) => named(name, ({ row }) => row.get(name) || ABSENT)),
    ...(only === null ? [named(grid.columnNames.join(' '), ({ column }) => column)] : []),
    { head: base, align: 'right', dropOrder: 2, text: ({ baseSpread }) => medianText(baseSpread, measure) },
    {
      head: `${base} 95 %`,
      align: 'right',
      dropOrder: 7,
      text: ({ baseSpread }) => medianInterval(baseSpread, measure),
    },
    {
      head: candidate,
      align: 'right',
      dropOrder: 1,
      text: ({ candidateSpread }) => medianText(candidateSpread, measure),
    },
    {
      head: `${candidate} 95 %`,
      align: 'right',
      dropOrder: 6,
      text: ({ candidateSpread }) => medianInterval(candidateSpread, measure),
    },
    { head: 'change', align: 'right', dropOrder: 0, text: changeText, tone: verdictTone },
    { head: `${formatPercent(options.confidence)} interval`, align: 'right', dropOrder: 3, text: intervalText },
    { head: 'p', align: 'right', dropOrder: 4, text: (cell) => pText(cell, options) },
    { head: 'n', align: 'right', dropOrder: 5, text: ({ judgement }) => String(judgement.units) },
    { head: 'verdict', align: 'left', dropOrder: 0, text: verdictText, tone: verdictTone },
  ];
}

function headOf(name: string, instead: string): string {
  return [...name].length > LONGEST_HEAD ? instead : name;
}

/** A column that identifies the cell. */
function named(head: string, text: (cell: ComparedCell) => string): ShownColumn<ComparedCell> {
  return { head, align: 'left', dropOrder: 0, text: (cell) => text(cell) };
}

function medianText(spread: Spread | null, { metric }: Measure): string {
  return formatValue(spread?.median, metric.unit);
}

function medianInterval(spread: Spread | null, { metric }: Measure): string {
  if (spread === null) return ABSENT;
  if (spread.medianLow === Number.NEGATIVE_INFINITY) return UNBOUNDED;
  return formatRange(spread.medianLow, spread.medianHigh, metric.unit);
}

/** Formats a ratio as a change: `−5.2 %`, or `2.31×` from a factor of two, where per cent would mislead. */
export function formatChange(ratio: number): string {
  if (Number.isNaN(ratio)) return ABSENT;
  if (ratio === Infinity) return '∞';
  if (ratio === 0) return '0×';
  if (ratio >= 2 || ratio <= 0.5) return `${ratio.toPrecision(3)}×`;
  const percent = (ratio - 1) * 100;
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`;
}

export function changeText({ judgement: { ratio } }: ComparedCell): string {
  return ratio === null ? ABSENT : formatChange(ratio.estimate);
}

/** Formats the interval of the change, or says that n is too small for one. */
export function intervalText({ judgement: { ratio } }: ComparedCell): string {
  return ratio === null ? ABSENT : formatInterval(ratio);
}

/** Formats the ends of an interval of a ratio as changes. */
export function formatInterval({ low, high, confidence }: LocationInterval): string {
  return confidence === 1 ? UNBOUNDED : `${formatChange(low)} … ${formatChange(high)}`;
}

/**
 * Formats the p that the verdict used, adjusted for all cells: of a regression or an improvement, whichever is smaller, or
 * of a regression alone if only regressions were asked for and the verdict is not an improvement.
 */
export function pText(cell: ComparedCell, { directions }: ComparisonOptions): string {
  if (!isTested(cell)) return ABSENT;
  const { verdict, pRegression, pImprovement } = cell.judgement;
  const isAsked = directions !== 'regressions' || verdict === 'improvement';
  const p = isAsked ? Math.min(pRegression, pImprovement) : pRegression;
  if (p < 0.0001) return '<0.0001';
  return p.toFixed(p < 0.01 ? 4 : p < 0.1 ? 3 : 2);
}

/** Formats the verdict. An inconclusive one includes the reason. */
export function verdictText({ judgement }: ComparedCell): string {
  const { verdict, doubt, units, unitsNeeded, wantedOf, detectable } = judgement;
  if (verdict !== 'inconclusive') return verdict;
  if (doubt !== null) return `${verdict} (${doubtText(doubt)})`;
  if (units === 0) return `${verdict} (not measured)`;
  if (unitsNeeded !== null) {
    return `${verdict} (needs n = ${unitsNeeded}${wantedOf === 'candidate' ? ' in the candidate' : ''})`;
  }
  return detectable === null ? verdict : `${verdict} (could see ${(detectable * 100).toFixed(1)} %)`;
}

/** Formats a doubt: `7 of 40 sessions stalled`. */
export function doubtText(doubt: Doubt): string {
  switch (doubt.kind) {
    case 'noise-floor':
      return `below this target's noise floor of ${(doubt.floor * 100).toFixed(1)} %`;
    case 'stalled':
      return `${doubt.sessions} of ${plural(doubt.of, 'session')} stalled`;
    case 'unvalued':
      return `${doubt.sessions} of ${plural(doubt.of, 'session')} ${doubt.sessions === 1 ? 'has' : 'have'} no value`;
    case 'dead':
      return 'nothing was measured on either side';
    default:
      return unreachable(doubt);
  }
}

function verdictTone({ judgement: { verdict, doubt } }: ComparedCell): Tone {
  if (verdict === 'improvement') return 'good';
  if (doubt !== null) return 'bad';
  return verdict === 'regression' || verdict === 'incomparable' ? 'bad' : 'plain';
}
