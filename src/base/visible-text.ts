/**
 * Characters that a terminal obeys instead of showing: control characters, line and paragraph separators, and marks that
 * change the direction of the text around them. Also the bracket of `##[`, `##vso[` and `##teamcity[`, which some CI
 * systems read as a command anywhere in a line. The bracket comes first in the pattern, because a look back from every
 * letter of a long word would take quadratic time.
 */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]|\[(?<=##\w*\[)/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Returns text from outside as one line that every terminal shows as it is: `\n`, `\u001b` or `\u202e` instead of the
 * characters. JSON stays JSON with the same values, because these are its own escapes.
 */
export function visibleText(text: string): string {
  return text.replaceAll(
    OBEYED,
    (character) => SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
