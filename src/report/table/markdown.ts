import { visibleText } from '../../base/visible-text.js';
import type { ShownColumn } from './shown-column.js';

/** Returns the table in GitHub's Markdown, with all columns. */
export function markdownTable<Row>(rows: readonly Row[], columns: readonly ShownColumn<Row>[]): string[] {
  return [
    markdownRow(columns.map(({ head }) => markdownText(head))),
    markdownRow(columns.map(({ align }) => (align === 'right' ? '--:' : ':--'))),
    ...rows.map((row) => markdownRow(columns.map(({ text }) => markdownText(text(row))))),
  ];
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Escapes characters that Markdown would read as markup, after control characters were made visible. */
export function markdownText(text: string): string {
  return visibleText(text).replaceAll(/[\\`*_[\]<>|#]/g, (character) =>
    character === '<' ? '&lt;' : `\\${character}`,
  );
}
