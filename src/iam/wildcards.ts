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
  return Array.from(text, (character) => (character === '*' ? ANY : character === '?' ? ONE : codeOf(character)));
}

/** Returns a text in which every character stands for itself. */
export function literalOf(text: string): Glob {
  return Array.from(text, codeOf);
}

/** Returns the text of a glob without wildcards. */
export function textOf(glob: Glob): string {
  return String.fromCodePoint(...glob);
}

/** Whether a glob has a wildcard, so that it stands for several texts. */
export function hasWildcard(glob: Glob): boolean {
  return glob.some((token) => token < 0);
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
 * Whether the pattern matches everything that the other glob stands for. It may say false where only a rearrangement of
 * wildcards shows it (`?*` and `*?`), never true where something is not matched.
 */
export function covers(pattern: Glob, other: Glob): boolean {
  let reached = other.map(() => false);
  reached.unshift(true);
  for (const token of pattern) {
    const next: boolean[] = [];
    for (let j = 0; j <= other.length; j++) {
      const symbol = other[j - 1] as number;
      if (isMany(token)) next[j] = reached[j] === true || (j > 0 && next[j - 1] === true && takesAll(token, symbol));
      else next[j] = j > 0 && reached[j - 1] === true && takesOne(token, symbol);
    }
    reached = next;
  }
  return reached[other.length] === true;
}

/** Whether there is a text that both globs match. */
export function overlaps(a: Glob, b: Glob): boolean {
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
