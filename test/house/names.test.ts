/** Names that stand for one thing: no base name of a file twice, and no type, be it exported or not. */
import { posix } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SourceFile, sourceFile, sourceFilesBelow } from '../support/source.js';

/** Rooms that run in parallel have a file of the same name for the same thing: a kind of job, in plan and engine. */
const PARALLEL_ROOMS = ['jobs'];

function isParallel(path: string): boolean {
  return PARALLEL_ROOMS.includes(path.split('/').at(-2) ?? '');
}

/** `name: path, path` for each name that several have. */
function twice(named: readonly (readonly [string, string])[]): string[] {
  const places = new Map<string, string[]>();
  for (const [name, path] of named) places.set(name, [...(places.get(name) ?? []), path]);
  return [...places].flatMap(([name, paths]) => (paths.length > 1 ? [`${name}: ${paths.join(', ')}`] : []));
}

function declaredTypes({ words }: SourceFile): string[] {
  const declaration = /^(?:export )?(?:declare )?(?:abstract )?(?:interface|class|enum|type) ([A-Z]\w*)/gm;
  return [...words.matchAll(declaration)].map(([, name]) => name as string);
}

const sources = sourceFilesBelow('src');
const test = suite('house/names');

test('declarations are found, whatever is in strings and comments', () => {
  const text =
    "// export type No = 1\nexport interface A<T> {}\nexport type B = A<'export type C'>;\nexport type { D } from './d.js';\ninterface E {}";
  assert.equal(declaredTypes(sourceFile('src/x.ts', text)), ['A', 'B', 'E']);
  assert.equal(twice([...'aba'].map((name, index) => [name, String(index)] as const)), ['a: 0, 2']);
});

test('no base name of a file twice, but in rooms that run in parallel', () => {
  const files = sources.filter(({ path }) => !isParallel(path));
  assert.ok(files.length > 100);
  assert.equal(twice(files.map(({ path }) => [posix.basename(path), path])), []);
});

test('no type name twice', () => {
  const types = sources.flatMap((file) => declaredTypes(file).map((name) => [name, file.path] as const));
  assert.ok(types.length > 100);
  assert.equal(twice(types), []);
});

test.run();
