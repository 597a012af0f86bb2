/** Patterns with the wildcards `*` and `?`, as policies write them for actions, resources and condition values. */

/** A pattern or a text, one number for each character: its code point, or one of the wildcards below. */
export type Glob = readonly number[];

/** `*`: any characters. */
const ANY = -1;
/** `?`: one character. */
const ONE = -2;
/** `*` and `?` where a colon of an ARN is not matched. */
const ANY_IN_SEGMENT = -3;
const ONE_IN_SEGMENT = -4;

const COLON = 58;
/** The colons of an ARN that separate its segments; later ones belong to the last segment. */
const COLONS_OF_ARN = 5;

/** Returns a text in which `*` and `?` are wildcards. */
export function globOf(text: string): Glob {
  return Array.from(normalised(text), (character) =>
    character === '*' ? ANY : character === '?' ? ONE : codeOf(character),
  );
}

/** `*?` and `?*` match the same: every run of wildcards becomes its `?`, then one `*`. */
function normalised(pattern: string): string {
  if (!(pattern.includes('**') || pattern.includes('*?') || pattern.includes('?*'))) return pattern;
  return pattern.replaceAll(/[*?]{2,}/g, (run) =>
    run.includes('*') ? `${'?'.repeat(run.replaceAll('*', '').length)}*` : run,
  );
}

/** Whether a text has a wildcard. The variables `${*}` and `${?}` stand for the characters themselves. */
export function hasWildcard(text: string): boolean {
  return /[*?]/.test(text.replaceAll(/\$\{[*?$]\}/g, ''));
}

/** `covers` for two texts in which `*` and `?` are wildcards. */
export function coversText(pattern: string, other: string): boolean {
  const wildcard = pattern.search(/[*?]/);
  if (wildcard < 0) return pattern === other;
  return other.startsWith(pattern.slice(0, wildcard)) && covers(globOf(pattern), globOf(other));
}

/** `overlaps` for two texts in which `*` and `?` are wildcards. */
export function overlapsText(a: string, b: string): boolean {
  if (a === '*' || b === '*') return true;
  const [left, right] = [a, b].map((text) => text.search(/[*?]/)) as [number, number];
  if (left < 0 && right < 0) return a === b;
  const same = Math.min(left < 0 ? a.length : left, right < 0 ? b.length : right);
  return a.slice(0, same) === b.slice(0, same) && overlaps(globOf(a), globOf(b));
}

/** Returns a text in which every character stands for itself. */
export function literalOf(text: string): Glob {
  return Array.from(text, codeOf);
}

/** Returns the text of a glob without wildcards. */
export function textOf(glob: Glob): string {
  return String.fromCodePoint(...glob);
}

/**
 * Returns the pattern of an ARN as `Resource` means it: in the first five segments a wildcard matches no colon, unless it is
 * a `*` at the end of a segment, which may match beyond it. In the last segment it matches everything.
 * Source: IAM User Guide, "IAM JSON policy elements: Resource", read 2026-11-29.
 */
export function arnPatternOf(glob: Glob): Glob {
  let colons = 0;
  return glob.map((token, index) => {
    if (token === COLON) colons += 1;
    if (colons >= COLONS_OF_ARN) return token;
    if (token === ONE) return ONE_IN_SEGMENT;
    const next = glob[index + 1];
    return token === ANY && next !== undefined && next !== COLON ? ANY_IN_SEGMENT : token;
  });
}

/** Returns the six segments of an ARN, or null when there are fewer. */
export function segmentsOf(glob: Glob): Glob[] | null {
  const segments: number[][] = [[]];
  for (const token of glob) {
    if (token === COLON && segments.length <= COLONS_OF_ARN) segments.push([]);
    else segments.at(-1)?.push(token);
  }
  return segments.length === COLONS_OF_ARN + 1 ? segments : null;
}

/**
 * Whether the pattern matches everything that the other glob stands for. It may say false where only a long proof shows that
 * it is so (`a?*` and `a*b`), never true where something is not matched.
 */
