import type { ShownColumn } from './arm-table.js';
import type { NotedArm } from './notes.js';

/** The table in GitHub's Markdown, all columns. */
export function markdownTable(arms: readonly NotedArm[], columns: readonly ShownColumn[]): string[] {
  return [
    markdownRow(columns.map(({ head }) => markdownText(head))),
    markdownRow(columns.map(({ align }) => (align === 'right' ? '--:' : ':--'))),
    ...arms.map((arm) => markdownRow(columns.map(({ text }) => markdownText(text(arm))))),
  ];
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Text that Markdown would read as markup, shown as it is. */
export function markdownText(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|#]/g, (character) => (character === '<' ? '&lt;' : `\\${character}`));
}
