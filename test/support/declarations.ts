/** Which declarations of the sources are reached from where they begin to run: by their text, without a compiler. */
import { posix } from 'node:path';
import type { SourceFile } from './source.js';

/** A top-level statement: what it declares (none where it only does something), and the words in it. */
interface Statement {
  readonly names: readonly string[];
  readonly words: ReadonlySet<string>;
}

/** A name of another file: `import { exported as local } from path`. */
interface Binding {
  readonly path: string;
  readonly exported: string;
}

interface Outline {
  readonly path: string;
  readonly statements: readonly Statement[];
  readonly bindings: ReadonlyMap<string, Binding>;
  /** Names that the file passes on from others. */
  readonly reexports: ReadonlyMap<string, Binding>;
  /** Files that it imports for what they do, or when it runs (`import()`, `new URL()` of a worker). */
  readonly loaded: readonly string[];
  readonly words: ReadonlySet<string>;
}

const START = /^(?=[\w@{}[(/`'"$])/m;
const DECLARATION =
  /^(?:export\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|const enum|const|let|class|interface|type|enum)\s+([\w$]+)/;
const DESTRUCTURED = /^(?:export\s+)?(?:const|let)\s*[{[]([^=]*)[}\]]\s*(?::[^=]*)?=/;
const FROM =
  /\b(import|export)\s+(?:type\s+)?(\*\s+as\s+[\w$]+|\{[^}]*\}|[\w$]+(?:\s*,\s*\{[^}]*\})?|\*)\s+from\s+'(\.[^']*)'/g;
const LOADED = /(?:\bimport\(|\bnew URL\(|^import)\s*'(\.[^']*\.js)'/gm;

function wordsOf(text: string): Set<string> {
  return new Set(text.match(/[\w$]+/g));
}

/** The names of `{ a, type b, c as d }`, as they are there and here. */
function namesIn(list: string): { exported: string; local: string }[] {
  return list
    .replaceAll(/[{}]/g, '')
    .split(',')
    .map((part) => part.trim().replace(/^type\s+/, ''))
    .filter((part) => part !== '')
    .map((part) => part.split(/\s+as\s+/))
    .map(([exported = '', local = exported]) => ({ exported, local }));
}

function outlineOf(file: SourceFile): Outline {
  const bindings = new Map<string, Binding>();
  const reexports = new Map<string, Binding>();
  const target = (specifier: string) => posix.join(posix.dirname(file.path), specifier).replace(/\.js$/, '.ts');
  for (const [, keyword, what = '', specifier = ''] of file.code.matchAll(FROM)) {
    if (!what.startsWith('{'))
      throw new Error(`${file.path}: ${what} from ${specifier}: only named imports are read here`);
    for (const { exported, local } of namesIn(what)) {
      (keyword === 'import' ? bindings : reexports).set(local, { path: target(specifier), exported });
    }
  }
  const statements = file.words
    .split(START)
    .filter((text) => !/^(?:import\s*[\w{*']|export\s*(?:type\s*)?\{)/.test(text))
    .map((text): Statement => {
      const [, list] = DESTRUCTURED.exec(text) ?? [];
      const [, name] = DECLARATION.exec(text) ?? [];
      const names = list === undefined ? (name === undefined ? [] : [name]) : namesIn(list).map(({ local }) => local);
      return { names, words: wordsOf(text) };
    });
  const loaded = [...file.code.matchAll(LOADED)].map(([, specifier = '']) => target(specifier));
  return { path: file.path, statements, bindings, reexports, loaded, words: wordsOf(file.words) };
}

/**
 * `path: name` of each top-level declaration that nothing reaches from the roots, and the path alone of a file of which
 * nothing is reached. A declaration reaches what its words
 * name, in its file or by an import; the first of a file that is reached reaches what the file does when it is loaded.
 * Of a file that is loaded when another runs, what any other file names by a word is reached, so nothing is missed there
 * that is used, though something unused may be.
 */
export function unreachedDeclarations(files: readonly SourceFile[], roots: readonly string[]): string[] {
  const outlines = new Map(files.map((file) => [file.path, outlineOf(file)]));
  const reached = new Set<string>();
  const reachAll = (outline: Outline, words: ReadonlySet<string>): void => {
    for (const word of words) reachName(outline, word);
  };
  const enter = (outline: Outline): void => {
    if (reached.has(outline.path)) return;
    reached.add(outline.path);
    for (const { names, words } of outline.statements) if (names.length === 0) reachAll(outline, words);
    for (const path of outline.loaded) {
      const loaded = outlines.get(path);
      if (loaded === undefined) continue;
      enter(loaded);
      const others = [...outlines.values()].filter((other) => other !== loaded);
      for (const name of [...loaded.statements.flatMap(({ names }) => names), ...loaded.reexports.keys()]) {
        if (others.some(({ words }) => words.has(name))) reachName(loaded, name);
      }
    }
  };
  const reachName = (outline: Outline, name: string): void => {
    const key = `${outline.path}: ${name}`;
    if (reached.has(key)) return;
    const binding = outline.bindings.get(name) ?? outline.reexports.get(name);
    const own = outline.statements.filter(({ names }) => names.includes(name));
    if (binding === undefined && own.length === 0) return;
    reached.add(key);
    enter(outline);
    for (const { words } of own) reachAll(outline, words);
    const source = binding && outlines.get(binding.path);
    if (binding !== undefined && source !== undefined) reachName(source, binding.exported);
  };
  for (const path of roots) {
    const root = outlines.get(path);
    if (root === undefined) throw new Error(`${path}: there is no such root`);
    enter(root);
    for (const name of root.reexports.keys()) reachName(root, name);
  }
  return [...outlines.values()].flatMap(({ path, statements }) => {
    const keys = statements.flatMap(({ names }) => names.map((name) => `${path}: ${name}`));
    return reached.has(path) ? keys.filter((key) => !reached.has(key)) : [path];
  });
}
