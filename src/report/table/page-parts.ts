/** Parts of pages from what terminals are shown: tables, lines, charts. */
import type { Chart } from '../../charts/chart.js';
import type { PageLine, PagePart, PageRow, PageSection, PageTable, PageTone } from '../../page/page.js';
import type { ShownColumn } from './shown-column.js';

/** Returns the table with all columns that a terminal might leave out. `armOf`: the id of a row's arm. */
export function shownTable<Row>(
  caption: string,
  rows: readonly Row[],
  columns: readonly ShownColumn<Row>[],
  armOf?: (row: Row) => string,
): PageTable {
  return {
    kind: 'table',
    caption,
    columns: columns.map(({ head, align }) => ({ head, align })),
    rows: rows.map((row): PageRow => {
      const cells = columns.map(({ text }) => text(row));
      const tones = columns.map(({ tone }): PageTone => tone?.(row) ?? 'plain');
      return {
        cells,
        ...(tones.some((tone) => tone !== 'plain') && { tones }),
        ...(armOf !== undefined && { arm: armOf(row) }),
      };
    }),
  };
}

/** Returns the lines as a part; none without lines. */
export function textPart(lines: readonly (string | PageLine)[]): PagePart[] {
  if (lines.length === 0) return [];
  return [
    {
      kind: 'text',
      lines: lines.map((line) => (typeof line === 'string' ? { text: line, tone: 'plain' as const } : line)),
    },
  ];
}

export function chartParts(charts: readonly Chart[]): PagePart[] {
  return charts.map((chart) => ({ kind: 'chart', chart }));
}

/** Returns the section unless it is empty. */
export function sectionOf(id: string, heading: string, parts: readonly PagePart[], isFolded = false): PageSection[] {
  return parts.length === 0 ? [] : [{ id, heading, parts, ...(isFolded && { isFolded }) }];
}
