/**
 * Draws a chart as an SVG file that needs nothing else: no script, no font, no address. Load this module with `import()`
 * only when somebody asks for a picture. ECharts is a development dependency that is bundled into `dist/bin`; users of the
 * library, who load `dist/src`, must install it themselves.
 */
import { setPlatformAPI, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { visibleText } from '../base/visible-text.js';
import type { Chart } from './chart.js';
import { beginPlot } from './chart-library.js';
import { chartHeightPx, drawChart } from './chart-option.js';
import { CHART_FONT, CHART_THEMES, type ThemeName } from './chart-theme.js';
import { type DrawnChart, FONT_PX } from './drawn-chart.js';
import { legendRows, type PlacedEntry, SWATCH_HEIGHT_PX, SWATCH_WIDTH_PX, swatchParts } from './legend-layout.js';
import { textWidth, wrappedText } from './text-width.js';

/** The size of a picture and its theme. */
export interface PictureLook {
  /** Pixels; default 900. */
  readonly width?: number;
  /** Pixels of the axes and what is in them, without title, legend and notes. Default: what the chart needs. */
  readonly height?: number;
  readonly theme?: ThemeName;
}

const MARGIN_PX = 14;
const TITLE_PX = 16;
const TITLE_LINE_PX = 21;
const LEGEND_LINE_PX = 20;
const NOTE_PX = 11;
const NOTE_LINE_PX = 15;

use([SVGRenderer]);
setPlatformAPI({
  measureText: (text, font) => ({ width: textWidth(text, Number(/([\d.]+)px/.exec(font ?? '')?.[1] ?? FONT_PX)) }),
});

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Returns text for an SVG file: escaped, with visible control characters, and without half characters. */
function xmlText(text: string): string {
  return xmlCharacters(visibleText(text)).replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

/** Replaces what no XML document may contain. */
function xmlCharacters(text: string): string {
  return text.replace(/[\p{Cs}\ufffe\uffff]|(?![\t\n\r])\p{Cc}/gu, '\ufffd');
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, content?: string): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => ` ${key}="${xmlText(String(value))}"`)
    .join('');
  return content === undefined ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

function legendMarkup(entries: readonly PlacedEntry[], top: number, theme: ThemeName): string {
  const { background, text } = CHART_THEMES[theme];
  return entries
    .map(({ x, row, name, swatch }) => {
      const y = top + row * LEGEND_LINE_PX;
      const parts = swatch === null ? [] : swatchParts(swatch, background);
      const drawn = parts.map((part) => element(part.element, part.attributes)).join('');
      const left = MARGIN_PX + x + (swatch === null ? 0 : SWATCH_WIDTH_PX + 4);
      const label = element(
        'text',
        { x: left, y: y + SWATCH_HEIGHT_PX - 2, 'font-size': FONT_PX, fill: text },
        xmlText(name),
      );
      return element('g', { transform: `translate(${MARGIN_PX + x} ${y})` }, drawn) + label;
    })
    .join('');
}

function textLines(
  lines: readonly string[],
  top: number,
  lineHeight: number,
  attributes: Record<string, string | number>,
): string {
  return lines
    .map((line, index) => element('text', { x: MARGIN_PX, y: top + index * lineHeight, ...attributes }, xmlText(line)))
    .join('');
}

/** Returns the axes and what is in them as an SVG element at a height within the picture. */
function plotMarkup({ option }: DrawnChart, width: number, height: number, top: number): string {
  const plot = beginPlot(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    plot.setOption(option);
    // The library adds styles and attributes for a script that follows the pointer. There is none.
    return xmlCharacters(plot.renderToSVGString())
      .replace(/<style ?>\s*<!\[CDATA\[.*?\]\]>\s*<\/style>/gs, '')
      .replace(/ (?:ecmeta_\w+|class|xmlns:xlink|baseProfile)="[^"]*"/g, '')
      .replace('<svg ', `<svg x="${MARGIN_PX}" y="${top}" aria-hidden="true" `);
  } finally {
    plot.dispose();
  }
}

/** Returns a chart as the text of an SVG file, with its title, its description for screen readers, and its legend. */
export function renderSvg(chart: Chart, { width = 900, height, theme = 'light' }: PictureLook = {}): string {
  const inner = width - 2 * MARGIN_PX;
  const look = { widthPx: inner, theme, isInteractive: false };
  const plotHeight = height ?? chartHeightPx(chart, look);
  const drawn = drawChart(chart, { ...look, heightPx: plotHeight });
  const colours = CHART_THEMES[theme];
  const title = wrappedText(visibleText(chart.title), inner, TITLE_PX * 1.08, 2);
  const legend = legendRows(drawn.legend, inner);
  const notes = drawn.notes.length === 0 ? [] : wrappedText(drawn.notes.join(' '), inner, NOTE_PX, 6);
  const legendTop = MARGIN_PX + title.length * TITLE_LINE_PX + 4;
  const plotTop = legendTop + (legend.length === 0 ? 0 : ((legend.at(-1)?.row ?? 0) + 1) * LEGEND_LINE_PX) + 4;
  const notesTop = plotTop + plotHeight + NOTE_LINE_PX + 2;
  const total = notesTop + notes.length * NOTE_LINE_PX - (notes.length === 0 ? 6 : 2);
  const id = chart.id.replace(/[^\w-]/g, '-');
  const parts = [
    element('title', { id: `${id}-title` }, xmlText(chart.title)),
    element('desc', { id: `${id}-desc` }, xmlText([chart.description, ...drawn.notes].join(' '))),
    element('rect', { width, height: total, fill: colours.background }),
    textLines(title, MARGIN_PX + TITLE_PX, TITLE_LINE_PX, {
      'font-size': TITLE_PX,
      'font-weight': 'bold',
      fill: colours.text,
    }),
    legendMarkup(legend, legendTop, theme),
    plotMarkup(drawn, inner, plotHeight, plotTop),
    textLines(notes, notesTop, NOTE_LINE_PX, { 'font-size': NOTE_PX, fill: colours.mutedText }),
  ];
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height: total,
    viewBox: `0 0 ${width} ${total}`,
    role: 'img',
    'aria-labelledby': `${id}-title`,
    'aria-describedby': `${id}-desc`,
    'font-family': CHART_FONT,
  };
  return `${element('svg', attributes, parts.join('\n'))}\n`;
}
