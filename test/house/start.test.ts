/** What a start loads, by the static imports of the files that users run. Start-up time is measured by `bench:startup`. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mainPath } from '../support/feedrate-cli.js';

const test = suite('house/start');
const folder = dirname(mainPath);

/** Returns the sources in the given files and in all that they import, except by `import()`. */
function sourcesIn(files: readonly string[]): string[] {
  const texts = new Map<string, string>();
  const visit = (file: string): void => {
    if (texts.has(file)) return;
    const text = readFileSync(join(folder, file), 'utf8');
    texts.set(file, text);
    for (const [, next] of text.matchAll(/^(?:import|\} from|export .* from) "\.\/([^"]+)";$/gm)) visit(next as string);
  };
  for (const file of files) visit(file);
  return [...texts.values()].flatMap((text) =>
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

test('a run loads only what tells a volume of FSx for ONTAP from other targets, and where its data is', () => {
  const modules = [
    'first-touch',
    'head-start',
    'stop-handle',
    'run-listener',
    'tiering-notes',
    'conduct',
    'run-report',
  ];
  const sources = sourcesIn([...modules.map(entryOf), 'session-process.js', 'worker.js']);
  assert.ok(sources.includes('run/preparation') && sources.includes('engine/worker'));
  assert.equal(ofServices(sources), ['aws/region', 'fsx/candidates', 'fsx/export-place', 'fsx/maintenance']);
  assert.not(
    sources.some((path) => /tiering-journal/.test(path)),
    'journals are read where there are any',
  );
});

test.run();
