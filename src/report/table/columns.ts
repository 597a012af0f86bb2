/** Text in columns, for people. */
import { visibleText } from '../../base/visible-text.js';

/**
 * Returns the width of a text on a terminal. East Asian and later blocks count as wide: too narrow a line does no harm.
 */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += (character.codePointAt(0) as number) >= 0x2e80 ? 2 : 1;
  return columns;
}

/** Returns the text cut to this many terminal columns, with `…` at the end if something was cut. */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  for (const character of text) {
    if (columnsOf(kept + character) > columns - 1) break;
    kept += character;
  }
  return columns > 0 ? `${kept}…` : '';
}

/**
 * Lines that stay whole: rows of tables, which below an indent have gaps between their columns, and what is there to be
 * copied: lines far indented, JSON, and commands.
 */
const WHOLE = /^(?: {4}|\s*[{┌│├└]|\s.*\S {2,}\S)|\b(?:feedrate|mount|umount) \S/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with the escape character.
const COLOUR = /\x1b\[[0-9;]*m/g;
const HANGING_INDENT = '  ';
/** A space where a line may break: a number stays with its unit or per cent sign. */
const BREAK = / (?!%)(?<!\d(?:k| M)? (?=(?:[KMGT]i?B|B|M? ?IOPS|[nµm]?s|min|h)\b))/;

/** Returns a line of prose, broken at words so that no part is wider than the terminal. Its colours take no space. */
export function wrapped(line: string, columns: number): string[] {
  const width = (text: string): number => columnsOf(text.replaceAll(COLOUR, ''));
  if (width(line) <= columns || WHOLE.test(line)) return [line];
  const text = line.trimStart();
  const indent = line.slice(0, line.length - text.length);
  const parts: string[] = [];
  for (const word of text.split(BREAK)) {
    const longer = `${parts.at(-1)} ${word}`;
    if (parts.length === 0) parts.push(indent + word);
    else if (width(longer) <= columns) parts[parts.length - 1] = longer;
    else parts.push(indent + HANGING_INDENT + word);
  }
  return parts;
}

/**
 * Returns the rows as lines of aligned columns, two spaces apart, with control characters made visible. There are no
 * borders, for `grep` and `cut`.
 */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const visible = rows.map((row) => row.map(visibleText));
  const widths: number[] = [];
  for (const row of visible) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, columnsOf(cell));
  }
  const padded = (cell: string, index: number): string =>
    cell + ' '.repeat((widths[index] as number) - columnsOf(cell));
  return visible.map((row) => row.map(padded).join('  ').trimEnd());
}
