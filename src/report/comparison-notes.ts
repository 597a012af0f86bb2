/** What must be said beside the table of a comparison: means, ranks, what else differs, and what to do about it. */
import type { ComparedCell, Comparison } from '../gate/comparison.js';
import { armOnAnyTarget } from '../gate/noise-floor.js';
import type { Ranking } from '../gate/ranking.js';
import { formatChange } from './comparison-table.js';
import { formatValue, oneLine, plural } from './format.js';

/** Lines for people, in the order of their weight. */
export function comparisonNotes(comparison: Comparison): string[] {
  return [
    ...meanLines(comparison),
    ...comparison.rankings.map(rankingLine),
    ...mismatchLines(comparison.cells),
    ...floorLines(comparison),
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

/** A gate that does not know a target's own noise says so; a comparison only tells what it used. */
function floorLines({ cells, options }: Comparison): string[] {
  const raised = cells.filter(({ floor }) => floor !== null && floor.floor > options.minEffect);
  const lines = new Map<string, string>();
  for (const { measure, base, floor, judgement } of raised) {
    const arm = oneLine(armOnAnyTarget(base.arm));
    const effect = `${(judgement.minEffect * 100).toFixed(1)} %`;
    const source = `the calibration of ${floor?.calibratedAt.slice(0, 10)}`;
    lines.set(`${measure.key} ${arm}`, `${measure.key} of ${arm}: min-effect raised to ${effect} by ${source}`);
  }
  const open = cells.filter(({ floor }) => floor === null).length;
  if (options.demands === 'environment' && open > 0) {
    const which = open === cells.length ? '' : ` in ${open} of ${plural(cells.length, 'cell')}`;
    lines.set('', `the target’s own noise is not measured${which}: feedrate calibrate WORKLOAD -t … does it`);
  }
  return [...lines.values()];
}

function unitLines({ cells, options }: Comparison): string[] {
  const needed = Math.max(0, ...cells.map(({ judgement }) => judgement.unitsNeeded ?? 0));
  const lines: string[] = [];
  if (options.unit === 'round') {
    lines.push(
      'rounds are taken for independent repetitions, which they are not: what a session drew by chance may look like a difference',
    );
  }
  if (needed > 0) {
    const family = plural(cells.length, 'cell');
    lines.push(
      `too few ${options.unit}s: with ${family} at ${options.alpha * 100} % no difference can be called real below ${needed} of them; --set trials.${options.unit}s=${needed}`,
    );
  }
  return lines;
}
