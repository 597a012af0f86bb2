/** The numbers behind a chart as tables, made when a reader opens them: of all charts together, they are long. */
import type { Chart } from '../charts/chart.js';
import { type ChartTable, chartTables } from '../charts/chart-table.js';

/** Adds a closed element with the tables of a chart below its picture. */
export function addDataTables(figure: HTMLElement, chart: Chart): void {
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  details.className = 'data';
  summary.textContent = 'Numbers of this chart';
  details.append(summary);
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) details.append(...chartTables(chart).flatMap(tableElements));
  });
  figure.append(details);
}

function tableElements({ caption, columns, rows, note }: ChartTable): HTMLElement[] {
  const table = document.createElement('table');
  const title = table.createCaption();
  title.textContent = note === undefined ? caption : `${caption}. ${note}`;
  const heads = table.createTHead().insertRow();
  for (const { head, align } of columns) heads.append(cell('th', head, align, 'col'));
  const body = table.createTBody();
  for (const { cells } of rows) {
    const row = body.insertRow();
    for (const [index, text] of cells.entries()) {
      const { align } = columns[index] ?? { align: 'left' };
      row.append(index === 0 ? cell('th', text, align, 'row') : cell('td', text, align));
    }
  }
  const scroll = document.createElement('div');
  scroll.className = 'scroll tall';
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', caption);
  scroll.append(table);
  return [scroll];
}

/** Longer cells may be broken into lines, as in the tables of the page. */
const WIDE_CHARACTERS = 36;

function cell(name: 'th' | 'td', text: string, align: 'left' | 'right', scope?: string): HTMLTableCellElement {
  const element = document.createElement(name);
  element.textContent = text;
  element.className = `${align === 'right' ? 'r' : 'l'}${text.length > WIDE_CHARACTERS ? ' wide' : ''}`;
  if (scope !== undefined) element.scope = scope;
  return element;
}
