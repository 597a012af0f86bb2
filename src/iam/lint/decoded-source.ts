/** The text that a JSON string of another text stands for, each character with its place in that text. */
import { SourceText } from '../source-text.js';

/** Returns the decoded text of the JSON string that begins at `start`; also from URL encoding if `isUrlEncoded`. */
export function decodedSource(source: SourceText, start: number, isUrlEncoded: boolean): SourceText {
  const characters: string[] = [];
  const offsets: number[] = [];
  const { text } = source;
  let at = start + 1;
  for (let next = text[at]; next !== '"' && next !== undefined; next = text[at]) {
    const [raw, decoded] = jsonCharacter(text, at);
    characters.push(decoded);
    offsets.push(at);
    at += raw;
  }
  offsets.push(at);
  return isUrlEncoded
    ? urlDecoded(source, characters.join(''), offsets)
    : sourceOf(source, characters.join(''), offsets);
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The number of characters that a character of a JSON string takes, and what it stands for. */
function jsonCharacter(text: string, at: number): readonly [number, string] {
  if (text[at] !== '\\') return [1, text.charAt(at)];
  const letter = text.charAt(at + 1);
  if (letter === 'u') return [6, String.fromCharCode(Number.parseInt(text.slice(at + 2, at + 6), 16))];
  return [2, ESCAPES[letter] ?? letter];
}

/** Runs of encoded bytes are decoded together, as UTF-8 demands; their characters all have the place of the run. */
function urlDecoded(source: SourceText, text: string, offsets: readonly number[]): SourceText {
  const parts: string[] = [];
  const places: number[] = [];
  for (const { 0: run, index } of text.matchAll(/(?:%[0-9a-f]{2})+|[^%]|%/gi)) {
    const decoded = decodedBytes(run);
    const isPlain = decoded.length * 3 === run.length;
    parts.push(decoded);
    for (let i = 0; i < decoded.length; i += 1) places.push(offsets[isPlain ? index + i * 3 : index] as number);
  }
  places.push(offsets.at(-1) as number);
  return sourceOf(source, parts.join(''), places);
}

function decodedBytes(run: string): string {
  try {
    return run === '+' ? ' ' : decodeURIComponent(run);
  } catch {
    return run;
  }
}

function sourceOf(source: SourceText, text: string, offsets: readonly number[]): SourceText {
  return new SourceText(source.name, text, { source, offsets: Uint32Array.from(offsets) });
}
