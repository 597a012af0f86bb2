/** Nothing in src/ is there for tests alone, and nothing there is written to please a rule about lines. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { unreachedDeclarations } from '../support/declarations.js';
import { sourceFile, sourceFilesBelow } from '../support/source.js';

const ROOTS = ['src/index.ts', 'src/cli/main.ts', 'src/browser/report-page.ts', 'src/browser/serve-page.ts'];

/** `...{ a, b }` in a literal says nothing that `a, b` does not, and neither does `...[a, b]`; `...[a, b].map(f)` does. */
function packedLiterals(words: string): string[] {
  return [...words.matchAll(/\.\.\.(?=[{[])/g)].flatMap(({ index }) => {
    const start = index + 3;
    let depth = 0;
    let end = start;
    do {
      if (/[{[(]/.test(words[end] as string)) depth++;
      else if (/[}\])]/.test(words[end] as string)) depth--;
      end++;
    } while (depth > 0 && end < words.length);
    return words[end] === '.' ? [] : [words.slice(index, end)];
  });
}

const test = suite('house/dead-code');

function unreached(texts: Readonly<Record<string, string>>): string[] {
  const files = Object.entries(texts).map(([path, text]) => sourceFile(path, text));
  return unreachedDeclarations(files, ['main.ts']);
}

test('what is reached through imports, types, classes and loading is no dead code', () => {
  const texts = {
    'main.ts': "import { a as first } from './a.js';\nexport { type T, d } from './d.js';\nfirst();\n",
    'a.ts':
      "import type { T } from './d.js';\nconst n = 1;\nexport function a(): T {\n  return b + n;\n}\nconst b = 2;\n",
    'd.ts': "export type T = U;\ntype U = number;\nexport const d = async () => (await import('./e.js')).e;\n",
    'e.ts': 'export const [e] = make();\nexport const f = e;\nfunction make() {\n  return [1];\n}\n',
  };
  assert.equal(unreached(texts), ['e.ts: f']);
});

test('what only itself, a comment, a string or a test names is dead code', () => {
  const texts = {
    'main.ts': "import { a } from './a.js';\na('dead'); // dead\n",
    'a.ts':
      'export const a = String;\nexport function dead(): void {\n  helper();\n  dead();\n}\nfunction helper() {}\n',
    'b.ts': "import { a } from './a.js';\nexport const unused = a;\n",
  };
  assert.equal(unreached(texts), ['a.ts: dead', 'a.ts: helper', 'b.ts']);
});

test('every file and declaration of src/ is used by the command line or the library', () => {
  const files = sourceFilesBelow('src').filter(({ path }) => !path.endsWith('.d.ts'));
  assert.equal(unreachedDeclarations(files, ROOTS), []);
});

test('fields are not packed into a line by spreading a literal', () => {
  assert.equal(packedLiterals('const x = { ...{ a, b: { c } }, ...(d && { e }), ...f };'), ['...{ a, b: { c } }']);
  assert.equal(packedLiterals('f(...[...g, h], ...[i, j].map(k))'), ['...[...g, h]']);
  assert.equal(
    sourceFilesBelow('src').flatMap(({ path, words }) => packedLiterals(words).map((text) => `${path}: ${text}`)),
    [],
  );
});

test.run();
