/** A comparison for people: the reports that `compare` and `gate` print. */
import type { ComparedCell, Comparison } from '../../gate/comparison.js';
import type { GateResult } from '../../gate/decide.js';
import type { Measure } from '../../stats/measure.js';
import { formatPercent, oneLine, paragraphs, plural } from '../table/format.js';
import { markdownTable, markdownText } from '../table/markdown.js';
import { painter, type TerminalOptions, terminalTable } from '../table/terminal.js';
import { comparisonNotes } from './comparison-notes.js';
import { comparedColumns, worstFirst } from './comparison-table.js';

/** A run of which every trial failed says so in a few lines. */
const FLAWS_SHOWN = 5;

export function terminalComparison(comparison: Comparison, gate: GateResult | null, options: TerminalOptions): string {
  const paint = painter(options.color);
  const tables = comparison.options.measures.map((measure) => {
    const cells = worstFirst(comparison.cells.filter((cell) => cell.measure === measure));
    const table = cells.length === 0 ? [] : terminalTable(cells, comparedColumns(comparison, measure), options);
    return [headingOf(comparison, measure), ...table];
  });
  const decision =
    gate === null ? [] : gateLines(gate).map((line) => paint(line, gate.outcome === 'pass' ? 'good' : 'bad'));
  return paragraphs([...tables, comparisonNotes(comparison), decision]);
}

/** GitHub's Markdown, of all cells and with all notes. */
export function markdownComparison(comparison: Comparison, gate: GateResult | null): string {
  return markdownExtract(comparison, gate, comparison.cells, comparisonNotes(comparison));
}

/** GitHub's Markdown of some cells, with these notes. A measure of which no cell is shown has no table. */
export function markdownExtract(
  comparison: Comparison,
  gate: GateResult | null,
  shown: readonly ComparedCell[],
  lines: readonly string[],
): string {
  const tables = comparison.options.measures.flatMap((measure) => {
    const cells = worstFirst(shown.filter((cell) => cell.measure === measure));
    if (cells.length === 0) return [];
    return [[markdownText(headingOf(comparison, measure))], markdownTable(cells, comparedColumns(comparison, measure))];
  });
  const notes = lines.map((note) => `- ${markdownText(note)}`);
  const decision = gate === null ? [] : gateLines(gate).map((line) => `**${markdownText(line)}**`);
  return paragraphs([decision, ...tables, notes]);
}

function headingOf({ grid, options }: Comparison, { key, metric }: Measure): string {
  const [base = '', ...others] = grid.columns;
  const against = others.length === 1 ? oneLine(others[0] as string) : `${others.length} others`;
  return `${key} (${metric.better} is better): ${against} against ${oneLine(base)} (${grid.columnNames.join(', ')}); false alarms ≤ ${formatPercent(options.alpha)} over all cells, differences below ${formatPercent(options.minEffect)} do not matter`;
}

/** What a gate says, in one line, then why it is broken and the thresholds that were. */
export function gateLines({ outcome, sessionsNeeded, failedThresholds, flaws, look }: GateResult): string[] {
  const after = look.planned === 1 ? '' : ` (look ${look.number} of ${look.planned}, which share the false alarms)`;
  const remedy =
    outcome === 'inconclusive' && sessionsNeeded !== null
      ? `: no regression could have been shown; measure ${plural(sessionsNeeded, 'session')} of each side (--set trials.sessions=${sessionsNeeded})`
      : outcome === 'broken'
        ? ': nothing is decided by a measurement that failed; measure again'
        : '';
  return [
    `gate: ${outcome}${after}${remedy}`,
    ...flaws.slice(0, FLAWS_SHOWN).map((flaw) => `no whole measurement: ${oneLine(flaw)}`),
    ...(flaws.length > FLAWS_SHOWN ? [`and ${plural(flaws.length - FLAWS_SHOWN, 'flaw')} more`] : []),
    ...failedThresholds.map(({ threshold, arm }) => `threshold failed: ${oneLine(arm)}: ${threshold.text}`),
  ];
}
