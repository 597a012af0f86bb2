/** What must be said beside the table of a comparison: means, ranks, what else differs, and what to do about it. */
import type { ComparedCell, Comparison, Side } from '../../gate/comparison.js';
import { armOnAnyTarget } from '../../gate/noise-floor.js';
import type { Ranking } from '../../gate/ranking.js';
import { POWER } from '../../gate/verdict.js';
import { leastOperations, type Measure } from '../../stats/measure.js';
import { formatPercent, formatValue, oneLine, plural } from '../table/format.js';
import { canTell, formatChange, isTested } from './comparison-table.js';
import { mountLines } from './mount-lines.js';

/** Lines for people, in the order of their weight; the last ones say how to read the table. */
export function comparisonNotes(comparison: Comparison): string[] {
  return [
    ...meanLines(comparison),
    ...comparison.rankings.map(rankingLine),
    ...mountLines(comparison),
    ...mismatchLines(comparison.cells),
    ...floorLines(comparison),
    ...warningLines(comparison),
    ...aloneLines(comparison),
    ...unmeasuredLines(comparison.cells),
    ...unitLines(comparison),
    ...legendLines(comparison),
  ];
}

function meanLines({ means, grid }: Comparison): string[] {
  return means.map(
    ({ column, measure, ratio, rows }) =>
      `geometric mean of ${measure.key}, ${oneLine(column)} to ${oneLine(grid.columns[0] as string)}: ${formatChange(ratio)} over ${plural(rows, 'row')}`,
  );
}

/** `bs=4KiB, throughput: best is b (1.2 GiB/s); cannot be told from it: a, c; behind: d −5.0 %`. */
export function rankingLine({ row, measure, entries, unitsNeeded }: Ranking): string {
  const [best, ...others] = entries;
  const where = placeText(row);
  if (best === undefined) return `${where}: nothing was measured`;
  const tied = others.filter((entry) => entry.tied).map(({ column }) => oneLine(column));
  const behind = others
    .filter((entry) => !entry.tied)
    .map(({ column, toBest }) => `${oneLine(column)} ${toBest === null ? '' : formatChange(toBest.estimate)}`.trim());
  return [
    `${where === '' ? '' : `${where}, `}${measure.key}: best is ${oneLine(best.column)} (${formatValue(best.median, measure.metric.unit)})`,
    ...(unitsNeeded === null ? [] : [`to rank ${entries.length} takes ${unitsNeeded} sessions or more`]),
    ...(unitsNeeded !== null || tied.length === 0 ? [] : [`cannot be told from it: ${tied.join(', ')}`]),
    ...(behind.length === 0 ? [] : [`behind: ${behind.join(', ')}`]),
  ].join('; ');
}

function placeText(row: ReadonlyMap<string, string>): string {
  return [...row].map(([name, value]) => `${name}=${oneLine(value)}`).join(' ');
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
    const effect = formatPercent(judgement.minEffect);
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

/** Rows that the table does not have, as they have no base or nothing beside it. */
function aloneLines({ grid: { rows, columns } }: Comparison): string[] {
  const lines = columns.flatMap((column, index) => {
    const alone = rows.filter(({ members: [base, ...others] }) =>
      index === 0
        ? base !== null && others.every((side) => side === null)
        : base === null && others[index - 1] !== null,
    );
    if (alone.length === 0) return [];
    const shown = alone.slice(0, 3).map(({ attributes }) => placeText(attributes));
    const more = alone.length > 3 ? [`${alone.length - 3} more`] : [];
    return [`only in ${oneLine(column)}, so not compared: ${[...shown, ...more].join('; ')}`];
  });
  const compared = rows.some(({ members: [base, ...others] }) => base !== null && others.some((side) => side !== null));
  return compared ? lines : ['nothing stands beside each other: no row has a base and another column', ...lines];
}

/** Why a side has no value. */
function unmeasuredLines(cells: readonly ComparedCell[]): string[] {
  const lines = cells.flatMap(({ measure, base, candidate, baseSpread, candidateSpread }) => [
    ...(baseSpread === null ? [unmeasuredLine(base, measure)] : []),
    ...(candidateSpread === null ? [unmeasuredLine(candidate, measure)] : []),
  ]);
  const distinct = [...new Set(lines)];
  return distinct.length <= 5 ? distinct : [...distinct.slice(0, 5), `… and ${distinct.length - 5} more`];
}

function unmeasuredLine({ name, arm, trials }: Side, { key, statistic }: Measure): string {
  const arms = `${oneLine(arm.id)} of ${oneLine(name)}`;
  if (trials.length === 0)
    return `not measured: ${arms} has no trial that counts; feedrate show ${oneLine(name)} says why`;
  const least =
    typeof statistic === 'number' ? `, or has fewer than ${leastOperations(statistic)} operations a trial` : '';
  return `not measured: ${arms} did not record ${key}${least}`;
}

function unitLines({ cells, options }: Comparison): string[] {
  const lines: string[] = [];
  if (cells.some(({ sample }) => sample.design === 'unpaired')) {
    lines.push(
      'the runs were measured at different times: what else changed meanwhile counts as a difference; targets of one run are measured in turn',
    );
  }
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

/** How to read the columns, for who has never seen them; nothing where no cell was tested. */
function legendLines({ cells, options }: Comparison): string[] {
  const family = cells.filter(isTested);
  if (family.length === 0) return [];
  const unit = options.unit === 'session' ? 'sessions, each the median of its rounds' : 'rounds';
  const fewer = family.some(({ sample }) => sample.design === 'unpaired')
    ? '; of two runs, those of the smaller one'
    : '';
  const all = family.length === 1 ? '' : `, adjusted for all ${family.length} cells together`;
  const paired = family.some(({ sample }) => sample.design === 'paired');
  return [
    ...(paired ? ['change: of what was measured in turn, pair by pair, not of the two medians'] : []),
    `n: ${unit}${fewer}`,
    `p: chance to see as much if no difference above ${formatPercent(options.minEffect)} were there${all}; at most ${formatPercent(options.alpha)} makes a verdict`,
    ...(family.some(canTell)
      ? [`could see: the difference that so many ${options.unit}s would have shown in ${POWER * 10} of 10 tries`]
      : []),
  ];
}
