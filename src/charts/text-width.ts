/** How wide texts are in pixels, estimated, because SVG files and the first layout of a page are made without a font. */

/** Advance widths of the characters from space to `~` in DejaVu Sans, in hundredths of the font size. */
const WIDTHS =
  '32 40 46 84 64 95 78 27 39 39 50 84 32 36 32 34 64 64 64 64 64 64 64 64 64 64 34 34 84 84 84 53 100 68 69 70 77 63 58 77 75 29 29 66 56 86 75 79 60 79 69 63 61 73 68 99 69 61 69 39 34 39 84 50 50 61 63 55 63 62 35 63 63 28 28 58 28 97 63 61 63 63 41 52 39 63 59 82 59 59 52 64 34 64 84'
    .split(' ')
    .map(Number);
const OTHER_WIDTH = 90;
/** Chinese, Japanese, Korean and emoji fill a square. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f000}-\u{3fffd}]/u;
const COMBINING = /\p{M}/u;
const ELLIPSIS = '…';

function characterWidth(character: string): number {
  const known = WIDTHS[(character.codePointAt(0) ?? 0) - 32];
  if (known !== undefined) return known;
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 105 : OTHER_WIDTH;
}

/** Returns the width of a line in pixels. DejaVu Sans is wide, so few fonts need more. */
export function textWidth(text: string, fontPx: number): number {
  let sum = 0;
  for (const character of text) sum += characterWidth(character);
  return (sum * fontPx) / 100;
}

/** Returns as many characters from the start as fit into a width. */
function startWithin(characters: readonly string[], width: number, fontPx: number): number {
  let rest = (width * 100) / fontPx;
  let count = 0;
  for (const character of characters) {
    rest -= characterWidth(character);
    if (rest < 0) break;
    count++;
  }
  return count;
}

/** Returns a line that fits into a width: its start and its end around `…` if it is longer. */
export function fittedText(text: string, width: number, fontPx: number): string {
  // Longer than any line: the middle of a long text need not be measured.
  const ends = text.length > 2_000 ? `${text.slice(0, 1_000)}${ELLIPSIS}${text.slice(-999)}` : text;
  if (ends === text && textWidth(text, fontPx) <= width) return text;
  const characters = [...ends];
  const half = (width - textWidth(ELLIPSIS, fontPx)) / 2;
  const start = startWithin(characters, half, fontPx);
  const end = startWithin([...characters].reverse(), half, fontPx);
  return `${characters.slice(0, start).join('')}${ELLIPSIS}${end === 0 ? '' : characters.slice(-end).join('')}`;
}

/** Returns a text as lines that fit into a width. What does not fit into `maxLines` ends in `…`. */
export function wrappedText(text: string, width: number, fontPx: number, maxLines: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.slice(0, 4_000).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer, fontPx) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = fittedText(word, width, fontPx);
    if (lines.length === maxLines) break;
  }
  if (lines.length < maxLines && line !== '') return [...lines, line];
  const last = lines[maxLines - 1] ?? '';
  return [...lines.slice(0, maxLines - 1), fittedText(`${last} ${ELLIPSIS}`, width, fontPx)];
}
