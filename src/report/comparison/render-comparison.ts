/** The reports that `feedrate compare` and `feedrate gate` print for people. */
import type { ComparedCell, Comparison } from '../../gate/comparison.js';
import type { GateResult, Look } from '../../gate/decide.js';
import type { Measure } from '../../stats/measure.js';
import { formatPercent, plural } from '../table/format.js';
import { markdownTable, markdownText } from '../table/markdown.js';
import { paragraphs } from '../table/report-line.js';
import { painter, type TerminalOptions, terminalTable } from '../table/terminal.js';
import { comparisonNotes } from './comparison-notes.js';
import { comparedColumns, worstFirst } from './comparison-table.js';
import { sessionPlots } from './session-plots.js';

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
  const plots = options.detail ? sessionPlots(comparison, options.columns) : [];
  return paragraphs([...tables, ...plots, comparisonNotes(comparison), decision], options);
}

/** Returns the comparison in GitHub's Markdown, with all cells and notes. */
export function markdownComparison(
  comparison: Comparison,
  gate: GateResult | null,
  { detail = false, columns }: Pick<TerminalOptions, 'detail' | 'columns'>,
): string {
  const report = markdownExtract(comparison, gate, comparison.cells, comparisonNotes(comparison));
  if (!detail) return report;
  const plots = sessionPlots(comparison, columns).map((lines) => ['```', ...lines, '```']);
  return `${report}\n${paragraphs(plots)}`;
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

/** Returns the gate's outcome in one line, then the flaws of the run and the thresholds that failed. */
export function gateLines(gate: GateResult): string[] {
  const { outcome, failedThresholds, flaws } = gate;
  return [
    `gate: ${outcome}${lookText(gate.look)}${remedyOf(gate)}`,
    ...flaws.slice(0, FLAWS_SHOWN).map((flaw) => `incomplete measurement: ${flaw}`),
    ...(flaws.length > FLAWS_SHOWN ? [`and ${plural(flaws.length - FLAWS_SHOWN, 'more problem')}`] : []),
    ...failedThresholds.map(({ threshold, arm }) => `threshold failed: ${arm}: ${threshold.text}`),
  ];
}

function lookText({ number, planned, share = 1 / planned }: Look): string {
  if (share === 1) return '';
  return ` (look ${number}${planned > 1 ? ` of ${planned}` : ''}; all looks share alpha)`;
}

function remedyOf({ outcome, sessionsNeeded, look }: GateResult): string {
  if (outcome === 'broken') return ': the measurement failed, so there is no verdict; measure again';
  if (outcome !== 'inconclusive') return '';
  const needed =
    sessionsNeeded === null
      ? ''
      : ` at least ${plural(sessionsNeeded, 'session')} of each side (--set trials.sessions=${sessionsNeeded})`;
  if (look.spent)
    return `: alpha is spent, so this run can have no further look; measure a new run${needed && ` with${needed}`}`;
  return needed && `: too few sessions to detect a regression; measure${needed}`;
}
