/** The notes below the table of a comparison: means, rankings, other differences, warnings and how to read it. */

import { commandFor, DEFAULT_RESULTS } from '../../base/results-command.js';
import { shellWord } from '../../base/shell-word.js';
import { POWER } from '../../gate/attainable.js';
import type { ComparedCell, Comparison, Side } from '../../gate/comparison.js';
import { armOnAnyTarget } from '../../gate/noise-floor.js';
import type { Ranking } from '../../gate/ranking.js';
import { difference } from '../../stats/extended.js';
import { leastOperations, type Measure } from '../../stats/measure.js';
import { formatPercent, formatValue, plural } from '../table/format.js';
import { METHOD_LINE } from '../table/method-line.js';
import { ceilingNotes } from './ceiling-notes.js';
import { canTell, formatChange, formatInterval, isTested } from './comparison-table.js';
import { mountLines } from './mount-lines.js';

/** Returns the notes as lines, most important first. The last lines explain the columns. */
export function comparisonNotes(comparison: Comparison): string[] {
  return [
    ...meanLines(comparison),
    ...comparison.rankings.map(rankingLine),
    ...foreignRuns(comparison.cells.flatMap(({ base, candidate }) => [base.run, candidate.run])),
    ...mountLines(comparison),
    ...mismatchLines(comparison.cells),
    ...listed(ceilingNotes(comparison.cells)),
    ...floorLines(comparison),
    ...warningLines(comparison),
    ...aloneLines(comparison),
    ...unmeasuredLines(comparison),
    ...lostLines(comparison),
    ...meanChangeLines(comparison),
    ...unitLines(comparison),
    ...legendLines(comparison),
    METHOD_LINE,
  ];
}

function meanLines({ means, grid, options }: Comparison): string[] {
  const interval = `${formatPercent(options.confidence)} interval`;
  return means.map(
    ({ column, measure, ratio, rows }) =>
      `geometric mean of ${measure.key}, ${column} relative to ${grid.columns[0] as string}: ${formatChange(ratio.estimate)} (${interval} ${formatInterval(ratio)}) over ${plural(rows, 'row')}`,
  );
}

/** `bs=4KiB, throughput: best is b (1.2 GiB/s); no clear difference: a, c; worse: d −5.0 %`. */
export function rankingLine({ row, measure, entries, unitsNeeded }: Ranking): string {
  const [best, ...others] = entries;
  const where = placeText(row);
  if (best === undefined) return `${where}: nothing was measured`;
  const tied = others.filter((entry) => entry.tied).map(({ column }) => column);
  const behind = others
    .filter((entry) => !entry.tied)
    .map(({ column, toBest }) => `${column} ${toBest === null ? '' : formatChange(toBest.estimate)}`.trim());
  return [
    `${where === '' ? '' : `${where}, `}${measure.key}: best is ${best.column} (${formatValue(best.median, measure.metric.unit)})`,
    ...(unitsNeeded === null ? [] : [`ranking ${entries.length} columns needs at least ${unitsNeeded} sessions`]),
    ...(unitsNeeded !== null || tied.length === 0 ? [] : [`no clear difference: ${tied.join(', ')}`]),
    ...(behind.length === 0 ? [] : [`worse: ${behind.join(', ')}`]),
  ].join('; ');
}

function placeText(row: ReadonlyMap<string, string>): string {
  return [...row].map(([name, value]) => `${name}=${value}`).join(' ');
}

/** Returns a line for each run that another program measured. */
function foreignRuns(runs: readonly Side['run'][]): string[] {
  const lines = runs.flatMap(({ id, foreign }) =>
    foreign === undefined ? [] : [`${id} was measured by ${foreign.program}, not by feedrate`],
  );
  return [...new Set(lines)];
}

function mismatchLines(cells: readonly ComparedCell[]): string[] {
  const lines = new Set<string>();
  for (const { mismatches, differences } of cells) {
    for (const { what, base, candidate } of mismatches) {
      lines.add(`incomparable: ${what} differs (${base} → ${candidate}); use --ignore ${what} to compare anyway`);
    }
    for (const { what, base, candidate } of differences) {
      lines.add(`also different: ${what} (${base} → ${candidate})`);
    }
  }
  return [...lines];
}

