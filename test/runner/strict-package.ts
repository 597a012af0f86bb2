/**
 * Makes test files get the strict uvu: a package `uvu` beside them, which Node finds before the real one. A module hook does
 * the same, but in Node 20 it sends each import of each file through a thread of its own, which costs a twelfth of the suite.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const fromHere = createRequire(new URL('../../../package.json', import.meta.url));

/** The package's files, by name. uvu has no plan for its `assert` but to be the only one, so that one is handed on. */
function contents(): Readonly<Record<string, string>> {
  const assertions = join(dirname(fromHere.resolve('uvu/assert')), 'index.mjs');
  const handOn = (url: string) => `export * from ${JSON.stringify(url)};\n`;
  return {
    'package.json': '{"type": "module", "exports": {".": "./index.js", "./assert": "./assert.js"}}\n',
    'index.js': handOn(new URL('./strict-uvu.js', import.meta.url).href),
    'assert.js': handOn(pathToFileURL(assertions).href),
  };
}

function isThere(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8') === text;
  } catch {
    return false;
  }
}

/** Puts the package where test files below a folder look for it first. Another runner may do the same meanwhile. */
export function placeStrictPackage(root: string): void {
  const folder = join(root, 'node_modules', 'uvu');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(contents())) {
    const path = join(folder, name);
    if (isThere(path, text)) continue;
    const whole = `${path}.${process.pid}`;
    writeFileSync(whole, text);
    renameSync(whole, path);
  }
}
