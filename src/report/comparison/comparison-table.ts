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
import { levelsMisleadIn, pairsText } from './pairs-text.js';

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
export function comparedColumns(comparison: Comparison, measure: Measure): ShownColumn<ComparedCell>[] {
  const { grid, options, cells } = comparison;
  const shown = cells.filter((cell) => cell.measure === measure);
  const base = headOf(grid.columns[0] as string, 'base');
  const candidate = grid.columns.length === 2 ? headOf(grid.columns[1] as string, 'candidate') : 'candidate';
  const form = changeForm(shown.map(({ judgement }) => judgement.ratio?.estimate));
  const implied = options.rows === undefined ? impliedNames(shown, grid.rowNames) : [];
  const level = (head: string, text: (cell: ComparedCell) => string): ShownColumn<ComparedCell> => {
    return { head, align: 'right', dropOrder: LEVELS, text };
  };
  const interval = (head: string, text: (cell: ComparedCell) => string): ShownColumn<ComparedCell> => {
    return { head: `${head} 95 %`, align: 'right', dropOrder: 6, text };
  };
  return [
    ...grid.rowNames.map((name) => {
      const place = implied.indexOf(name);
      const column = named(name, ({ row }) => row.get(name) || ABSENT);
      return place < 0 ? column : { ...column, dropOrder: FIRST_IMPLIED + place };
    }),
    ...(grid.columns.length === 2 ? [] : [named(grid.columnNames.join(' '), ({ column }) => column)]),
    level(base === 'base' ? base : `${base} (base)`, ({ baseSpread }) => medianText(baseSpread, measure)),
    interval(base, ({ baseSpread }) => medianInterval(baseSpread, measure)),
    level(candidate, ({ candidateSpread }) => medianText(candidateSpread, measure)),
    interval(candidate, ({ candidateSpread }) => medianInterval(candidateSpread, measure)),
    { head: 'change', align: 'right', dropOrder: 0, text: (cell) => changeText(cell, form), tone: verdictTone },
    ...(shown.some((cell) => levelsMisleadIn(cell, options)) ? [level('pairs', pairsText)] : []),
    {
      head: `${formatPercent(options.confidence)} interval`,
      align: 'right',
      dropOrder: 2,
      text: (cell) => intervalText(cell, form),
    },
    { head: 'p', align: 'right', dropOrder: 5, text: (cell) => pText(cell, options) },
    { head: 'n', align: 'right', dropOrder: 4, text: ({ judgement }) => String(judgement.units) },
    { head: 'verdict', align: 'left', dropOrder: 0, text: ({ judgement }) => judgement.verdict, tone: verdictTone },
    ...reasonColumn(shown),
  ];
}

/** A doubt is always shown: without it the verdict would puzzle. */
function reasonColumn(cells: readonly ComparedCell[]): ShownColumn<ComparedCell>[] {
  if (cells.every((cell) => reasonText(cell) === '')) return [];
  const dropOrder = cells.some(({ judgement }) => judgement.doubt !== null) ? 0 : 3;
  return [{ head: 'reason', align: 'left', dropOrder, text: reasonText }];
}

/** The levels are shown together, and `pairs` with them: it says why the levels do not show the change. */
const LEVELS = 1;
const FIRST_IMPLIED = 7;

/** Returns the names whose values follow from those of the others, such as the `rw` of each `job`. */
function impliedNames(cells: readonly ComparedCell[], names: readonly string[]): string[] {
  const telling: string[] = [];
  const jobFirst = names.toSorted((a, b) => Number(b === 'job') - Number(a === 'job'));
  return jobFirst.filter((name) => {
    const known = new Map<string, string | undefined>();
    const follows =
      telling.length > 0 &&
      cells.every(({ row }) => {
        const key = JSON.stringify(telling.map((other) => row.get(other)));
        if (!known.has(key)) known.set(key, row.get(name));
        return known.get(key) === row.get(name);
      });
    if (!follows) telling.push(name);
    return follows;
  });
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

/** How changes are written: `−5.2 %`, or `2.31×`. */
export type ChangeForm = 'percent' | 'factor';

/** Returns the form for all changes of a column: factors if one of them is a factor of two, where per cent misleads. */
export function changeForm(ratios: Iterable<number | null | undefined>): ChangeForm {
  for (const ratio of ratios) if (ratio && Number.isFinite(ratio) && (ratio >= 2 || ratio <= 0.5)) return 'factor';
  return 'percent';
}

/** Formats a ratio as a change in this form. Default: the form that suits this ratio alone. */
export function formatChange(ratio: number, form: ChangeForm = changeForm([ratio])): string {
  if (Number.isNaN(ratio)) return ABSENT;
  if (ratio === Infinity) return '∞';
  if (form === 'factor') return `${ratio > 0.5 && ratio < 2 ? ratio.toFixed(3) : ratio.toPrecision(3)}×`;
  const percent = ((ratio - 1) * 100).toFixed(1);
  return `${percent.startsWith('-') ? '−' : '+'}${percent.replace('-', '')} %`;
}

export function changeText({ judgement: { ratio } }: ComparedCell, form?: ChangeForm): string {
  return ratio === null ? ABSENT : formatChange(ratio.estimate, form);
}

/** Formats the interval of the change, or says that n is too small for one. */
export function intervalText({ judgement: { ratio } }: ComparedCell, form?: ChangeForm): string {
  return ratio === null ? ABSENT : formatInterval(ratio, form);
}

/** Formats the ends of an interval of a ratio as changes. Default: in the form of its estimate. */
export function formatInterval(
  { estimate, low, high, confidence }: LocationInterval,
  form: ChangeForm = changeForm([estimate]),
): string {
  return confidence === 1 ? UNBOUNDED : `${formatChange(low, form)} … ${formatChange(high, form)}`;
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
export function verdictText(cell: ComparedCell): string {
  const reason = reasonText(cell);
  return `${cell.judgement.verdict}${reason === '' ? '' : ` (${reason})`}`;
}

/** Why a cell is inconclusive; empty for other verdicts, and if there is nothing to say. */
function reasonText({ judgement }: ComparedCell): string {
  const { verdict, doubt, units, unitsNeeded, wantedOf, detectable } = judgement;
  if (verdict !== 'inconclusive') return '';
  if (doubt !== null) return doubtText(doubt);
  if (units === 0) return 'not measured';
  if (unitsNeeded !== null) return `needs n = ${unitsNeeded}${wantedOf === 'candidate' ? ' in the candidate' : ''}`;
  return detectable === null ? '' : `could see ${(detectable * 100).toFixed(1)} %`;
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
