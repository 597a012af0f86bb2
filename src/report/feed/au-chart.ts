/** A chart for terminals: the AU over the number of accelerators, as predicted and as measured. */

interface AuPoint {
  readonly accelerators: number;
  readonly au: number;
}

export interface AuChart {
  readonly predicted: readonly AuPoint[];
  readonly measured: readonly AuPoint[];
  readonly threshold: number;
}

const ROW_AU = 0.05;
const LABEL_WIDTH = 7;
const INDENT = '  ';
/** The widest step between two numbers of accelerators, in characters. */
const WIDEST_STEP = 8;
const NOTE = ' needed';
const PREDICTED = '○';
const MEASURED = '●';
/** Where a predicted point and an emulated one have the same place. */
const BOTH = '◉';

/**
 * Returns the chart as lines of at most `columns` characters, with a legend. A point at or above the threshold is never
 * drawn below its line, nor one below it on the line.
 */
export function auChart({ predicted, measured, threshold }: AuChart, columns: number): string[] {
  const points = [...predicted, ...measured];
  const most = Math.max(1, ...points.map(({ accelerators }) => accelerators));
  const room = Math.max(10, columns - INDENT.length - LABEL_WIDTH - 1 - NOTE.length);
  const step = Math.min(WIDEST_STEP, room / most);
  const width = Math.ceil(step * most);
  const placeOf = (accelerators: number) => Math.min(width - 1, Math.round((accelerators - 0.5) * step));
  const rowsAbove = Math.max(0, Math.floor((1 - threshold) / ROW_AU + 1e-9));
  const lowest = points.reduce((low, { au }) => Math.min(low, rowOf(au, threshold)), 0);
  const rowsBelow = Math.max(1, -lowest);
  const clamped = (au: number) => Math.min(rowsAbove, rowOf(au, threshold));
  const drawn = new Map<number, string[]>();
  for (let row = rowsAbove; row >= -rowsBelow; row--) drawn.set(row, blank(row, width));
  const mark = (each: readonly AuPoint[], sign: string, other: string) => {
    for (const { accelerators, au } of each) {
      const cells = drawn.get(clamped(au)) as string[];
      const place = placeOf(accelerators);
      cells[place] = cells[place] === other ? BOTH : sign;
    }
  };
  mark(predicted, PREDICTED, MEASURED);
  mark(measured, MEASURED, PREDICTED);
  const isBoth = [...drawn.values()].some((cells) => cells.includes(BOTH));
  const lines = [...drawn].map(([row, cells]) => {
    const label = `${(Math.max(0, threshold + row * ROW_AU) * 100).toFixed(0)} %`.padStart(LABEL_WIDTH - 1);
    return `${INDENT}${label} ┤${cells.join('')}${row === 0 ? NOTE : ''}`.trimEnd();
  });
  return [
    `${INDENT}${'AU'.padStart(LABEL_WIDTH - 1)}`,
    ...lines,
    ...axis(most, placeOf, width),
    `${INDENT}${' '.repeat(LABEL_WIDTH + 1)}${legend(predicted.length > 0, measured.length > 0, isBoth)}`,
  ];
}

function blank(row: number, width: number): string[] {
  return new Array<string>(width).fill(row === 0 ? '┄' : ' ');
}

/** Returns the row of an AU, counted from that of the threshold. */
function rowOf(au: number, threshold: number): number {
  const row = Math.round((au - threshold) / ROW_AU);
  return au >= threshold ? Math.max(0, row) : Math.min(-1, row);
}

function axis(most: number, placeOf: (accelerators: number) => number, width: number): string[] {
  const marks: number[] = [];
  let labels = '';
  for (let accelerators = 1; accelerators <= most; accelerators++) {
    const label = String(accelerators);
    const start = Math.max(0, placeOf(accelerators) - ((label.length - 1) >> 1));
    if (!isShown(accelerators, most) || (labels !== '' && start < labels.length + 2)) continue;
    marks.push(placeOf(accelerators));
    labels = labels.padEnd(start) + label;
  }
  const line = Array.from({ length: width }, (_, place) => (marks.includes(place) ? '┴' : '─')).join('');
  const before = `${INDENT}${' '.repeat(LABEL_WIDTH)}`;
  return [`${before}└${line}`, `${before} ${labels}`];
}

/** Few numbers are all shown; of many, 1 and round ones. */
function isShown(accelerators: number, most: number): boolean {
  if (most <= 20 || accelerators === 1) return true;
  const every = 10 ** Math.max(0, Math.floor(Math.log10(most)) - 1) * 5;
  return accelerators % every === 0;
}

function legend(isPredicted: boolean, isMeasured: boolean, isBoth: boolean): string {
  const parts = [
    ...(isPredicted ? [`${PREDICTED} predicted`] : []),
    ...(isMeasured ? [`${MEASURED} emulated`] : []),
    ...(isBoth ? [`${BOTH} both`] : []),
  ];
  return `accelerators${parts.length === 0 ? '' : `   ${parts.join('   ')}`}`;
}
