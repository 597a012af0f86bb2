/** A legend: its swatches as SVG, which a page and a picture share, and its rows. */
import type { MarkShape, Stripes } from './chart-theme.js';
import type { LegendEntry, LegendSwatch } from './drawn-chart.js';
import { fittedText, textWidth } from './text-width.js';

/** One element of a swatch: the name of an SVG element and its attributes. */
export interface SwatchPart {
  readonly element: 'line' | 'path' | 'rect';
  readonly attributes: Readonly<Record<string, string>>;
}

export const SWATCH_WIDTH_PX = 26;
export const SWATCH_HEIGHT_PX = 12;
const FONT_PX = 12;
const ENTRY_GAP_PX = 18;
const ENTRY_WIDTH_PX = 320;
/** In a picture, which nobody can scroll. */
const MAX_ENTRIES = 24;

const DASHES = { none: '', solid: '', dashed: '5 3', dotted: '1.5 2.5' } as const;

function stripeLines(stripes: Stripes, background: string): SwatchPart[] {
  if (stripes === null) return [];
  const lines = {
    [-45]: 'M4 12L14 0M12 12L22 0',
    45: 'M4 0L14 12M12 0L22 12',
    0: 'M4 4H22M4 8H22',
    90: 'M8 0V12M13 0V12M18 0V12',
  }[stripes.degrees];
  return [
    { element: 'path', attributes: { d: lines, stroke: background, 'stroke-width': stripes.gap < 4 ? '2.5' : '1.5' } },
  ];
}

function shapePart({ path, isHollow }: MarkShape, colour: string, background: string): SwatchPart {
  const paint: Record<string, string> = isHollow
    ? { fill: background, stroke: colour, 'stroke-width': '1.8' }
    : { fill: colour };
  return { element: 'path', attributes: { d: path, transform: 'translate(9 2) scale(0.8)', ...paint } };
}

/** Returns the drawing of a swatch in a box of `SWATCH_WIDTH_PX` by `SWATCH_HEIGHT_PX`. */
export function swatchParts({ colour, line, shape, area }: LegendSwatch, background: string): SwatchPart[] {
  const parts: SwatchPart[] = [];
  if (area !== null)
    parts.push({ element: 'rect', attributes: { x: '4', y: '0', width: '18', height: '12', fill: colour } });
  if (area !== null) parts.push(...stripeLines(area.stripes, background));
  if (line !== 'none')
    parts.push({
      element: 'line',
      attributes: {
        x1: '1',
        y1: '6',
        x2: '25',
        y2: '6',
        stroke: colour,
        'stroke-width': '2',
        'stroke-dasharray': DASHES[line],
      },
    });
  if (shape !== null) parts.push(shapePart(shape, colour, background));
  return parts;
}

export interface PlacedEntry {
  readonly x: number;
  readonly row: number;
  readonly name: string;
  /** Null: words about entries that found no room. */
  readonly swatch: LegendSwatch | null;
}

/** Returns where the entries of a legend are in rows of a width. Of very many, some are only counted. */
export function legendRows(entries: readonly LegendEntry[], width: number): readonly PlacedEntry[] {
  const shown = entries.length > MAX_ENTRIES + 1 ? entries.slice(0, MAX_ENTRIES) : entries;
  const texts = shown.map(({ name, swatch }) => ({ name, swatch: swatch as LegendSwatch | null }));
  if (shown.length < entries.length) texts.push({ name: `and ${entries.length - shown.length} more`, swatch: null });
  let x = 0;
  let row = 0;
  return texts.map(({ name, swatch }) => {
    const before = swatch === null ? 0 : SWATCH_WIDTH_PX + 4;
    const text = fittedText(name, Math.min(ENTRY_WIDTH_PX, width - before), FONT_PX);
    const total = before + textWidth(text, FONT_PX);
    if (x > 0 && x + total > width) {
      x = 0;
      row++;
    }
    const placed = { x, row, name: text, swatch };
    x += total + ENTRY_GAP_PX;
    return placed;
  });
}