/** The most cells that a note lists one by one. */
const LISTED_CELLS = 5;

function listed(lines: readonly string[]): string[] {
  const distinct = [...new Set(lines)];
  const more = distinct.length - LISTED_CELLS;
  return more <= 0 ? distinct : [...distinct.slice(0, LISTED_CELLS), `… and ${more} more`];
}

/** Sessions that ran on a side but form no unit, because the other side has no counted trial or a value is missing. */
function lostLines({ cells, options }: Comparison): string[] {
  if (options.unit === 'round') return [];
  return listed(
    cells.flatMap(({ measure, candidate, evidence, sample, judgement: { units } }) => {
      const ran = [evidence.base.sessions, evidence.candidate.sessions];
      const most = sample.design === 'paired' ? Math.max(...ran) : Math.min(...ran);
      if (units === 0 || units >= most) return [];
      return [
        `${measure.key} of ${candidate.arm.id}: n is ${units} of ${plural(most, 'session')}; in the others a side failed, is missing, or has no value`,
      ];
    }),
  );
}

/** Cells whose mean changed by something else than the typical session did: a few sessions were far slower. */
function meanChangeLines({ cells, options }: Comparison): string[] {
  const bound = -Math.log(1 - options.minEffect);
  return listed(
    cells.flatMap(({ measure, candidate, evidence: { meanRatio, ...sides }, judgement: { ratio } }) => {
      if (ratio === null || Number.isNaN(meanRatio)) return [];
      const isInside = meanRatio >= ratio.low && meanRatio <= ratio.high;
      if (isInside || Math.abs(difference(Math.log(meanRatio), Math.log(ratio.estimate))) <= bound) return [];
      const stalled = [sides.base, sides.candidate].map((side) => `${side.stalled} of ${side.sessions}`);
      return [
        `${measure.key} of ${candidate.arm.id}: the mean of all trials changed by ${formatChange(meanRatio)}, the typical session by ${formatChange(ratio.estimate)}; stalled sessions: ${stalled.join(' → ')}`,
      ];
    }),
  );
}

/** Noise floors above min-effect. A gate also reports targets that were never calibrated. */
function floorLines({ cells, options }: Comparison): string[] {
  const raised = cells.filter(({ floor }) => floor !== null && floor.floor > options.minEffect);
  const lines = new Map<string, string>();
  for (const { measure, base, floor, judgement } of raised) {
    const arm = armOnAnyTarget(base.arm);
    const effect = formatPercent(judgement.minEffect);
    const source = `the calibration of ${floor?.calibratedAt.slice(0, 10)}`;
    lines.set(
      `${measure.key} ${arm}`,
      `${measure.key} of ${arm}: a regression or improvement must exceed the noise floor of ${effect}, from ${source}`,
    );
  }
  const open = cells.filter(({ floor }) => floor === null);
  if (options.demands === 'environment' && open.length > 0) {
    const which = open.length === cells.length ? '' : ` in ${open.length} of ${plural(cells.length, 'cell')}`;
    const metrics = metricWords(open.map(({ measure }) => measure.key));
    lines.set('', `noise floor not measured${which}: run feedrate calibrate WORKLOAD -t …${metrics} to measure it`);
  }
  return [...lines.values()];
}

/** Returns the options that name metrics to calibrate. Throughput alone needs none. */
function metricWords(keys: readonly string[]): string {
  const names = [...new Set(keys)];
  return names.join() === 'throughput' ? '' : names.map((name) => ` -m ${shellWord(name)}`).join('');
}

/** The most sides that are named when many have the same warning. */
const NAMED_SIDES = 3;

/** `drift in 2 of 8 arms (a1f3 read, 7c20 read): throughput fell … → remedy`. Each code appears once. */
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
    return `${code}${where}: ${message} → ${remedy}`;
  });
}

