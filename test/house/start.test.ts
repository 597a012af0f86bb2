/** What a start loads, by the static imports of the files that users run. Start-up time is measured by `bench:startup`. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mainPath } from '../support/feedrate-cli.js';

const test = suite('house/start');
const folder = dirname(mainPath);

/** Returns the texts of the given files and of all that they import, except by `import()`. */
function filesOf(files: readonly string[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const visit = (file: string): void => {
    if (texts.has(file)) return;
    const text = readFileSync(join(folder, file), 'utf8');
    texts.set(file, text);
    for (const [, next] of text.matchAll(/^(?:import|\} from|export .* from) "\.\/([^"]+)";$/gm)) visit(next as string);
  };
  for (const file of files) visit(file);
  return texts;
}

/** Returns the sources in these files and in all that they import. */
function sourcesIn(files: readonly string[]): string[] {
  return [...filesOf(files).values()].flatMap((text) =>
    [...text.matchAll(/^\/\/ src\/(\S+)\.ts$/gm)].map(([, path]) => path ?? ''),
  );
}

/** Returns the file that `import()` loads for a module. */
function entryOf(module: string): string {
  const found = readdirSync(folder).filter(
    (name) => name.endsWith('.js') && name.replace(/-[A-Z0-9]{8}\.js$/, '') === module,
  );
  assert.is(found.length, 1, `${module}: ${found}`);
  return found[0] as string;
}

const ofServices = (sources: readonly string[]): string[] =>
  [...new Set(sources)].filter((path) => /^(?:aws|fsx|iam|notebook)\//.test(path)).sort();

test('--version and --help load nothing of AWS', () => {
  const sources = sourcesIn(['main.js', 'command-line.js']);
  assert.ok(sources.includes('cli/command-line') && sources.includes('cli/commands/run'));
  assert.equal(ofServices(sources), []);
});

/** The modules that `feedrate run` loads before it starts the process of its first session. */
const BEFORE_A_SESSION = ['rank-output', 'first-touch', 'head-start', 'stop-handle'];

/** The modules that it loads when its action begins. */
const OF_A_RUN = [...BEFORE_A_SESSION, 'run-listener', 'tiering-notes', 'conduct', 'run-report'];

test('the first session starts before its parent loads what plans, measures, saves and reports', () => {
  const earlier = new Set(sourcesIn(['main.js', 'command-line.js']));
  const added = sourcesIn(BEFORE_A_SESSION.map(entryOf)).filter((source) => !earlier.has(source));
  assert.ok(added.includes('run/head-start') && added.includes('cli/terminal/rank-output'));
  const needless = /^(?:engine|trial|plan|training|histogram|record|store|stats|gate|report|workload)\//;
  assert.equal(
    added.filter((source) => needless.test(source)),
    ['trial/silence-limit'],
  );
});

test('only the process of a session loads what starts threads', () => {
  const ofRun = [...filesOf(['main.js', ...OF_A_RUN.map(entryOf)]).values()];
  assert.not(ofRun.some((text) => /from "piscina"/.test(text)));
  assert.ok([...filesOf([entryOf('session-work')]).values()].some((text) => /from "piscina"/.test(text)));
});

test('files are ASCII, which Node reads faster and keeps in half the memory', () => {
  const others = readdirSync(folder).filter((name) => {
    return name.endsWith('.js') && [...readFileSync(join(folder, name))].some((byte) => byte > 0x7f);
  });
  assert.equal(others, []);
});

test('a run loads only what tells a volume of FSx for ONTAP from other targets, and where its data is', () => {
  const sources = sourcesIn([...OF_A_RUN.map(entryOf), 'session-process.js', 'worker.js']);
  assert.ok(sources.includes('run/preparation') && sources.includes('engine/worker'));
  assert.equal(ofServices(sources), ['aws/region', 'fsx/candidates', 'fsx/export-place', 'fsx/maintenance']);
  assert.not(
    sources.some((path) => /tiering-journal/.test(path)),
    'journals are read where there are any',
  );
});

/** Node finds and links each file, which costs more than to compile it. Some serve help and completion alone. */
const MOST_FILES = 35;

test('modules that are loaded together are in few files', () => {
  const files = [...filesOf(['main.js', 'command-line.js', ...OF_A_RUN.map(entryOf)]).keys()];
  assert.ok(files.length > OF_A_RUN.length && files.length <= MOST_FILES, files.join(' '));
});

test.run();
