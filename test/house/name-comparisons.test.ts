/**
 * Engines are asked for what they can do and kinds of job for their plan: nobody compares their names. A place that
 * does would go on compiling, and be wrong, when another engine or kind comes.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ENGINE_CHOICES, ENGINES } from '../../src/workload/engines.js';
import { KINDS } from '../../src/workload/job-fields.js';
import { type SourceFile, sourceFile, sourceFilesBelow } from '../support/source.js';

const NAMES = [...new Set([...Object.keys(ENGINES), ...ENGINE_CHOICES, ...KINDS])].join('|');
/** A name that is compared, is a case, or is looked for in a list of names. */
const COMPARISONS = [
  new RegExp(`[=!]==?\\s*['"\`](?:${NAMES})['"\`]`, 'g'),
  new RegExp(`['"\`](?:${NAMES})['"\`]\\s*[=!]==?`, 'g'),
  new RegExp(`\\[[^\\]]*['"\`](?:${NAMES})['"\`][^\\]]*\\]\\.(?:includes|indexOf)\\(`, 'g'),
];
const CASE = new RegExp(`\\bcase\\s+['"\`](?:${NAMES})['"\`]`, 'g');
const INSTANCE = /\binstanceof\s+\w*Backend\b/g;

/** Where the names are at home. */
const HOMES = ['src/workload/engines.ts', 'src/engine/backends/'];
/** Where `auto` is a choice of the launcher. */
const LAUNCHERS_HOME = 'src/group/detect-launcher.ts';
/** `auto`, a mode of the progress. */
const OTHER_MEANING: ReadonlySet<string> = new Set(["case 'auto'"]);

function namesIn({ path, code }: SourceFile): string[] {
  if ([...HOMES, LAUNCHERS_HOME].some((home) => path.startsWith(home))) return [];
  return [...COMPARISONS, CASE, INSTANCE]
    .flatMap((pattern) => [...code.matchAll(pattern)].map(([found]) => found))
    .filter((found) => !OTHER_MEANING.has(found))
    .map((found) => `${path}: ${found}`);
}

const test = suite('house/names');

test('a compared name is found', () => {
  const found = (code: string, path = 'src/trial/x.ts'): number => namesIn(sourceFile(path, code)).length;
  assert.is(found("if (engine.used === 'mmap') stop();"), 1);
  assert.is(found("if ('small-files' !== job.kind) stop();"), 1);
  assert.is(found("switch (job.kind) {\n  case 'io':\n  case 'checkpoint-write':\n}"), 2);
  assert.is(found("const none = ['null', 'simulated'].includes(used);"), 1);
  assert.is(found('if (backend instanceof PsyncBackend) stop();'), 1);
  assert.is(found("const text = 'mmap'; // engine === 'mmap'\nif (thrown instanceof Error) stop();"), 0);
  assert.is(found("if (engine === 'mmap') stop();", 'src/engine/backends/x.ts'), 0);
});

test('no name of an engine or kind of job is compared, and no backend is asked for its class', () => {
  assert.equal(sourceFilesBelow('src').flatMap(namesIn), []);
});

test.run();
