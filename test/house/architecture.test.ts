/** The rules of src/ARCHITECTURE.md, held against the sources. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PURE_ROOMS, testFilesBelow, wordsOf } from '../runner/discover.js';
import { repositoryRoot } from '../support/repository.js';
import { importsOf, type SourceFile, sourceFile, sourceFilesBelow } from '../support/source.js';

/**
 * Which folders of src/ a folder may import from. `(types)`: what is gone after compilation. A room may have rooms of
 * its own: `SUB_ROOMS` says which of them may import which.
 */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  base: [],
  workload: ['base'],
  training: ['base', 'workload', 'histogram'],
  histogram: ['base'],
  plan: ['base', 'workload', 'training'],
  record: ['base', 'workload', 'training', 'plan', 'histogram'],
  doctor: ['base', 'record (types)'],
  iam: ['base'],
  notebook: ['base', 'plan', 'record (types)'],
  host: ['base', 'record (types)', 'doctor'],
  aws: ['base'],
  fsx: ['base', 'workload', 'plan', 'record', 'doctor', 'iam', 'host', 'aws'],
  engine: ['base', 'workload', 'training', 'plan', 'histogram', 'record', 'host'],
  trial: ['base', 'workload', 'training', 'plan', 'histogram', 'record', 'host', 'engine'],
  store: ['base', 'workload', 'plan', 'histogram', 'record', 'host', 'aws'],
  stats: ['base', 'training', 'plan', 'histogram', 'record'],
  gate: ['base', 'training', 'plan', 'histogram', 'record', 'stats'],
  charts: ['base'],
  page: ['base', 'charts'],
  browser: ['base', 'charts', 'page'],
  report: ['base', 'training', 'plan', 'histogram', 'record', 'iam', 'stats', 'gate', 'charts', 'page'],
  group: ['base', 'host'],
  serve: ['base', 'plan', 'histogram', 'record', 'host', 'store', 'stats', 'gate', 'charts', 'page', 'report'],
  run: [
    'base',
    'workload',
    'training',
    'plan',
    'histogram',
    'record',
    'host',
    'aws',
    'fsx',
    'engine',
    'trial',
    'store',
    'stats',
    'gate',
    'group',
  ],
  cli: [
    'base',
    'workload',
    'training',
    'plan',
    'histogram',
    'record',
    'doctor',
    'iam',
    'notebook',
    'host',
    'aws',
    'fsx',
    'engine',
    'trial',
    'store',
    'stats',
    'gate',
    'charts',
    'page',
    'report',
    'serve',
    'group',
    'run',
  ],
};

/**
 * Rooms within rooms, the lowest first. `.` are the files that lie in the room itself: they are above all its rooms, but
 * for the kinds of job, which are made of what the room has for all of them, and are then collected by it.
 */
const SUB_ROOMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  workload: { jobs: ['.'], '.': ['jobs'], dlio: ['.'], fio: ['.', 'dlio'] },
  record: { '.': [], foreign: ['.'] },
  training: { '.': [], formats: ['.'], readers: ['.'], scans: ['.'], trace: ['.'], predict: ['.'], checkpoints: ['.'] },
  plan: { jobs: ['.'], '.': ['jobs'] },
  host: {
    system: [],
    nfs: ['system'],
    libnfs: ['system', 'nfs'],
    files: ['system', 'libnfs'],
    '.': ['system', 'nfs', 'libnfs', 'files'],
  },
  iam: { lint: ['.'], evaluate: ['.'], generate: ['.', 'evaluate'], '.': [] },
  engine: {
    core: [],
    content: ['core'],
    drains: ['core', 'content'],
    uring: ['core', 'content', 'drains'],
    backends: ['core', 'content', 'drains', 'uring'],
    jobs: ['core', 'content', 'drains', 'backends'],
    layout: ['content'],
    '.': ['core', 'content', 'drains', 'uring', 'backends', 'jobs', 'layout'],
  },
  report: {
    table: [],
    interchange: [],
    run: ['table'],
    comparison: ['table', 'run'],
    answer: ['table', 'run', 'comparison'],
    history: ['table', 'run', 'comparison'],
    fsx: ['table'],
    ci: ['table', 'run', 'comparison', 'answer'],
    iam: ['table'],
    feed: ['table', 'answer'],
    charts: ['table', 'run', 'comparison', 'history', 'feed', 'fsx'],
    page: ['table', 'run', 'comparison', 'answer', 'history', 'feed', 'fsx', 'charts'],
    formats: ['table', 'run', 'comparison', 'answer', 'history', 'feed', 'charts'],
    '.': ['table', 'run', 'comparison', 'answer', 'history', 'fsx', 'ci', 'iam', 'formats', 'charts', 'page'],
  },
  cli: {
    output: [],
    options: ['output'],
    terminal: ['output', 'options'],
    commands: ['output', 'options', 'terminal'],
    '.': ['output', 'options', 'terminal', 'commands'],
  },
};

