/** The cells of a comparison as rows of a table for people. */
import type { ComparedCell, Comparison } from '../../gate/comparison.js';
import type { Verdict } from '../../gate/verdict.js';
import type { Measure } from '../../stats/measure.js';
import type { Spread } from '../../stats/spread.js';
import { ABSENT, formatPercent, formatRange, formatValue, oneLine } from '../table/format.js';
import type { ShownColumn, Tone } from '../table/shown-column.js';

/** Instead of an interval that is everything. */
const UNBOUNDED = 'n too small';

/** Longer names of columns stand in the heading alone, not in the heads: three times a run's name is a terminal's width. */
const LONGEST_HEAD = 16;

/** Worst first: a person looks for what broke. */
const VERDICT_ORDER: readonly Verdict[] = ['regression', 'incomparable', 'inconclusive', 'improvement', 'equivalent'];

/** Is the cell one of the family that is tested together? */
export function isTested({ judgement: { verdict, units } }: ComparedCell): boolean {
  return verdict !== 'incomparable' && units > 0;
}

/** Does the verdict say which difference could have been seen? */
export function canTell({ judgement: { verdict, detectable } }: ComparedCell): boolean {
  return verdict === 'inconclusive' && detectable !== null;
}

/** The cells, the worst verdicts first, within a verdict the greatest change for the worse first. */
export function worstFirst(cells: readonly ComparedCell[]): ComparedCell[] {
  const weight = ({ judgement }: ComparedCell) => VERDICT_ORDER.indexOf(judgement.verdict);
  return [...cells].sort((a, b) => weight(a) - weight(b) || goodnessOf(a) - goodnessOf(b));
}

/** ln of the ratio, counted so that more is better; 0 without a ratio. */
function goodnessOf({ judgement, measure }: ComparedCell): number {
  const log = Math.log(judgement.ratio?.estimate ?? 1);
  return measure.metric.better === 'higher' ? log : -log;
}

/** The columns for the cells of one measure. */
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
    { head: 'p', align: 'right', dropOrder: 4, text: pText },
    { head: 'n', align: 'right', dropOrder: 5, text: ({ judgement }) => String(judgement.units) },
    { head: 'verdict', align: 'left', dropOrder: 0, text: verdictText, tone: verdictTone },
  ];
}

function headOf(name: string, instead: string): string {
  return [...name].length > LONGEST_HEAD ? instead : oneLine(name);
}

/** A column that says which cell it is. */
function named(head: string, text: (cell: ComparedCell) => string): ShownColumn<ComparedCell> {
  return { head, align: 'left', dropOrder: 0, text: (cell) => oneLine(text(cell)) };
}

function medianText(spread: Spread | null, { metric }: Measure): string {
  return formatValue(spread?.median, metric.unit);
}

function medianInterval(spread: Spread | null, { metric }: Measure): string {
  if (spread === null) return ABSENT;
  return Number.isFinite(spread.medianLow) ? formatRange(spread.medianLow, spread.medianHigh, metric.unit) : UNBOUNDED;
}

/** A ratio as a change: `−5.2 %`; `2.31×` where per cent would mislead. */
export function formatChange(ratio: number): string {
  if (!Number.isFinite(ratio)) return '∞';
  if (ratio === 0) return '0×';
  if (ratio >= 2 || ratio <= 0.5) return `${ratio.toPrecision(3)}×`;
  const percent = (ratio - 1) * 100;
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`;
}

export function changeText({ judgement: { ratio } }: ComparedCell): string {
  return ratio === null ? ABSENT : formatChange(ratio.estimate);
}

/** With too few sessions the interval is everything, and says so. */
export function intervalText({ judgement: { ratio } }: ComparedCell): string {
  if (ratio === null) return ABSENT;
  if (ratio.low === 0 && ratio.high === Infinity) return UNBOUNDED;
  return `${formatChange(ratio.low)} … ${formatChange(ratio.high)}`;
}

/** The adjusted p of the direction that the verdict is about: of two one-sided ones the smaller. */
export function pText(cell: ComparedCell): string {
  if (!isTested(cell)) return ABSENT;
  const p = Math.min(cell.judgement.pRegression, cell.judgement.pImprovement);
  if (p < 0.0001) return '<0.0001';
  return p.toFixed(p < 0.01 ? 4 : p < 0.1 ? 3 : 2);
}

/** An inconclusive one says what stood in the way. */
export function verdictText({ judgement: { verdict, units, unitsNeeded, detectable } }: ComparedCell): string {
  if (verdict !== 'inconclusive') return verdict;
  if (units === 0) return `${verdict} (not measured)`;
  if (unitsNeeded !== null) return `${verdict} (takes n = ${unitsNeeded})`;
  return detectable === null ? verdict : `${verdict} (could see ${(detectable * 100).toFixed(1)} %)`;
}

function verdictTone({ judgement: { verdict } }: ComparedCell): Tone {
  if (verdict === 'improvement') return 'good';
  return verdict === 'regression' || verdict === 'incomparable' ? 'bad' : 'plain';
}
