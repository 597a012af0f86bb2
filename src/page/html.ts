/** HTML as values: what is put into a template is escaped, unless it is HTML already. */
import { visibleText } from '../base/visible-text.js';

/** Text that is HTML. Only the template of this file makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Hole = string | number | Html | null | readonly Hole[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return visibleText(text).replaceAll(/[&<>"']/g, (character) => ESCAPES[character] as string);
}

function filled(hole: Hole): string {
  if (hole === null) return '';
  if (hole instanceof Html) return hole.text;
  return typeof hole === 'object' ? hole.map(filled).join('') : escaped(String(hole));
}

/**
 * Returns the template as HTML. Texts in it, in attributes too, are escaped, and their control characters are made
 * visible. Null is nothing. Attributes must be quoted.
 */
export function html(template: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  let text = template[0] as string;
  for (const [index, hole] of holes.entries()) text += filled(hole) + (template[index + 1] as string);
  return new Html(text);
}

/** Words this long are nobody's words. */
const LONGEST_WORD = 200;
const WORD = new RegExp(`\\S{${LONGEST_WORD},}`, 'g');
const [KEPT_FIRST, KEPT_LAST] = [80, 20];

/** A space between a number and its unit, where no line may break. */
const BEFORE_UNIT = /(?<=\d) (?=%|[KMGT]i?B\b|[nµm]?s\b|min\b|h\b)/g;

/**
 * Returns a text for reading: numbers stay with their units, and of a word of hundreds of characters, such as a label may
 * be, only the beginning and the end are left.
 */
export function readable(text: string): string {
  const bound = text.replaceAll(BEFORE_UNIT, '\u00a0');
  if (bound.length < LONGEST_WORD) return bound;
  return bound.replaceAll(WORD, (word) => `${word.slice(0, KEPT_FIRST)}…${word.slice(-KEPT_LAST)}`);
}

/** Returns text of several lines for a `<pre>`, whose line breaks stay. */
export function preformatted(text: string): Html {
  const lines = text
    .replace(/\r?\n$/, '')
    .replaceAll('\t', '  ')
    .split(/\r?\n/);
  return new Html(lines.map(escaped).join('\n'));
}

/** Returns a value as JSON that may stand in a script element, which ends at the first `</script`. */
export function jsonHtml(value: unknown): Html {
  return new Html(visibleText(JSON.stringify(value, shorter)).replaceAll('<', '\\u003c'));
}

/** Pictures need no more than this of a number that is no whole one: it is half of a page's size. */
const DIGITS = 7;
/** Times since 1970, in milliseconds, need all of their digits before the point. */
const ALL_DIGITS_FROM = 1e11;

function shorter(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isInteger(value)) return value;
  return Math.abs(value) >= ALL_DIGITS_FROM ? Math.round(value) : Number(value.toPrecision(DIGITS));
}

/**
 * Returns the text of a script or a style as it is. Throws if it would end its element, or begin a comment in it, which
 * no bundle does.
 */
export function rawElement(text: string): Html {
  if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error('a script or a style contains the end of its element');
  return new Html(text);
}
