/** The reports that `feedrate compare` and `feedrate gate` print for people. */

import { unreachable } from '../../base/assert.js';
import type { ComparedCell, Comparison } from '../../gate/comparison.js';
import type { DoubtedCell, GateResult, Look } from '../../gate/decide.js';
import type { Measure } from '../../stats/measure.js';
import { type Answered, markdownNext, nextLines } from '../table/answer-lines.js';
import { formatPercent, plural } from '../table/format.js';
import { markdownTable, markdownText } from '../table/markdown.js';
import { paragraphs } from '../table/report-line.js';
import { painter, type TerminalOptions, terminalTable } from '../table/terminal.js';
import { comparisonNotes } from './comparison-notes.js';
import { comparedColumns, doubtText, formatChange, worstFirst } from './comparison-table.js';
import { pairsNotes } from './pairs-text.js';
import { sessionPlots } from './session-plots.js';

/** The most flaws that are listed: a run may have hundreds of failed trials. */
const FLAWS_SHOWN = 5;

export function terminalComparison(
  comparison: Comparison,
  gate: GateResult | null,
  { answer, next }: Answered,
  options: TerminalOptions,
): string {
  const paint = painter(options.color);
  const tables = comparison.options.measures.map((measure) => {
    const cells = worstFirst(comparison.cells.filter((cell) => cell.measure === measure));
    const table = cells.length === 0 ? [] : terminalTable(cells, comparedColumns(comparison, measure), options);
    return [headingOf(comparison, measure), ...table, ...pairsNotes(comparison, measure)];
  });
  const decision =
    gate === null ? [] : gateLines(gate).map((line) => paint(line, gate.outcome === 'pass' ? 'good' : 'bad'));
  const plots = options.detail ? sessionPlots(comparison, options.columns) : [];
  return paragraphs([[answer], ...tables, ...plots, comparisonNotes(comparison), decision, nextLines(next)], options);
}

/** Returns the comparison in GitHub's Markdown, with all cells and notes. */
export function markdownComparison(
  comparison: Comparison,
  gate: GateResult | null,
  { answer, next }: Answered,
  { detail = false, columns }: Pick<TerminalOptions, 'detail' | 'columns'>,
): string {
  const report = markdownExtract(comparison, gate, answer, {
    cells: comparison.cells,
    notes: comparisonNotes(comparison),
  });
  const steps = markdownNext(next);
  if (!detail) return steps.length === 0 ? report : `${report}\n${paragraphs([steps])}`;
  const plots = sessionPlots(comparison, columns).map((lines) => ['```', ...lines, '```']);
  return `${report}\n${paragraphs([...plots, steps])}`;
}

/** Returns the answer and some cells in GitHub's Markdown, with these notes. A metric without any of the cells has no table. */
export function markdownExtract(
  comparison: Comparison,
  gate: GateResult | null,
  answer: string,
  shown: { readonly cells: readonly ComparedCell[]; readonly notes: readonly string[] },
): string {
  const tables = comparison.options.measures.flatMap((measure) => {
    const cells = worstFirst(shown.cells.filter((cell) => cell.measure === measure));
    if (cells.length === 0) return [];
    return [
      [markdownText(headingOf(comparison, measure))],
      markdownTable(cells, comparedColumns(comparison, measure)),
      pairsNotes(comparison, measure).map(markdownText),
    ];
  });
  const notes = shown.notes.map((note) => `- ${markdownText(note)}`);
  const decision = gate === null ? [] : gateLines(gate).map((line) => `**${markdownText(line)}**`);
  return paragraphs([[markdownText(answer)], decision, ...tables, notes]);
}

export function headingOf(comparison: Comparison, measure: Measure): string {
  const { grid, options } = comparison;
  const [base = '', ...others] = grid.columns;
  const against = others.length === 1 ? (others[0] as string) : `${others.length} others`;
  const alpha = formatPercent(options.alpha);
  const bounded =
    options.directions === 'regressions'
      ? `false regressions ≤ ${alpha} over all cells`
      : `false alarms ≤ ${alpha} over all cells and both directions`;
  return `${measure.key} (${measure.metric.better} is better): ${against} compared with ${base} (${grid.columnNames.join(', ')}); ${bounded}, ${boundsText(comparison, measure)}`;
}

