/** JSON as RFC 8259 defines it, with the place of every key and value. Duplicate keys are kept. */
import { FeedrateError } from '../base/errors.js';
import type { SourceText, Span } from './source-text.js';

export interface JsonObject extends Span {
  readonly kind: 'object';
  /** In the order of the file, duplicates included. */
  readonly members: readonly JsonMember[];
}

export interface JsonArray extends Span {
  readonly kind: 'array';
  readonly items: readonly JsonNode[];
}

export interface JsonString extends Span {
  readonly kind: 'string';
  readonly value: string;
}

export interface JsonNumber extends Span {
  readonly kind: 'number';
  readonly value: number;
  /** As the file has it: `1e3` keeps its form. */
  readonly text: string;
}

export interface JsonBoolean extends Span {
  readonly kind: 'boolean';
  readonly value: boolean;
}

export interface JsonNull extends Span {
  readonly kind: 'null';
}

export type JsonNode = JsonObject | JsonArray | JsonString | JsonNumber | JsonBoolean | JsonNull;

/** A key with its value. `start` and `end` are those of the key, quotes included. */
export interface JsonMember extends Span {
  readonly key: string;
  readonly value: JsonNode;
}

/** The text is not JSON. The message begins with `file:line:column`; `offset` is where it stops being JSON. */
export class JsonSyntaxError extends FeedrateError {
  readonly source: SourceText;
  readonly offset: number;
  /** The message without the place. */
  readonly fault: string;

  constructor(source: SourceText, offset: number, fault: string) {
    super('usage', `${source.where(offset)}: ${fault}`);
    this.source = source;
    this.offset = offset;
    this.fault = fault;
  }
}

/** More levels than any policy has, and few enough for every stack. */
const DEPTH_MOST = 256;

/**
 * Parses the JSON value in a range of a text (default: all of it). Throws `JsonSyntaxError` if the range holds anything
 * else besides white space and a byte order mark.
 */
export function parseJson(source: SourceText, range: Span = { start: 0, end: source.text.length }): JsonNode {
  const parser = new Parser(source, range);
  const value = parser.value(0);
  parser.finish();
  return value;
}

