/** A dot plot for terminals: one dot per value above a common axis. */

export interface DotRow {
  readonly name: string;
  /** Positions on the axis. −∞ and ∞ are drawn at its ends. */
  readonly values: readonly number[];
}

/** A range below the dots, such as an interval. An infinite end is open. */
export interface DotRange {
  readonly name: string;
  readonly low: number;
  readonly estimate: number;
  readonly high: number;
}

export interface AxisTick {
  readonly at: number;
  readonly label: string;
}

export interface DotPlot {
  readonly rows: readonly DotRow[];
  readonly ranges: readonly DotRange[];
  /** Part of the axis that is drawn heavier: differences that do not matter. */
  readonly band: { readonly low: number; readonly high: number };
  /** Returns the ticks for an axis of this extent. */
  readonly ticks: (low: number, high: number) => readonly AxisTick[];
}

/** Dots that are stacked at most. Beyond that, a dot is several values. */
const HEIGHT_MAX = 5;
/** The narrowest axis. A narrower terminal wraps. */
const LEAST_AXIS = 20;
/** Columns between infinite values and the others. */
const APART = 3;
const INDENT = '  ';
const GAP = '  ';

/**
 * Returns the plot as lines of at most `columns` characters. The axis holds the band, every finite value and every
 * finite end of a range.
 */
export function dotPlot({ rows, ranges, band, ticks }: DotPlot, columns: number): string[] {
  const nameWidth = Math.max(...[...rows, ...ranges].map(({ name }) => name.length));
  const width = Math.max(LEAST_AXIS, columns - INDENT.length - nameWidth - GAP.length);
  const ends = ranges.flatMap(({ low, high, estimate }) => [low, high, estimate]);
  const values = rows.flatMap((row) => row.values);
  const finite = [...values, ...ends, band.low, band.high].filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  // Infinite values stand apart from the smallest and the largest finite one.
  const [left, right] = [values.includes(-Infinity) ? APART : 0, values.includes(Infinity) ? APART : 0];
  const placeOf = (value: number) => {
    if (!Number.isFinite(value)) return value < 0 ? 0 : width - 1;
    return left + Math.round(((value - low) / (high - low || 1)) * (width - 1 - left - right));
  };
  const named = (name: string, drawn: string) => `${INDENT}${name.padEnd(nameWidth)}${GAP}${drawn}`.trimEnd();
  const counts = rows.map(({ values }) => countsAt(values.map(placeOf), width));
  const perDot = Math.max(1, Math.ceil(Math.max(...counts.flat()) / HEIGHT_MAX));
  const marks = ticks(low, high).map(({ at, label }) => ({ place: placeOf(at), label }));
  return [
    ...rows.flatMap(({ name }, index) => {
      const stacked = stack(counts[index] as number[], perDot);
      return stacked.map((drawn, level) => named(level === stacked.length - 1 ? name : '', drawn));
    }),
    ...ranges.map((range) => named(range.name, rangeLine(range, placeOf, width))),
    named('', axisLine(placeOf(band.low), placeOf(band.high), marks, width)),
    named('', labelLine(marks, width)),
    ...(perDot > 1 ? [`${INDENT}each ● is up to ${perDot} values`] : []),
  ];
}

function countsAt(places: readonly number[], width: number): number[] {
  const counts = new Array<number>(width).fill(0);
  for (const place of places) counts[place] = (counts[place] as number) + 1;
  return counts;
}

/** Returns the lines of the dots, top first. At least one, so that a row without values is seen. */
function stack(counts: readonly number[], perDot: number): string[] {
  const heights = counts.map((count) => Math.ceil(count / perDot));
  const levels = Math.max(1, ...heights);
  return Array.from({ length: levels }, (_, line) =>
    heights.map((height) => (height >= levels - line ? '●' : ' ')).join(''),
  );
}

function rangeLine({ low, estimate, high }: DotRange, placeOf: (value: number) => number, width: number): string {
  const [from, to] = [placeOf(low), placeOf(high)];
  return Array.from({ length: width }, (_, place) => {
    if (place === placeOf(estimate)) return '┼';
    if (place < from || place > to) return ' ';
    if (place === from) return Number.isFinite(low) ? '├' : '◂';
    if (place === to) return Number.isFinite(high) ? '┤' : '▸';
    return '─';
  }).join('');
}

function axisLine(from: number, to: number, marks: readonly { readonly place: number }[], width: number): string {
  const marked = new Set(marks.map(({ place }) => place));
  return Array.from({ length: width }, (_, place) => {
    const inBand = place >= from && place <= to;
    if (marked.has(place)) return inBand ? '┷' : '┴';
    return inBand ? '━' : '─';
  }).join('');
}

/** Labels are centred on their tick. One that would touch the label before it is left out. */
function labelLine(marks: readonly { readonly place: number; readonly label: string }[], width: number): string {
  let line = '';
  for (const { place, label } of marks) {
    const start = Math.max(0, Math.min(width - label.length, place - (label.length >> 1)));
    if (line === '' || start > line.length + 1) line = line.padEnd(start) + label;
  }
  return line;
}
