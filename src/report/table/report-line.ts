/** The lines of a report for people. */

import { visibleText } from '../../base/visible-text.js';
import { wrapped } from './columns.js';

/** A line that was drawn from visible texts and may have colours. Only `terminal.ts` makes such lines. */
export class DrawnLine {
  readonly drawn: string;

  constructor(drawn: string) {
    this.drawn = drawn;
  }
}

/** Plain text may hold anything: it becomes visible when the report is joined. */
export type ReportLine = string | DrawnLine;

/**
 * Joins groups of lines with blank lines between them. Empty groups are left out. If `wraps`, lines of prose are broken
 * at words so that they fit into `columns`.
 */
export function paragraphs(
  groups: readonly (readonly ReportLine[])[],
  { wraps = false, columns = 0 }: { readonly wraps?: boolean; readonly columns?: number } = {},
): string {
  const filled = groups.filter((lines) => lines.length > 0);
  const fitted = (line: ReportLine): string[] => (wraps ? wrapped(shown(line), columns) : [shown(line)]);
  return `${filled.map((lines) => lines.flatMap(fitted).join('\n')).join('\n\n')}\n`;
}

function shown(line: ReportLine): string {
  return line instanceof DrawnLine ? line.drawn : visibleText(line);
}
