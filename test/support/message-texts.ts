/** The texts in a source: what a program may print. */

/** Strings and templates, in the order in which they begin. Comments are gone already. */
const TEXT = /'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|`/g;

/** Returns the texts of a source without comments. What a template inserts is the word INSERTED. */
export function textsOf(code: string): string[] {
  const texts: string[] = [];
  for (TEXT.lastIndex = 0; ; ) {
    const found = TEXT.exec(code);
    if (found === null) return texts;
    if (found[0] !== '`') texts.push(unescaped(found[1] ?? found[2] ?? ''));
    else {
      const { text, inner, end } = template(code, TEXT.lastIndex);
      texts.push(unescaped(text), ...inner.flatMap(innerTexts));
      TEXT.lastIndex = end;
    }
  }
}

/** The texts of an expression inside a template. The search has a place of its own. */
function innerTexts(code: string): string[] {
  const place = TEXT.lastIndex;
  const texts = textsOf(code);
  TEXT.lastIndex = place;
  return texts;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_all, letter: string) => (letter === 'n' ? '\n' : letter));
}

/** Reads a template whose first character is at `start`, and the expressions in it. */
function template(code: string, start: number): { text: string; inner: string[]; end: number } {
  let text = '';
  const inner: string[] = [];
  let at = start;
  while (code[at] !== '`' && at < code.length) {
    if (code[at] === '\\') {
      text += code.slice(at, at + 2);
      at += 2;
    } else if (code.startsWith('${', at)) {
      const end = endOfExpression(code, at + 2);
      inner.push(code.slice(at + 2, end));
      text += 'INSERTED';
      at = end + 1;
    } else text += code[at++];
  }
  return { text, inner, end: at + 1 };
}

/** Returns the place of the brace that ends an expression. */
function endOfExpression(code: string, start: number): number {
  let depth = 0;
  for (let at = start; at < code.length; at++) {
    const character = code[at];
    if (character === '`') at = template(code, at + 1).end - 1;
    else if (character === "'" || character === '"') {
      do at += code[at] === '\\' ? 2 : 1;
      while (code[at] !== character && at < code.length);
    } else if (character === '{') depth++;
    else if (character === '}' && depth-- === 0) return at;
  }
  return code.length;
}
