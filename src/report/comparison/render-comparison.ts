/** The reports that `feedrate compare` and `feedrate gate` print for people. */
import type { ComparedCell, Comparison } from '../../gate/comparison.js';
import type { GateResult } from '../../gate/decide.js';
import type { Measure } from '../../stats/measure.js';
import { formatPercent, plural } from '../table/format.js';
import { markdownTable, markdownText } from '../table/markdown.js';
import { paragraphs } from '../table/report-line.js';
import { painter, type TerminalOptions, terminalTable } from '../table/terminal.js';
import { comparisonNotes } from './comparison-notes.js';
import { comparedColumns, worstFirst } from './comparison-table.js';

/** The most flaws that are listed: a run may have hundreds of failed trials. */
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
  return paragraphs([...tables, comparisonNotes(comparison), decision], options);
}

/** Returns the comparison in GitHub's Markdown, with all cells and notes. */
export function markdownComparison(comparison: Comparison, gate: GateResult | null): string {
  return markdownExtract(comparison, gate, comparison.cells, comparisonNotes(comparison));
}

/** Returns some cells in GitHub's Markdown, with these notes. A metric without any of the cells has no table. */
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
  const against = others.length === 1 ? (others[0] as string) : `${others.length} others`;
  return `${key} (${metric.better} is better): ${against} compared with ${base} (${grid.columnNames.join(', ')}); false alarms ≤ ${formatPercent(options.alpha)} over all cells, differences below ${formatPercent(options.minEffect)} are ignored`;
}

function whyInconclusive({ sessionsNeeded, sessionsNeededOf, unmeasured }: GateResult): string {
  if (sessionsNeeded !== null) {
    const side = sessionsNeededOf === 'candidate' ? 'the candidate' : 'each side';
    return `: too few sessions to detect a regression; measure at least ${plural(sessionsNeeded, 'session')} of ${side} (--set trials.sessions=${sessionsNeeded})`;
  }
  return unmeasured === 0 ? '' : `: ${plural(unmeasured, 'cell')} not measured on both sides`;
}

/** Returns the gate's outcome in one line, then the flaws of the run and the thresholds that failed. */
export function gateLines(result: GateResult): string[] {
  const { outcome, failedThresholds, flaws, look } = result;
  const after = look.planned === 1 ? '' : ` (look ${look.number} of ${look.planned}; all looks share alpha)`;
  const remedy =
    outcome === 'inconclusive'
      ? whyInconclusive(result)
      : outcome === 'broken'
        ? ': the measurement failed, so there is no verdict; measure again'
        : '';
  return [
    `gate: ${outcome}${after}${remedy}`,
    ...flaws.slice(0, FLAWS_SHOWN).map((flaw) => `incomplete measurement: ${flaw}`),
    ...(flaws.length > FLAWS_SHOWN ? [`and ${plural(flaws.length - FLAWS_SHOWN, 'more problem')}`] : []),
    ...failedThresholds.map(({ threshold, arm }) => `threshold failed: ${arm}: ${threshold.text}`),
  ];
}
