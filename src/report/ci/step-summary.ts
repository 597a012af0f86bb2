/** A comparison in Markdown within a size limit: GitHub drops a step summary of more than 1 MiB completely. */
import type { Comparison } from '../../gate/comparison.js';
import type { GateResult } from '../../gate/decide.js';
import { answeredComparison } from '../answer/answered.js';
import { comparisonNotes } from '../comparison/comparison-notes.js';
import { worstFirst } from '../comparison/comparison-table.js';
import { markdownExtract } from '../comparison/render-comparison.js';
import { plural } from '../table/format.js';

/**
 * Returns the report in at most `limitBytes` bytes of UTF-8: complete rows, worst first, and a line with the number of
 * rows left out. Notes take up to a quarter of the space. Returns null if not even the decision fits.
 */
export function stepSummary(comparison: Comparison, gate: GateResult, limitBytes: number): string | null {
  const notes = comparisonNotes(comparison);
  const { answer } = answeredComparison(comparison, gate, {});
  const whole = markdownExtract(comparison, gate, answer, { cells: comparison.cells, notes });
  if (bytesOf(whole) <= limitBytes) return whole;
  const cells = worstFirst(comparison.cells);
  const notesShown = most(notes.length, (count) => bytesOf(notes.slice(0, count).join('\n')) <= limitBytes / 4);
  const render = (count: number) =>
    `${markdownExtract(comparison, gate, answer, { cells: cells.slice(0, count), notes: notes.slice(0, notesShown) })}\n${leftOut(cells.length - count, notes.length - notesShown)}\n`;
  const cellsShown = most(cells.length, (count) => bytesOf(render(count)) <= limitBytes);
  const summary = render(cellsShown);
  return bytesOf(summary) <= limitBytes ? summary : null;
}

function leftOut(rows: number, notes: number): string {
  const parts = [...(rows > 0 ? [plural(rows, 'row')] : []), ...(notes > 0 ? [plural(notes, 'note')] : [])];
  return `left out to stay within GitHub's size limit: ${parts.join(' and ')} (best rows first)`;
}

/**
 * Returns the largest count up to `limit` that fits, or 0 if none does. If a count fits, every smaller one must fit
 * too.
 */
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
