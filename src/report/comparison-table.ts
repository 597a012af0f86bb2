/** The cells of a comparison as rows of a table for people. */
import type { ComparedCell, Comparison } from '../gate/comparison.js';
import type { Verdict } from '../gate/verdict.js';
import type { Measure } from '../stats/measure.js';
import type { Spread } from '../stats/spread.js';
import type { ShownColumn, Tone } from './arm-table.js';
import { ABSENT, formatValue, oneLine } from './format.js';

/** Worst first: a person looks for what broke. */
const VERDICT_ORDER: readonly Verdict[] = ['regression', 'incomparable', 'inconclusive', 'improvement', 'equivalent'];

/** The cells, the worst verdicts first, within a verdict the greatest change for the worse first. */
export function worstFirst(cells: readonly ComparedCell[]): ComparedCell[] {
  const rank = ({ judgement }: ComparedCell) => VERDICT_ORDER.indexOf(judgement.verdict);
  return [...cells].sort((a, b) => rank(a) - rank(b) || goodnessOf(a) - goodnessOf(b));
}

/** ln of the ratio, counted so that more is better; 0 without a ratio. */
function goodnessOf({ judgement, measure }: ComparedCell): number {
  const log = Math.log(judgement.ratio?.estimate ?? 1);
  return measure.metric.better === 'higher' ? log : -log;
}

/** The columns for the cells of one measure. */
export function comparedColumns({ grid }: Comparison, measure: Measure): ShownColumn<ComparedCell>[] {
  const { unit } = measure.metric;
  const [base = '', ...others] = grid.columns;
  const first = others.length === 1 ? (others[0] as string) : grid.columnNames.join(' ');
  return [
    ...grid.rowNames.map(
      (name): ShownColumn<ComparedCell> => ({
        head: name,
        align: 'left',
        rank: 0,
        text: ({ row }) => oneLine(row.get(name) || ABSENT),
      }),
    ),
    ...(others.length === 1
      ? []
      : [{ head: first, align: 'left' as const, rank: 0, text: ({ column }: ComparedCell) => oneLine(column) }]),
    { head: oneLine(base), align: 'right', rank: 2, text: ({ baseSpread }) => medianText(baseSpread, unit) },
    {
      head: others.length === 1 ? oneLine(first) : measure.key,
      align: 'right',
      rank: 1,
      text: ({ candidateSpread }) => medianText(candidateSpread, unit),
    },
    { head: 'change', align: 'right', rank: 0, text: changeText, tone: verdictTone },
    { head: '95 % interval', align: 'right', rank: 3, text: intervalText },
    { head: 'p', align: 'right', rank: 4, text: pText },
    { head: 'n', align: 'right', rank: 5, text: ({ judgement }) => String(judgement.units) },
    { head: 'verdict', align: 'left', rank: 0, text: verdictText, tone: verdictTone },
  ];
}

function medianText(spread: Spread | null, unit: Measure['metric']['unit']): string {
  return formatValue(spread?.median, unit);
}

/** A ratio as a change: `−5.2 %`; `2.31×` where per cent would mislead. */
export function formatChange(ratio: number): string {
  if (!Number.isFinite(ratio)) return '∞';
  if (ratio === 0) return '0×';
  if (ratio >= 2 || ratio <= 0.5) return `${ratio.toPrecision(3)}×`;
  const percent = (ratio - 1) * 100;
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`;
}

function changeText({ judgement: { ratio } }: ComparedCell): string {
  return ratio === null ? ABSENT : formatChange(ratio.estimate);
}

/** With too few sessions the interval is everything, and says so. */
function intervalText({ judgement: { ratio } }: ComparedCell): string {
  if (ratio === null) return ABSENT;
  if (ratio.low === 0 && ratio.high === Infinity) return 'unknown';
  return `${formatChange(ratio.low)} … ${formatChange(ratio.high)}`;
}

/** The adjusted p of the direction that the verdict is about: of two one-sided ones the smaller. */
function pText({ judgement }: ComparedCell): string {
  const p = Math.min(judgement.pRegression, judgement.pImprovement);
  return p < 0.0001 ? '<0.0001' : p.toFixed(p < 0.01 ? 4 : 2);
}

function verdictText({ judgement }: ComparedCell): string {
  const { verdict, detectable } = judgement;
  if (verdict !== 'inconclusive' || detectable === null) return verdict;
  return `${verdict} (could see ${(detectable * 100).toFixed(1)} %)`;
}

function verdictTone({ judgement: { verdict } }: ComparedCell): Tone {
  if (verdict === 'improvement') return 'good';
  return verdict === 'regression' || verdict === 'incomparable' ? 'bad' : 'plain';
}