/** Where processes and threads begin: nothing imports these files, they are loaded by their address. */
const ENTRY_FILES: Readonly<Record<string, string>> = {
  'src/cli/main.ts': 'the command',
  'src/run/session-process.ts': 'the process of a session: its exit status says whether the session could be run',
  'src/run/touch-process.ts': 'the process that touches targets: it ends itself, as its calls may never return',
  'src/run/sample-worker.ts': 'a thread of that process, which looks into files while others wait',
  'src/run/scan-process.ts': 'the process that looks for files: it can be killed while a server is silent',
  'src/engine/worker.ts': 'the thread of a worker',
  'src/cli/terminal/page-worker.ts': 'the thread that makes pages while runs are served',
  'src/browser/report-page.ts': 'the script of a page of a report',
  'src/browser/serve-page.ts': 'the script of the list of runs and of the live page',
};

const PAGE_SCRIPTS = Object.keys(ENTRY_FILES).filter((path) => path.startsWith('src/browser/'));

/** What every start of `feedrate` may load, besides `cli/` and `base/`: it is small and loads nothing itself at once. */
const START_FILES: readonly string[] = [
  'src/host/libnfs/nfs-url.ts',
  'src/host/system/installation.ts',
  'src/report/exports.ts',
  'src/report/render.ts',
  'src/workload/engines.ts',
  'src/workload/override-text.ts',
];
const START_PACKAGES: readonly string[] = ['commander', 'picocolors'];

/** The library's surface stands beside the folders and shows everything but the command line. */
const ROOT_FILE = 'src/index.ts';