/** Returns the last value of a key, as `JSON.parse` does, or undefined if the object has no such key. */
export function memberOf(object: JsonObject, key: string): JsonMember | undefined {
  return object.members.findLast((member) => member.key === key);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** A number as JSON writes it. Sticky: matches at `lastIndex` only. */
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[\p{L}\p{N}_$.+-]+/uy;
/** What a string may hold as it is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these in a string
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const SPACE = /[ \t\r\n]*/y;

class Parser {
  private readonly source: SourceText;
  private readonly text: string;
  private readonly end: number;
  private at: number;

  constructor(source: SourceText, { start, end }: Span) {
    this.source = source;
    this.text = source.text;
    this.end = end;
    this.at = start === 0 && source.text.startsWith('\ufeff') ? 1 : start;
    this.skipSpace();
  }

  value(depth: number): JsonNode {
    const start = this.at;
    switch (this.peek()) {
      case '{':
        return this.object(depth + 1);
      case '[':
        return this.array(depth + 1);
      case '"':
        return this.string();
      default:
        return this.numberOrWord(start);
    }
  }

  finish(): void {
    this.skipSpace();
    if (this.at < this.end) this.fail(`expected the end of the JSON text, found ${this.found()}`);
  }

  private object(depth: number): JsonObject {
    const start = this.open(depth);
    const members: JsonMember[] = [];
    if (this.accept('}')) return { kind: 'object', start, end: this.at, members };
    for (;;) {
      if (this.peek() !== '"') this.failAtKey(members.length > 0, start);
      const { value: key, start: keyStart, end: keyEnd } = this.string();
      this.skipSpace();
      if (!this.accept(':')) this.fail(`expected ":" after the key ${quoted(key)}, found ${this.found()}`);
      this.skipSpace();
      members.push({ key, start: keyStart, end: keyEnd, value: this.value(depth) });
      if (this.isLast('}', 'object', start)) return { kind: 'object', start, end: this.at, members };
    }
  }

  private array(depth: number): JsonArray {
    const start = this.open(depth);
    const items: JsonNode[] = [];
    if (this.accept(']')) return { kind: 'array', start, end: this.at, items };
    for (;;) {
      if (items.length > 0 && this.peek() === ']') this.fail('expected a value, found "]"; remove the comma before it');
      items.push(this.value(depth));
      if (this.isLast(']', 'array', start)) return { kind: 'array', start, end: this.at, items };
    }
  }

  private open(depth: number): number {
    if (depth > DEPTH_MOST) this.fail(`expected at most ${DEPTH_MOST} nested levels, found more`);
    const start = this.at;
    this.at += 1;
    this.skipSpace();
    return start;
  }

  /** Reads what follows a member or item: false after a comma, true after the closing bracket. */
  private isLast(bracket: string, kind: string, start: number): boolean {
    this.skipSpace();
    if (this.accept(bracket)) return true;
    if (this.accept(',')) {
      this.skipSpace();
      return false;
    }
    if (this.at >= this.end) this.fail(`expected "," or "${bracket}", found the end: ${this.unclosed(kind, start)}`);
    return this.fail(`expected "," or "${bracket}", found ${this.found()}`);
  }

  private failAtKey(afterComma: boolean, start: number): never {
    if (this.at >= this.end)
      this.fail(`expected a key in double quotes, found the end: ${this.unclosed('object', start)}`);
    const advice = afterComma && this.peek() === '}' ? '; remove the comma before it' : '';
    this.fail(`expected a key in double quotes, found ${this.found()}${advice}`);
  }

  private unclosed(kind: string, start: number): string {
    const { line, column } = this.source.placeOf(start);
    return `the ${kind} that begins at ${line}:${column} is not closed`;
  }

  private string(): JsonString {
    const start = this.at;
    this.at += 1;
    const parts: string[] = [];
    for (;;) {
      parts.push(this.match(PLAIN));
      const character = this.peek();
      if (character === '"') break;
      if (character !== '\\') this.failInString(start, character);
      parts.push(this.escape());
    }
    this.at += 1;
    return { kind: 'string', start, end: this.at, value: parts.join('') };
  }

  private failInString(start: number, character: string): never {
    if (character === '' || character === '\n' || character === '\r') {
      this.at = start;
      this.fail('expected a closing double quote on the same line, found none; write \\n for a line break');
    }
    this.fail(`expected an escape such as \\t, found ${this.found()}`);
  }

  private escape(): string {
    const letter = this.text.charAt(this.at + 1);
    const simple = ESCAPES[letter];
    if (simple !== undefined && this.at + 1 < this.end) {
      this.at += 2;
      return simple;
    }
    const digits = letter === 'u' ? this.text.slice(this.at + 2, Math.min(this.at + 6, this.end)) : '';
    if (!/^[0-9a-fA-F]{4}$/.test(digits))
      this.fail('expected an escape: \\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and four hexadecimal digits');
    this.at += 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private numberOrWord(start: number): JsonNode {
    const word = this.match(WORD);
    const end = this.at;
    const literal = LITERALS.get(word);
    if (literal === null) return { kind: 'null', start, end };
    if (literal !== undefined) return { kind: 'boolean', start, end, value: literal };
    this.at = start;
    const text = this.match(NUMBER);
    if (text !== '' && text === word) return { kind: 'number', start, end, value: Number(text), text };
    this.at = start;
    return this.fail(`expected a value, found ${this.found()}`);
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    const inside = found.slice(0, this.end - this.at);
    this.at += inside.length;
    return inside;
  }

  private skipSpace(): void {
    this.match(SPACE);
  }

  private peek(): string {
    return this.at < this.end ? this.text.charAt(this.at) : '';
  }

  private accept(character: string): boolean {
    if (this.peek() !== character) return false;
    this.at += 1;
    return true;
  }

  /** What is at the current place, in words, with advice where the mistake is a common one. */
  private found(): string {
    if (this.at >= this.end) return 'the end';
    const character = String.fromCodePoint(this.text.codePointAt(this.at) as number);
    if (this.text.startsWith('//', this.at) || this.text.startsWith('/*', this.at) || character === '#')
      return 'a comment; remove it, because JSON has none';
    if (character === "'" || character === '\u201c' || character === '\u201d')
      return `${character}; use plain double quotes (")`;
    if (character === '"') return 'a string; put a comma or a colon before it';
    const word = this.match(WORD);
    this.at -= word.length;
    return quoted(word.slice(0, 40) || character);
  }

  private fail(fault: string): never {
    throw new JsonSyntaxError(this.source, this.at, fault);
  }
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
