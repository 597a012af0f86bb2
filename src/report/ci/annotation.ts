/** Writes a gate's decision as a workflow command for GitHub Actions. */
import { visibleText } from '../../base/visible-text.js';
import type { ComparedCell, Comparison } from '../../gate/comparison.js';
import type { GateOutcome, GateResult } from '../../gate/decide.js';
import type { Verdict } from '../../gate/verdict.js';
import { cellName, cellOutcome, mismatchText } from '../comparison/cell-text.js';
import { worstFirst } from '../comparison/comparison-table.js';
import { gateLines } from '../comparison/render-comparison.js';
import { plural } from '../table/format.js';

const LEVELS: Readonly<Record<GateOutcome, 'error' | 'warning' | 'notice'>> = {
  broken: 'error',
  regression: 'error',
  incomparable: 'error',
  inconclusive: 'warning',
  pass: 'notice',
};

/**
 * Returns one annotation without a line break: `::error title=feedrate gate%3A regression::…`. It is a single one
 * because GitHub shows at most ten per step and fifty per job. Source: docs.github.com, workflow commands; `command.ts`
 * of actions/toolkit.
 */
export function annotationOf(comparison: Comparison, gate: GateResult): string {
  const title = `feedrate gate: ${gate.outcome}`;
  const [first = '', ...others] = gateLines(gate);
  const lines = [first, ...(others[0] === undefined ? [] : [others[0]]), ...cellLines(comparison)];
  return `::${LEVELS[gate.outcome]} title=${escapedProperty(title)}::${escapedData(lines.map(visibleText).join('\n'))}`;
}

/** The number of cells with each verdict, and the worst cell. */
function cellLines(comparison: Comparison): string[] {
  const [worst] = worstFirst(comparison.cells);
  if (worst === undefined) return ['nothing could be compared'];
  const counts = new Map<Verdict, number>();
  for (const { judgement } of comparison.cells) counts.set(judgement.verdict, (counts.get(judgement.verdict) ?? 0) + 1);
  const listed = [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
  return [`${plural(comparison.cells.length, 'cell')}: ${listed}`, `worst: ${worstText(comparison, worst)}`];
}

function worstText(comparison: Comparison, cell: ComparedCell): string {
  const said = cell.judgement.verdict === 'incomparable' ? mismatchText(cell) : cellOutcome(comparison, cell);
  return `${cellName(comparison, cell)}: ${said}`;
}

function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
