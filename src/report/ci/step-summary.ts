/** The Markdown of a comparison within a limit: GitHub drops a step's summary as a whole when it is longer than 1 MiB. */
import type { Comparison } from '../../gate/comparison.js';
import type { GateResult } from '../../gate/decide.js';
import { comparisonNotes } from '../comparison/comparison-notes.js';
import { worstFirst } from '../comparison/comparison-table.js';
import { markdownComparison, markdownExtract } from '../comparison/render-comparison.js';
import { plural } from '../table/format.js';

/**
 * The report in at most so many bytes of UTF-8: whole rows, the worst of all measures first, and a line that says how
 * many were left out. Notes may take a quarter of it. Null when not even the decision fits.
 */
export function stepSummary(comparison: Comparison, gate: GateResult, limitBytes: number): string | null {
  const whole = markdownComparison(comparison, gate);
  if (bytesOf(whole) <= limitBytes) return whole;
  const cells = worstFirst(comparison.cells);
  const notes = comparisonNotes(comparison);
  const notesShown = most(notes.length, (count) => bytesOf(notes.slice(0, count).join('\n')) <= limitBytes / 4);
  const render = (count: number) =>
    `${markdownExtract(comparison, gate, cells.slice(0, count), notes.slice(0, notesShown))}\n${leftOut(cells.length - count, notes.length - notesShown)}\n`;
  const cellsShown = most(cells.length, (count) => bytesOf(render(count)) <= limitBytes);
  const summary = render(cellsShown);
  return bytesOf(summary) <= limitBytes ? summary : null;
}

function leftOut(rows: number, notes: number): string {
  const parts = [...(rows > 0 ? [plural(rows, 'row')] : []), ...(notes > 0 ? [plural(notes, 'note')] : [])];
  return `left out, as GitHub takes no more: ${parts.join(' and ')}; the best rows went first`;
}

/** The greatest count up to `limit` that fits, when each smaller one fits too; 0 when none does. */
function most(limit: number, fits: (count: number) => boolean): number {
  let [low, high] = [0, limit];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
