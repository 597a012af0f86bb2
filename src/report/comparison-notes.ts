/** What must be said beside the table of a comparison: means, ranks, what else differs, and what to do about it. */
import type { ComparedCell, Comparison } from '../gate/comparison.js';
import type { Ranking } from '../gate/ranking.js';
import { formatChange } from './comparison-table.js';
import { formatValue, oneLine, plural } from './format.js';

/** Lines for people, in the order of their weight. */
export function comparisonNotes(comparison: Comparison): string[] {
  return [
    ...meanLines(comparison),
    ...comparison.rankings.map(rankingLine),
    ...mismatchLines(comparison.cells),
    ...warningLines(comparison),
    ...unitLines(comparison),
  ];
}

function meanLines({ means, grid }: Comparison): string[] {
  return means.map(
    ({ column, measure, ratio, rows }) =>
      `geometric mean of ${measure.key}, ${oneLine(column)} to ${oneLine(grid.columns[0] as string)}: ${formatChange(ratio)} over ${plural(rows, 'row')}`,
  );
}

/** `bs=4KiB, throughput: best is b (1.2 GiB/s); a and c cannot be told from it; d is 5 % behind`. */
export function rankingLine({ row, measure, entries }: Ranking): string {
  const [best, ...others] = entries;
  const where = [...row].map(([name, value]) => `${name}=${oneLine(value)}`).join(' ');
  if (best === undefined) return `${where}: nothing was measured`;
  const tied = others.filter((entry) => entry.tied).map(({ column }) => oneLine(column));
  const behind = others
    .filter((entry) => !entry.tied)
    .map(({ column, toBest }) => `${oneLine(column)} ${toBest === null ? '' : formatChange(toBest.estimate)}`.trim());
  return [
    `${where === '' ? '' : `${where}, `}${measure.key}: best is ${oneLine(best.column)} (${formatValue(best.median, measure.metric.unit)})`,
    ...(tied.length === 0 ? [] : [`cannot be told from it: ${tied.join(', ')}`]),
    ...(behind.length === 0 ? [] : [`behind: ${behind.join(', ')}`]),
  ].join('; ');
}

function mismatchLines(cells: readonly ComparedCell[]): string[] {
  const lines = new Set<string>();
  for (const { mismatches, differences } of cells) {
    for (const { what, base, candidate } of mismatches) {
      lines.add(
        `incomparable: ${what} was ${oneLine(base)}, is ${oneLine(candidate)}; --ignore ${what} compares all the same`,
      );
    }
    for (const { what, base, candidate } of differences) {
      lines.add(`differs as well: ${what} was ${oneLine(base)}, is ${oneLine(candidate)}`);
    }
  }
  return [...lines];
}

/** How many sides are named where many have the same warning. */
const NAMED_SIDES = 3;

/** `drift in 2 of 8 arms (a1f3 read, 7c20 read): throughput fell … → remedy`: each code once. */
function warningLines({ warnings, cells }: Comparison): string[] {
  const all = new Set(cells.flatMap(({ base, candidate }) => [base, candidate])).size;
  const severalRuns = new Set(cells.flatMap(({ base, candidate }) => [base.name, candidate.name])).size > 1;
  return warnings.map(({ code, message, remedy, sides }) => {
    const names = sides.map(({ name, arm }) => (severalRuns ? `${name} ${arm}` : arm));
    const more = names.length > NAMED_SIDES ? [`${names.length - NAMED_SIDES} more`] : [];
    const where =
      sides.length === 0
        ? ''
        : ` in ${sides.length} of ${plural(all, 'arm')} (${[...names.slice(0, NAMED_SIDES), ...more].join(', ')})`;
    return oneLine(`${code}${where}: ${message} → ${remedy}`);
  });
}

function unitLines({ cells, options }: Comparison): string[] {
  const lines: string[] = [];
  if (options.unit === 'round') {
    lines.push(
      'rounds are taken for independent repetitions, which they are not: what a session drew by chance may look like a difference',
    );
  }
  const telling = cells.flatMap(({ judgement }) => (judgement.unitsToTell === null ? [] : [judgement.unitsToTell]));
  if (cells.every(({ judgement }) => judgement.unitsNeeded === null) && telling.length > 0) {
    const [least, most] = [Math.min(...telling), Math.max(...telling)].map((count) => Number(count.toPrecision(2)));
    lines.push(
      `inconclusive: about ${least === most ? most : `${least} to ${most}`} ${options.unit}s would tell, if what is seen so far is the truth; fewer if only larger differences matter (--min-effect)`,
    );
  }
  return lines;
}
