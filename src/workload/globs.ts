/**
 * Patterns of paths, as shells write them: `*` and `?` within a name, `**` across directories, `[a-z]`, `[!a]`, `{a,b}` and
 * `{000..146}`. They match the whole path, which is relative and has `/` between its names.
 */
import { type Parsed, quoted } from '../base/units.js';

/** Fewer characters than a path may have, and enough for a long list in braces. */
const MOST_CHARACTERS = 4096;
/** The most numbers of a range in braces: more shards than any dataset has in a directory. */
const MOST_NUMBERS = 100_000;

/** Returns a test for paths, or a message when the pattern is none. */
export function compileGlob(pattern: string): Parsed<RegExp> {
  const fail = (why: string): Parsed<RegExp> => ({ ok: false, message: `${quoted(pattern)} ${why}` });
  if (pattern === '') return fail('is empty; write a pattern such as **/*.jpeg');
  if (pattern.length > MOST_CHARACTERS) return fail(`has more than ${MOST_CHARACTERS} characters`);
  if (pattern.startsWith('/')) return fail('begins with /; patterns are relative to the path of the dataset');
  const { source, problem } = new GlobReader(pattern).read();
  if (problem !== null) return fail(problem);
  try {
    return { ok: true, value: new RegExp(`^(?:${source})$`, 'su') };
  } catch {
    return fail('has a range in brackets that is out of order');
  }
}

/** Translates a pattern into the source of a regular expression, from left to right. */
class GlobReader {
  readonly #pattern: string;
  #at = 0;
  #braces = 0;
  #problem: string | null = null;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  read(): { readonly source: string; readonly problem: string | null } {
    let source = '';
    while (this.#at < this.#pattern.length && this.#problem === null) source += this.#next();
    if (this.#braces > 0) this.#problem ??= 'has a { without its }';
    return { source, problem: this.#problem };
  }

  #next(): string {
    const rest = this.#pattern.slice(this.#at);
    const across = /^\*{2,}(\/?)/.exec(rest);
    const isFirst = this.#at === 0 || /[/{,]/.test(this.#pattern[this.#at - 1] as string);
    if (across !== null && isFirst && (across[1] === '/' || /^\*+(?:$|[,}])/.test(rest))) {
      this.#at += across[0].length;
      return across[1] === '/' ? '(?:[^/]+/)*' : '.*';
    }
    const range = /^\{(\d+)\.\.(\d+)\}/.exec(rest);
    if (range !== null) return this.#numbers(range[0], range[1] as string, range[2] as string);
    const [character] = rest as unknown as [string];
    this.#at++;
    if (character === '*') return '[^/]*';
    if (character === '?') return '[^/]';
    if (character === '[') return this.#set();
    if (character === '\\') return this.#escaped();
    return this.#brace(character) ?? literal(character);
  }

  #brace(character: string): string | null {
    if (character === '{') {
      this.#braces++;
      return '(?:';
    }
    if (this.#braces === 0) return null;
    if (character === '}') this.#braces--;
    return character === '}' ? ')' : character === ',' ? '|' : null;
  }

  #escaped(): string {
    const character = this.#pattern[this.#at++];
    if (character === undefined) this.#problem = 'ends in a backslash';
    return literal(character ?? '');
  }

  /** `[abc]`, `[a-z]`, and `[!abc]` or `[^abc]` for all others. A `]` that comes first belongs to the set. */
  #set(): string {
    const set = /^([!^]?)(\]?(?:[^\]\\]|\\.)*)\]/su.exec(this.#pattern.slice(this.#at));
    if (set === null || set[2] === '') {
      this.#problem = 'has a [ without its ]';
      return '';
    }
    this.#at += set[0].length;
    const characters = (set[2] as string).replace(/\\(.)/gsu, '$1').replace(/[\\\][^]/gu, '\\$&');
    return `(?!/)[${set[1] === '' ? '' : '^'}${characters}]`;
  }

  #numbers(text: string, first: string, last: string): string {
    this.#at += text.length;
    const [from, to] = [Number(first), Number(last)];
    if (from > to || to - from >= MOST_NUMBERS) {
      this.#problem = `has the range ${text}; write the smaller number first, and at most ${MOST_NUMBERS} numbers`;
      return '';
    }
    const digits = first.length === last.length || first.startsWith('0') ? first.length : 0;
    const numbers = Array.from({ length: to - from + 1 }, (_, i) => String(from + i).padStart(digits, '0'));
    return `(?:${numbers.join('|')})`;
  }
}

function literal(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}
