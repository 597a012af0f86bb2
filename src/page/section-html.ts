/** The sections of a page as HTML. */
import type { Chart } from '../charts/chart.js';
import { type Html, html, preformatted, readable } from './html.js';
import type { PageArm, PageFigure, PageLine, PagePart, PageSection, PageTable, PageTone } from './page.js';
import type { TermLinks } from './term-links.js';

/** A cell, head or caption that is longer is cut: a label of ten thousand characters is no column of a table. */
const CELL_CHARACTERS = 300;
/** A longer cell may be broken into lines. */
const WIDE_CHARACTERS = 36;
/** A table with more rows scrolls in a box of its own, below its head. */
const ROWS_ON_PAGE = 25;

/** On paper, each row of a table with more columns is a paragraph of names and values. */
const COLUMNS_ON_PAPER = 10;

/** What sections have in common while a page is made. */
export interface PageDrawing {
  readonly terms: TermLinks;
  /** Rows and charts name an arm by its place in the page's list, because ids may be long. */
  readonly placeOf: ReadonlyMap<string, number>;
  /** Filled with the charts, in the order of their figures. */
  readonly charts: Chart[];
  /** Captions so far, which number their elements. */
  captions: number;
}

export function drawingOf(terms: TermLinks, arms: readonly PageArm[]): PageDrawing {
  return { terms, placeOf: new Map(arms.map(({ id }, place) => [id, place])), charts: [], captions: 0 };
}

/** Returns a section with a heading of this level, 2 to 5. */
export function sectionHtml(section: PageSection, level: number, drawing: PageDrawing): Html {
  const { id, heading, parts, sections = [], isFolded = false } = section;
  drawing.terms.newGroup();
  const title = headingHtml(level, heading, `${id}-title`);
  const body = html`${partsHtml(parts, level + 1, drawing)}${sections.map((inner) => sectionHtml(inner, level + 1, drawing))}`;
  const content = isFolded
    ? html`<details class="fold"><summary>${title}</summary>${body}</details>`
    : html`${title}${body}`;
  return html`<section id="${id}" aria-labelledby="${id}-title" class="level-${level}">${content}</section>\n`;
}

function headingHtml(level: number, text: string, id: string): Html {
  const words = cutText(text);
  switch (level) {
    case 2:
      return html`<h2 id="${id}">${words}</h2>`;
    case 3:
      return html`<h3 id="${id}">${words}</h3>`;
    case 4:
      return html`<h4 id="${id}">${words}</h4>`;
    default:
      return html`<h5 id="${id}">${words}</h5>`;
  }
}

/** So many charts of a section are shown at once. The others wait for a reader who wants them. */
const CHARTS_SHOWN = 4;

function partsHtml(parts: readonly PagePart[], level: number, drawing: PageDrawing): Html {
  const charts = parts.filter(({ kind }) => kind === 'chart');
  const others = parts.filter(({ kind }) => kind !== 'chart');
  const drawn = (some: readonly PagePart[]) => some.map((part) => partHtml(part, level, drawing));
  const [shown, more] = [charts.slice(0, CHARTS_SHOWN), charts.slice(CHARTS_SHOWN)];
  const words = more.length === 1 ? '1 more chart' : `${more.length} more charts`;
  const first = drawn(shown);
  const rest =
    more.length === 0 ? null : html`<details class="more-charts"><summary>${words}</summary>${drawn(more)}</details>\n`;
  return html`${first}${rest}${drawn(others)}`;
}

function partHtml(part: PagePart, level: number, drawing: PageDrawing): Html {
  switch (part.kind) {
    case 'text':
      return linesHtml(part.lines);
    case 'command':
      return html`<pre class="command" tabindex="0"><code>${preformatted(part.text)}</code></pre>`;
    case 'figures':
      return html`<dl class="figures">${part.figures.map((figure) => figureHtml(figure, drawing))}</dl>`;
    case 'facts':
      return html`<dl class="facts">${part.facts.map(({ label, text }) => html`<div><dt>${readable(label)}</dt><dd>${readable(text)}</dd></div>`)}</dl>`;
    case 'table':
      return tableHtml(part, drawing);
    case 'chart':
      return chartHtml(part.chart, level, drawing);
  }
}

/** The word before a line for people who do not see its colour. */
const TONE_WORDS: Readonly<Record<PageTone, string>> = { plain: '', good: '', bad: 'Problem: ', warning: 'Warning: ' };