/** What .biome.json rules as pure: rooms, and single files of other rooms. */
const PURE = purePatterns();
const IMPURE_WORDS = [
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bMath\.random\b/,
  /\bperformance\./,
  /\bprocess\./,
  /\bconsole\./,
  /\b(?:setTimeout|setInterval|setImmediate|fetch)\(/,
  /\bBuffer\b/,
];
const COMMAND_LINE_WORDS = [/\bconsole\./, /\bprocess\.(?:stdout|stderr|stdin|argv|exit|exitCode)\b/];
const MAX_LINES = 300;

const sources = sourceFilesBelow('src');
const tests = sourceFilesBelow('test');

interface BiomeOverride {
  readonly includes: readonly string[];
  readonly linter: { readonly rules: { readonly style?: { readonly noRestrictedImports?: object } } };
}

/** `src/base/**`, `src/trial/cache-verdict.ts` …: where .biome.json restricts imports. */
function purePatterns(): string[] {
  const settings = JSON.parse(readFileSync(join(repositoryRoot, '.biome.json'), 'utf8')) as {
    readonly overrides: readonly BiomeOverride[];
  };
  return settings.overrides
    .filter(({ linter }) => linter.rules.style?.noRestrictedImports !== undefined)
    .flatMap(({ includes }) => includes);
}

function isPure(path: string): boolean {
  return PURE.some((pattern) => (pattern.endsWith('/**') ? path.startsWith(pattern.slice(0, -2)) : path === pattern));
}

function folderOf(path: string): string {
  return path === ROOT_FILE ? 'index' : (path.split('/')[1] ?? '');
}

/** The source file that a relative import means. */
function importedPath(file: SourceFile, specifier: string): string {
  return posix.join(posix.dirname(file.path), specifier).replace(/\.js$/, '.ts');
}

/** `path:line` of the first word that matches in each file. */
function places(files: readonly SourceFile[], words: readonly RegExp[]): string[] {
  return files.flatMap((file) =>
    words.flatMap((word) => {
      const found = word.exec(file.words)?.[0];
      return found === undefined ? [] : [`${file.path}: ${found}`];
    }),
  );
}

function forbiddenEdges(file: SourceFile): string[] {
  const from = folderOf(file.path);
  const allowed = from === 'index' ? Object.keys(EDGES).filter((folder) => folder !== 'cli') : (EDGES[from] ?? []);
  return importsOf(file).flatMap(({ specifier, typeOnly }) => {
    if (!specifier.startsWith('.')) return [];
    const to = folderOf(importedPath(file, specifier));
    if (to === from || allowed.includes(to) || (typeOnly && allowed.includes(`${to} (types)`))) return [];
    return [`${file.path} imports ${specifier}: ${from} may import ${allowed.join(', ') || 'nothing'}`];
  });
}

/** The room within its room in which a file lies: `host/nfs/remount.ts` is in `nfs`, `host/target.ts` in `.`. */
function subRoomOf(path: string): string {
  const parts = path.split('/');
  return parts.length > 3 ? (parts[2] as string) : '.';
}

function forbiddenSubRoomEdges(file: SourceFile): string[] {
  const room = folderOf(file.path);
  const edges = SUB_ROOMS[room];
  const from = subRoomOf(file.path);
  if (edges === undefined) return from === '.' ? [] : [`${file.path}: ${room}/${from} is in no table`];
  const allowed = edges[from];
  if (allowed === undefined) return [`${file.path}: ${room}/${from} is in no table`];
  return importsOf(file).flatMap(({ specifier }) => {
    if (!specifier.startsWith('.')) return [];
    const imported = importedPath(file, specifier);
    const to = subRoomOf(imported);
    if (folderOf(imported) !== room || to === from || allowed.includes(to)) return [];
    return [`${file.path} imports ${specifier}: ${room}/${from} may import ${allowed.join(', ') || 'nothing'}`];
  });
}

/** A cycle of files as `a → b → a`, or undefined. */
function findCycle(files: readonly SourceFile[]): string | undefined {
  const edges = new Map(
    files.map((file) => [
      file.path,
      importsOf(file)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => importedPath(file, specifier)),
    ]),
  );
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path].join(' → ');
    if (done.has(path)) return undefined;
    for (const next of edges.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle !== undefined) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of edges.keys()) {
    const cycle = visit(path, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

const reading = suite('reading sources');

reading('comments and strings are no code', () => {
  const file = sourceFile(
    'src/base/x.ts',
    [
      "import { a } from './a.js'; // import './no.js'",
      '/** process.exit */',
      "const s = 'process.exit // no comment'; const r = /['\"]/; const t = /[/]'/;",
      "process.argv; export * from './b.js'; import type { C } from '../c.js';",
      "import './d.js'; const e = await import('./e.js'); type F = typeof import('./f.js');",
    ].join('\n'),
  );
  assert.equal(
    importsOf(file).map(({ specifier, typeOnly }) => (typeOnly ? `${specifier} (types)` : specifier)),
    ['./a.js', './b.js', '../c.js (types)', './d.js', './e.js', './f.js (types)'],
  );
  assert.not.match(file.words, 'process.exit');
  assert.match(file.words, 'process.argv');
});

reading('a cycle is found', () => {
  const cyclic = ['a', 'b', 'c'].map((name, i, all) =>
    sourceFile(`src/base/${name}.ts`, `import type { X } from './${all[(i + 1) % 3]}.js';`),
  );
  assert.is(findCycle(cyclic), 'src/base/a.ts → src/base/b.ts → src/base/c.ts → src/base/a.ts');
  assert.is(findCycle(cyclic.slice(1)), undefined);
});

reading('a forbidden edge is found', () => {
  const edgesOf = (path: string, text: string): number => forbiddenEdges(sourceFile(path, text)).length;
  assert.is(edgesOf('src/base/a.ts', "import { b } from '../plan/b.js';"), 1);
  assert.is(edgesOf('src/host/a.ts', "import { b } from '../record/b.js';"), 1);
  assert.is(edgesOf('src/host/a.ts', "import type { B } from '../record/b.js';"), 0);
  assert.is(edgesOf(ROOT_FILE, "export { main } from './cli/main.js';"), 1);
});

reading.run();

const architecture = suite('architecture');

architecture('src/ has its rooms, its map and its surface, and nothing else', () => {
  assert.equal(
    readdirSync(join(repositoryRoot, 'src')).sort(),
    ['ARCHITECTURE.md', 'index.ts', ...Object.keys(EDGES)].sort(),
  );
});

architecture('folders import only what they may', () => assert.equal(sources.flatMap(forbiddenEdges), []));

architecture('rooms within a room import only what they may', () =>
  assert.equal(sources.flatMap(forbiddenSubRoomEdges), []),
);

architecture('no file imports itself by way of others', () => assert.is(findCycle(sources), undefined));

architecture('pure files use no node module, clock, randomness or process, and import pure files alone', () => {
  const pure = sources.filter(({ path }) => isPure(path));
  for (const pattern of PURE) {
    assert.ok(
      pure.some(({ path }) => path.startsWith(pattern.replace('**', ''))),
      `${pattern}: there is no such file`,
    );
  }
  const nodeImports = pure.flatMap((file) =>
    importsOf(file)
      .filter(({ specifier }) => specifier.startsWith('node:'))
      .map(({ specifier }) => `${file.path}: ${specifier}`),
  );
  const impureImports = pure.flatMap((file) =>
    importsOf(file)
      .filter(({ specifier }) => specifier.startsWith('.') && !isPure(importedPath(file, specifier)))
      .map(({ specifier }) => `${file.path}: ${specifier}`),
  );
  assert.equal([...nodeImports, ...impureImports, ...places(pure, IMPURE_WORDS)], []);
});

/** Files of the command line that may write by themselves, and why. */
const WRITERS: Readonly<Record<string, string>> = {
  'src/cli/main.ts': 'the version, before anything is loaded',
  'src/cli/output/print.ts': 'everything else',
  'src/cli/terminal/run-listener.ts': 'what a session wrote, through safeText',
};

architecture('the command line prints through one file, which makes control characters visible', () => {
  const others = sources.filter(({ path }) => folderOf(path) === 'cli' && WRITERS[path] === undefined);
  assert.equal(places(others, [/\bconsole\./, /\bprocess\.(?:stdout|stderr)\.write\b/, /\bprocess\[/]), []);
});

architecture('only the command line touches the console, argv and exit codes', () => {
  assert.equal(
    places(
      sources.filter(({ path }) => folderOf(path) !== 'cli' && ENTRY_FILES[path] === undefined),
      COMMAND_LINE_WORDS,
    ),
    [],
  );
});

/** The files that are loaded at once with these. */
function loadedWith(roots: readonly string[]): Set<string> {
  const byPath = new Map(sources.map((file) => [file.path, file]));
  const loaded = new Set<string>();
  const load = (path: string): void => {
    const file = byPath.get(path);
    if (file === undefined || loaded.has(path)) return;
    loaded.add(path);
    for (const { specifier, typeOnly, dynamic } of importsOf(file))
      if (!(typeOnly || dynamic)) load(importedPath(file, specifier));
  };
  roots.forEach(load);
  return loaded;
}

architecture('processes and threads begin where nothing else is imported from', () => {
  const addresses = sources.flatMap((file) =>
    [...file.code.matchAll(/new URL\('(\.[^']+\.js)', import\.meta\.url\)/g)].map(([, found = '']) =>
      importedPath(file, found),
    ),
  );
  // The script of a page has no address: it is written into the page.
  assert.equal([...addresses, 'src/cli/main.ts', ...PAGE_SCRIPTS].sort(), Object.keys(ENTRY_FILES).sort());
  const imported = new Set(
    sources.flatMap((file) => importsOf(file).map(({ specifier }) => importedPath(file, specifier))),
  );
  assert.equal(
    Object.keys(ENTRY_FILES).filter((path) => imported.has(path)),
    [],
  );
});

architecture('the build bundles every file where a process or a thread begins', () => {
  const { processes, pages } = JSON.parse(readFileSync(join(repositoryRoot, '.bundle/build.json'), 'utf8')) as {
    readonly processes: readonly (readonly string[])[];
    readonly pages: readonly string[];
  };
  const built = [...processes.flat(), ...pages].filter((path) => path.endsWith('.ts'));
  // Loaded by main.ts, and under a name that the tests know.
  assert.equal(built.sort(), [...Object.keys(ENTRY_FILES), 'src/cli/command-line.ts'].sort());
});

architecture('a start loads the command line, two packages, and next to nothing else', () => {
  const loaded = loadedWith(['src/cli/main.ts', 'src/cli/command-line.ts']);
  assert.ok(loaded.size > 20);
  assert.equal(
    [...loaded].filter((path) => !['cli', 'base'].includes(folderOf(path)) && !START_FILES.includes(path)),
    [],
  );
  const packages = sources
    .filter(({ path }) => loaded.has(path))
    .flatMap((file) => importsOf(file))
    .filter(({ specifier, typeOnly, dynamic }) => !(typeOnly || dynamic || /^(?:\.|node:)/.test(specifier)));
  assert.equal(
    packages.map(({ specifier }) => specifier).filter((name) => !START_PACKAGES.includes(name)),
    [],
  );
});

architecture(`no file is longer than ${MAX_LINES} lines, and none puts work off`, () => {
  const long = sources.filter(({ text }) => text.trimEnd().split('\n').length > MAX_LINES);
  const putOff = [...sources, ...tests].filter(({ text }) => /\b(?:TO[D]O|FIXM[E])\b/.test(text));
  assert.equal(
    [...long, ...putOff].map(({ path }) => path),
    [],
  );
});

architecture('every test file is compiled, found and run as it says', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const testSources = tests.filter(({ path }) => path.endsWith('.test.ts'));
  const compiled = testSources.map(({ path }) => posix.relative('test', path).replace(/ts$/, 'js'));
  assert.equal(testFilesBelow(root), compiled.sort(), 'a build without its source, or a source without its build');
  for (const { path, text } of testSources) {
    const file = posix.relative('test', path).replace(/ts$/, 'js');
    const [, words = ''] = /^\/\/ ([\w ]+)\n/.exec(text) ?? [];
    assert.equal([...wordsOf(root, file)].join(' '), words, `${path}: // ci, serial, waits; an empty line must follow`);
  }
  assert.equal(places(testSources, [/\.only\(/, /\.skip\(/]), []);
});

architecture('src/ARCHITECTURE.md has the same table of edges', () => {
  const map = readFileSync(join(repositoryRoot, 'src', 'ARCHITECTURE.md'), 'utf8');
  const table = map.split(/<!-- \/?edges -->/)[1];
  assert.ok(table !== undefined, 'expected a table between <!-- edges --> and <!-- /edges -->');
  const rows = Object.entries(EDGES).map(([from, to]) => `| ${from} | ${to.join(', ')} |`.replace('|  |', '| |'));
  assert.is(table.trim(), ['| folder | may import |', '|---|---|', ...rows].join('\n'));
});

architecture('src/ARCHITECTURE.md and the test runner name the pure rooms that .biome.json rules', () => {
  const map = readFileSync(join(repositoryRoot, 'src', 'ARCHITECTURE.md'), 'utf8');
  const [, named = ''] = /^- ((?:`[a-z]+`[,\s]+)+)are pure/m.exec(map) ?? [];
  const rooms = PURE.filter((pattern) => pattern.endsWith('/**')).map((pattern) => pattern.slice(4, -3));
  assert.equal([...named.matchAll(/[a-z]+/g)].map(([room]) => room).sort(), rooms.sort());
  assert.equal(PURE_ROOMS.toSorted(), rooms);
});

architecture.run();