/** The differences that are ignored, and, if a noise floor is larger, those that cannot be told from the noise. */
function boundsText({ cells, options }: Comparison, measure: Measure): string {
  const effects = cells.filter((cell) => cell.measure === measure).map(({ judgement }) => judgement.minEffect);
  const [least, most] = [Math.min(...effects), Math.max(...effects)];
  const ignored = `differences below ${formatPercent(options.minEffect)} are ignored`;
  if (!(most > options.minEffect)) return ignored;
  const shown = least === most ? formatPercent(most) : `${formatPercent(least)} to ${formatPercent(most)}, by cell`;
  return `${ignored}, and a regression or improvement must exceed this target's noise floor (${shown})`;
}

/** Returns the gate's outcome in one line, then the flaws of the run, the doubts and the thresholds that failed. */
export function gateLines(gate: GateResult): string[] {
  const { outcome, doubts, failedThresholds, flaws } = gate;
  return [
    `gate: ${outcome}${lookText(gate.look)}${remedyOf(gate)}`,
    ...flaws.slice(0, FLAWS_SHOWN).map((flaw) => `incomplete measurement: ${flaw}`),
    ...(flaws.length > FLAWS_SHOWN ? [`and ${plural(flaws.length - FLAWS_SHOWN, 'more problem')}`] : []),
    ...doubts.slice(0, FLAWS_SHOWN).map(doubtLine),
    ...(doubts.length > FLAWS_SHOWN ? [`and ${plural(doubts.length - FLAWS_SHOWN, 'more doubt')}`] : []),
    ...failedThresholds.map(({ threshold, arm }) => `threshold failed: ${arm}: ${threshold.text}`),
  ];
}

function lookText({ number, planned, share = 1 / planned }: Look): string {
  if (share === 1) return '';
  return ` (look ${number}${planned > 1 ? ` of ${planned}` : ''}; all looks share alpha)`;
}

function remedyOf(gate: GateResult): string {
  const { outcome, look, unmeasured, doubts } = gate;
  if (outcome === 'broken') return ': the measurement failed, so there is no verdict; measure again';
  if (outcome === 'pass') return notShownText(gate);
  if (outcome !== 'inconclusive') return '';
  const needed = neededText(gate);
  if (look.spent)
    return `: alpha is spent, so this run can have no further look; measure a new run${needed && ` with ${needed}`}`;
  if (needed !== '') return `: too few sessions to detect a regression; measure ${needed}`;
  if (unmeasured > 0) return `: ${plural(unmeasured, 'cell')} not measured on both sides`;
  return doubts.length === 0 ? '' : ': the measurement leaves a doubt that a pass would hide';
}

/** What a pass does not vouch for: rows in which no regression was seen, but a small one could have been missed. */
function notShownText({ notShown, cells }: GateResult): string {
  if (notShown.length === 0) return '';
  const rows = cells === 1 ? '' : `in ${notShown.length} of ${cells} rows, `;
  return `, but ${rows}${missedText(notShown)}`;
}

/** `a regression smaller than 6.1 % could have been missed`. */
export function missedText(notShown: GateResult['notShown']): string {
  const sizes = notShown.map(({ detectable }) => detectable ?? Infinity);
  const most = Math.max(...sizes);
  const size = Number.isFinite(most) ? `smaller than ${(most * 100).toFixed(1)} %` : 'of any size';
  return `a regression ${size} could have been missed`;
}

function neededText({ sessionsNeeded, sessionsNeededOf }: GateResult): string {
  if (sessionsNeeded === null) return '';
  const side = sessionsNeededOf === 'candidate' ? 'the candidate' : 'each side';
  return `at least ${plural(sessionsNeeded, 'session')} of ${side} (--set trials.sessions=${sessionsNeeded})`;
}

/** `doubt: throughput of read: −12.0 % was seen, but it is below this target's noise floor of 13.5 %`. */
function doubtLine({ arm, measure, ratio, meanRatio, doubt }: DoubtedCell): string {
  const said = doubtText(doubt);
  const what = `doubt: ${measure} of ${arm}:`;
  switch (doubt.kind) {
    case 'noise-floor':
      return `${what} a change of ${formatChange(ratio)} was measured, but it is ${said}; a quieter target or longer trials lower the floor (feedrate calibrate)`;
    case 'stalled':
      return `${what} ${said}; the mean changed by ${formatChange(meanRatio)}, the typical session by ${formatChange(ratio)}`;
    case 'unvalued':
      return `${what} ${said}, so the others do not represent the run; use longer trials`;
    case 'dead':
      return `${what} ${said}`;
    default:
      return unreachable(doubt);
  }
}