export function linesHtml(lines: readonly PageLine[]): Html {
  const items = lines.map(({ text, tone }) => {
    const word = TONE_WORDS[tone];
    const hidden = word === '' ? null : html`<span class="unseen">${word}</span>`;
    return html`<li class="${tone}">${hidden}${withCode(readable(text))}</li>`;
  });
  const isToned = lines.some(({ tone }) => tone !== 'plain');
  return html`<ul class="lines${isToned ? ' toned' : ''}">${items}</ul>`;
}

/** Returns text in which words between backticks are code. */
function withCode(text: string): Html[] {
  return text.split(CODE).map((part, index) => (index % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
}

const CODE = /`([^`\s]+)`/;

function figureHtml({ label, value, note, of }: PageFigure, { terms }: PageDrawing): Html {
  const arm = of === undefined ? null : html`<span class="of">${cutText(of)}</span>`;
  return html`<div><dt>${terms.marked(label)}</dt><dd><strong>${value}</strong>${arm}<span>${cutText(note)}</span></dd></div>`;
}

/** Returns a table that scrolls in a box of its own. */
export function tableHtml({ caption, columns, rows }: PageTable, drawing: PageDrawing): Html {
  const { terms, placeOf } = drawing;
  const id = `caption-${++drawing.captions}`;
  const isMany = columns.length > COLUMNS_ON_PAPER;
  const aligns = columns.map(({ align }) => (align === 'right' ? 'r' : 'l'));
  const heads = columns.map(
    ({ head }, index) => html`<th scope="col" class="${aligns[index] ?? 'l'}">${terms.marked(cutText(head))}</th>`,
  );
  const body = rows.map(({ cells, tones, arm }) => {
    const place = arm === undefined ? undefined : placeOf.get(arm);
    const row = cells.map((cell, index) => {
      const tone = tones?.[index] ?? 'plain';
      const text = cutText(cell);
      const wide = text.length > WIDE_CHARACTERS ? ' wide' : '';
      const classes = `${aligns[index] ?? 'l'}${tone === 'plain' ? '' : ` ${tone}`}${wide}`;
      return index === 0
        ? html`<th scope="row" class="${classes}">${text}</th>`
        : html`<td class="${classes}"${isMany ? html` data-head="${columns[index]?.head ?? ''}"` : null}>${text}</td>`;
    });
    return place === undefined ? html`<tr>${row}</tr>\n` : html`<tr data-arm="${place}">${row}</tr>\n`;
  });
  const tall = rows.length > ROWS_ON_PAGE ? ' tall' : '';
  const many = isMany ? html` class="many"` : null;
  return html`<div class="table"><p class="caption" id="${id}">${terms.marked(cutText(caption))}</p><div class="scroll${tall}" role="region" tabindex="0" aria-labelledby="${id}"><table${many} aria-labelledby="${id}"><thead><tr>${heads}</tr></thead><tbody>
${body}</tbody></table></div></div>\n`;
}

/** Charts are drawn by the page's script. Without it, their tables remain. */
function chartHtml(chart: Chart, level: number, drawing: PageDrawing): Html {
  const { id, title, description } = chart;
  drawing.charts.push(chart);
  const places = armsOfChart(chart).flatMap((arm) => drawing.placeOf.get(arm) ?? []);
  return html`<figure class="picture" id="chart-${id}" data-arms="${places.join(' ')}"><figcaption>${headingHtml(level, title, `chart-${id}-title`)}<p>${readable(description)}</p></figcaption><noscript><p>The chart needs JavaScript. The tables of this page do not.</p></noscript><div class="plot"></div></figure>\n`;
}

/** Returns the ids of the arms that a chart has parts of. */
function armsOfChart(chart: Chart): string[] {
  const parts = partsOfChart(chart);
  return [...new Set(parts.flatMap(({ arm }) => arm ?? []))];
}

function partsOfChart(chart: Chart): readonly { readonly arm?: string }[] {
  switch (chart.kind) {
    case 'xy':
      return chart.series.flatMap(({ points, ...series }) => [series, ...points]);
    case 'heatmap':
      return chart.cells;
    case 'forest':
      return chart.rows;
    case 'timeline':
      return chart.lanes;
    case 'bars':
      return (chart.arms ?? []).map((arm) => ({ arm }));
  }
}

function cutText(text: string): string {
  const whole = readable(text);
  return whole.length <= CELL_CHARACTERS ? whole : `${[...whole].slice(0, CELL_CHARACTERS).join('')}…`;
}
