/** The answer of a comparison. A difference is called one only where the verdict says so, with the table's own numbers. */
import type { Comparison } from '../../gate/comparison.js';
import type { Ranking } from '../../gate/ranking.js';
import type { LocationInterval } from '../../stats/hodges-lehmann.js';
import { changeText, formatChange, formatInterval, intervalText } from '../comparison/comparison-table.js';
import { formatPercent, formatValue, plural } from '../table/format.js';
import { answerOf, listed } from './answer.js';
import { comparisonCaveat } from './comparison-caveats.js';
import { comparisonFindings, type MeasureFindings, type NamedCell } from './comparison-findings.js';
import { restText } from './comparison-rest.js';

/** Differences that are told one by one. */
const TOLD_MAX = 2;
/** Metrics whose differences are told. The table has all. */
const MEASURES_MAX = 2;

/** Returns the answer of a comparison, a few sentences. */
export function comparisonAnswer(
  comparison: Comparison,
  findings: readonly MeasureFindings[] = comparisonFindings(comparison),
): string {
  if (comparison.cells.length === 0) return answerOf(['nothing could be compared: no row has both sides']);
  const told = findings.slice(0, MEASURES_MAX);
  const others = findings.slice(MEASURES_MAX);
  const differ = others.filter(({ regressions, improvements }) => regressions.length + improvements.length > 0);
  return answerOf([
    ...told.flatMap((found) => [differenceText(comparison, found), restText(comparison, found)]),
    ...(others.length === 0
      ? []
      : [
          `${differ.length} of ${plural(others.length, 'other metric')} ${differ.length === 1 ? 'shows' : 'show'} a difference`,
        ]),
    comparisonCaveat(comparison),
  ]);
}

/** The differences that are shown, or that there is none. */
function differenceText(comparison: Comparison, found: MeasureFindings): string {
  const { regressions, improvements, all, unitsNeeded, measure } = found;
  if (comparison.grid.columns.length > 2) return rankingText(comparison, found);
  const differ = [...regressions, ...improvements];
  const [first] = all;
  if (first === undefined) return `nothing was compared in ${measure.key}`;
  if (differ.length === 0 && all.every(({ cell }) => cell.judgement.verdict === 'equivalent')) return '';
  if (differ.length > TOLD_MAX) return countedText(found);
  if (differ.length > 0) return differ.map((one) => changeClause(one, comparison)).join('; ');
  if (unitsNeeded !== null || found.incomparable.length === all.length) return '';
  return `no difference between ${first.base} and ${first.candidate} is shown in ${measure.key}`;
}

/** `compared with a, b is worse in 3 of 12 rows, most for LOAD (−14.8 %, …) and better in 2 of 12 rows, …`. */
function countedText({ regressions, improvements, all, measure }: MeasureFindings): string {
  const side = (word: string, cells: readonly NamedCell[]) => {
    const [most] = cells;
    if (most === undefined) return [];
    return [`${word} in ${cells.length} of ${all.length} rows, most for ${most.load} (${changeAndInterval(most)})`];
  };
  const [first] = all;
  const parts = [...side('worse', regressions), ...side('better', improvements)];
  return `compared with ${first?.base}, ${first?.candidate} is ${parts.join(' and ')}, in ${measure.key}`;
}

/** `for random 4 KiB reads, b is 14.8 % slower than a (95 % interval −16.0 % … −12.1 %)`. */
export function changeClause(named: NamedCell, { options }: Pick<Comparison, 'options'>): string {
  const { cell, load, form } = named;
  const { ratio } = cell.judgement;
  if (ratio === null) return `for ${load}, nothing was measured on both sides`;
  const interval = `${formatPercent(options.confidence)} interval ${formatInterval(ratio, form)}`;
  return `for ${load}, ${relation(named, ratio)} (${interval})`;
}

/** The change as the table shows it, without its sign, which becomes a word. */
function relation({ cell: { measure }, form, base, candidate }: NamedCell, ratio: LocationInterval): string {
  const change = formatChange(ratio.estimate, form);
  const isRate = measure.statistic === null && measure.metric.better === 'higher';
  if (!change.endsWith('%')) {
    return isRate
      ? `${candidate} is ${change} as fast as ${base}`
      : `${measure.key} of ${candidate} is ${change} that of ${base}`;
  }
  const size = change.replace(/^[+−]/, '');
  const isLess = ratio.estimate < 1;
  if (isRate) return `${candidate} is ${size} ${isLess ? 'slower' : 'faster'} than ${base}`;
  return `${measure.key} of ${candidate} is ${size} ${isLess ? 'lower' : 'higher'} than that of ${base}`;
}

function changeAndInterval({ cell, form }: NamedCell): string {
  return `${changeText(cell, form)}, interval ${intervalText(cell, form)}`;
}

/** The best of several columns. Rankings are a family of tests of their own. */
function rankingText({ rankings, grid }: Comparison, { measure, all }: MeasureFindings): string {
  const own = rankings.filter((ranking) => ranking.measure === measure && ranking.entries.length > 1);
  const [first, second] = own;
  if (first === undefined) return '';
  if (own.some(({ unitsNeeded }) => unitsNeeded !== null)) {
    const needed = Math.max(...own.map(({ unitsNeeded }) => unitsNeeded ?? 0));
    return `too few sessions to rank ${grid.columns.length} columns: ${needed} are needed`;
  }
  const loadOf = ({ row }: Ranking) => all.find(({ cell }) => cell.row === row)?.load ?? measure.key;
  if (second === undefined) return bestText(first, loadOf(first));
  const counts = new Map<string, number>();
  for (const { entries } of own) {
    for (const entry of entries.filter(({ tied }, place) => tied || place === 0))
      counts.set(entry.column, (counts.get(entry.column) ?? 0) + 1);
  }
  const [[column, count] = ['', 0]] = [...counts].sort((a, b) => b[1] - a[1]);
  const where = count === own.length ? `all ${own.length} rows` : `${count} of ${own.length} rows`;
  return `the best in ${where}, or not clearly worse than the best, is ${column} (${measure.key})`;
}

function bestText({ entries, measure }: Ranking, load: string): string {
  const [best, ...others] = entries;
  const tied = others.filter((entry) => entry.tied).map(({ column }) => column);
  const behind = others.find((entry) => !entry.tied && entry.toBest !== null);
  const value = formatValue(best?.median, measure.metric.unit);
  return [
    `for ${load}, ${best?.column} is best (${measure.key} ${value})`,
    ...(tied.length === 0 ? [] : [`no clear difference from it: ${listed(tied)}`]),
    ...(behind?.toBest
      ? [`the next that is clearly worse is ${behind.column} (${formatChange(behind.toBest.estimate)})`]
      : []),
  ].join('; ');
}
