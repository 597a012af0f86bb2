/** Bars for terminals: a name, its value, and a bar of that length. */
import { visibleText } from '../../base/visible-text.js';
import { columnsOf, cut } from './columns.js';

export interface BarRow {
  readonly name: string;
  /** The value for people. */
  readonly text: string;
  /** The length of the bar, as a part of the longest one; null: no bar. */
  readonly part: number | null;
}

const BLOCKS = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'] as const;
const INDENT = '  ';
const GAP = '  ';
/** The part of a line that names may take. */
const NAME_SHARE = 0.45;
/** The shortest bars and names that still say something. A narrower terminal wraps. */
const LEAST_BAR = 10;
const LEAST_NAME = 6;
/** Longer bars are hard to follow. */
const MOST_BAR = 50;

/** Returns one line for each row, of at most `columns` characters. Longer names are cut. */
export function barLines(rows: readonly BarRow[], columns: number): string[] {
  const textWidth = Math.max(0, ...rows.map(({ text }) => columnsOf(text)));
  const besides = INDENT.length + 2 * GAP.length + textWidth;
  const room = Math.max(LEAST_NAME, Math.min(columns * NAME_SHARE, columns - besides - LEAST_BAR));
  const names = rows.map(({ name }) => cut(visibleText(name), Math.floor(room)));
  const nameWidth = Math.max(0, ...names.map(columnsOf));
  const width = Math.min(MOST_BAR, Math.max(LEAST_BAR, columns - besides - nameWidth));
  return rows.map(({ text, part }, index) => {
    const name = names[index] as string;
    const padded = `${name}${' '.repeat(nameWidth - columnsOf(name))}`;
    const value = `${' '.repeat(textWidth - columnsOf(text))}${text}`;
    return `${INDENT}${padded}${GAP}${value}${GAP}${part === null ? '' : bar(part * width)}`.trimEnd();
  });
}

/** A value above zero is never without a bar. */
function bar(length: number): string {
  const eighths = Math.max(length > 0 ? 1 : 0, Math.round(length * BLOCKS.length));
  const rest = eighths % BLOCKS.length;
  return `${'█'.repeat(Math.floor(eighths / BLOCKS.length))}${rest === 0 ? '' : BLOCKS[rest - 1]}`;
}