export function covers(pattern: Glob, other: Glob): boolean {
  // Most pairs differ in their first characters.
  const same = literalPrefix(pattern, other);
  if (same < 0) return false;
  // Where a `*` may not take everything, an earlier one may have to take more.
  return pattern.some((token) => token === ANY_IN_SEGMENT || token === ONE_IN_SEGMENT)
    ? coversByTable(pattern, other, same)
    : coversInOrder(pattern, other, same);
}

/** Gives each `*` as little as possible, which is enough where every `*` takes everything. */
function coversInOrder(pattern: Glob, other: Glob, start: number): boolean {
  let at = start;
  let star = -1;
  let resume = 0;
  for (let j = start; j < other.length; ) {
    const token = pattern[at];
    if (token === ANY) {
      star = at;
      resume = j;
      at += 1;
    } else if (token !== undefined && takesOne(token, other[j] as number)) {
      at += 1;
      j += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      j = resume;
    } else return false;
  }
  while (pattern[at] === ANY) at += 1;
  return at === pattern.length;
}

/** Tries every length of every `*`. */
function coversByTable(pattern: Glob, other: Glob, start: number): boolean {
  let reached: boolean[] = [];
  reached[start] = true;
  for (const token of pattern.slice(start)) {
    const next: boolean[] = [];
    for (let j = start; j <= other.length; j++) {
      const symbol = other[j - 1] as number;
      if (isMany(token))
        next[j] = reached[j] === true || (j > start && next[j - 1] === true && takesAll(token, symbol));
      else next[j] = j > start && reached[j - 1] === true && takesOne(token, symbol);
    }
    reached = next;
  }
  return reached[other.length] === true;
}

/** Whether there is a text that both globs match. */
export function overlaps(a: Glob, b: Glob): boolean {
  if (literalPrefix(a, b) < 0) return false;
  let below: boolean[] = [];
  for (let i = a.length; i >= 0; i--) {
    const row: boolean[] = [];
    const left = a[i];
    for (let j = b.length; j >= 0; j--) {
      const right = b[j];
      if (left === undefined && right === undefined) row[j] = true;
      else if (left !== undefined && isMany(left))
        row[j] = below[j] === true || (right !== undefined && passes(left, right) && row[j + 1] === true);
      else if (right !== undefined && isMany(right))
        row[j] = row[j + 1] === true || (left !== undefined && passes(right, left) && below[j] === true);
      else row[j] = left !== undefined && right !== undefined && meets(left, right) && below[j + 1] === true;
    }
    below = row;
  }
  return below[0] === true;
}

/**
 * Returns how many characters both begin with, up to the first wildcard of either, or -1 when they differ before it: then no
 * text is matched by both.
 */
function literalPrefix(a: Glob, b: Glob): number {
  for (let index = 0; ; index++) {
    const [left, right] = [a[index], b[index]];
    if ((left !== undefined && left < 0) || (right !== undefined && right < 0)) return index;
    if (left !== right) return -1;
    if (left === undefined) return index;
  }
}

function codeOf(character: string): number {
  return character.codePointAt(0) as number;
}

function isMany(token: number): boolean {
  return token === ANY || token === ANY_IN_SEGMENT;
}

/** Whether a `*` takes every text that a symbol stands for. */
function takesAll(many: number, symbol: number): boolean {
  return many === ANY || !(symbol === COLON || symbol === ANY || symbol === ONE);
}

/** Whether a character or `?` takes every text that a symbol stands for. */
function takesOne(token: number, symbol: number): boolean {
  if (token === symbol) return true;
  if (token === ONE) return !isMany(symbol);
  return token === ONE_IN_SEGMENT && symbol >= 0 && symbol !== COLON;
}

/** Whether a `*` can take a text that the symbol stands for. */
function passes(many: number, symbol: number): boolean {
  return many === ANY || symbol !== COLON;
}

function meets(a: number, b: number): boolean {
  if (a === ONE_IN_SEGMENT) return b !== COLON;
  if (b === ONE_IN_SEGMENT) return a !== COLON;
  return a === b || a === ONE || b === ONE;
}