/** Rows that are missing from the table because they have no base, or nothing to compare it with. */
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
    return [`only in ${column}, not compared: ${[...shown, ...more].join('; ')}`];
  });
  const compared = rows.some(({ members: [base, ...others] }) => base !== null && others.some((side) => side !== null));
  return compared ? lines : ['nothing to compare: no row has both a base and another column', ...lines];
}

/** Explains why a side has no value. */
function unmeasuredLines({ cells, options: { results = DEFAULT_RESULTS } }: Comparison): string[] {
  const lines = cells.flatMap(({ measure, base, candidate, baseSpread, candidateSpread }) => [
    ...(baseSpread === null ? [unmeasuredLine(base, measure, results)] : []),
    ...(candidateSpread === null ? [unmeasuredLine(candidate, measure, results)] : []),
  ]);
  return listed(lines);
}

function unmeasuredLine({ name, arm, trials }: Side, { key, statistic }: Measure, results: string): string {
  const arms = `${arm.id} of ${name}`;
  const show = commandFor(results, `show ${shellWord(name)}`);
  if (trials.length === 0) return `not measured: ${arms} has no counted trials; run ${show} to see why`;
  const least =
    typeof statistic === 'number' ? `, or has fewer than ${leastOperations(statistic)} operations per trial` : '';
  return `not measured: ${arms} did not record ${key}${least}`;
}

function unitLines({ cells, options }: Comparison): string[] {
  const lines: string[] = [];
  if (cells.some(({ sample }) => sample.design === 'unpaired')) {
    lines.push(
      'Two runs are measured at different times, so slow drift in the storage looks like a change. Two targets in one run do not have this problem. Prefer them.',
    );
  }
  if (options.unit === 'round') {
    lines.push(
      'Rounds are counted as independent repetitions, but rounds of one session share its random choices. Chance may look like a difference.',
    );
  }
  const open = cells.flatMap(({ judgement: { unitsToTell, wantedOf } }) =>
    unitsToTell === null ? [] : [{ unitsToTell, wantedOf }],
  );
  if (cells.every(({ judgement }) => judgement.unitsNeeded === null) && open.length > 0) {
    const telling = open.map(({ unitsToTell }) => unitsToTell);
    const [least, most] = [Math.min(...telling), Math.max(...telling)].map((count) => Number(count.toPrecision(2)));
    const side = open.every(({ wantedOf }) => wantedOf === 'candidate') ? ' of the candidate' : '';
    lines.push(
      `inconclusive: about ${least === most ? most : `${least} to ${most}`} ${options.unit}s${side} would decide, if the estimates so far are right; fewer with a larger --min-effect`,
    );
  }
  return lines;
}

/** Explains the columns to a first-time reader. Empty when no cell was tested. */
function legendLines({ cells, options }: Comparison): string[] {
  const family = cells.filter(isTested);
  if (family.length === 0) return [];
  const unit =
    options.unit === 'session' ? 'number of sessions; each counts as the median of its rounds' : 'number of rounds';
  const fewer = family.some(({ sample }) => sample.design === 'unpaired') ? '; for two runs, the smaller number' : '';
  const adjusted = [
    ...(family.length === 1 ? [] : [`all ${family.length} cells`]),
    ...(options.directions === 'regressions' ? [] : ['both directions']),
  ];
  const all = adjusted.length === 0 ? '' : `, adjusted for ${adjusted.join(' and ')}`;
  const isRaised = family.some(({ judgement }) => judgement.minEffect > options.minEffect);
  const most = `${formatPercent(options.minEffect)}${isRaised ? ' or the noise floor' : ''}`;
  return [
    `n: ${unit}${fewer}`,
    `p: probability of a result this extreme if the true difference were at most ${most}${all}; a verdict needs p ≤ ${formatPercent(options.alpha)}`,
    ...(family.some(canTell)
      ? [`could see: the difference that this many ${options.unit}s detect in ${POWER * 10} of 10 tries`]
      : []),
  ];
}
