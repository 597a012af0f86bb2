/** Patterns of paths, against bash with `globstar`, which nobody here wrote. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compileGlob } from '../../src/workload/globs.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('globs');

const PATHS = [
  'a.jpg',
  'b.JPG',
  'x1.tar',
  'x2.tar',
  'x10.tar',
  'x[1].tar',
  'train/a.jpg',
  'train/n01/b.jpeg',
  'train/n01/c.png',
  'train/n02/d.jpeg',
  'train/n02/deep/e.jpeg',
  'val/a.jpg',
  'ünï/f.jpg',
  'a+b(1).jpg',
  'p.q',
  'train/n01.jpeg/z.txt',
];
const PATTERNS = [
  '*.jpg',
  '**/*.jpg',
  '**/*.jpeg',
  'train/**',
  'train/*',
  '*/*.jpg',
  '**/n0?/*.jpeg',
  'x[0-9].tar',
  'x[!1].tar',
  '{a,b}.{jpg,JPG}',
  '**/*.{jpeg,png}',
  'train/{n01,n02}/*',
  'x{1..10}.tar',
  '**',
  '*',
  'train/**/*.jpeg',
  'a+b(1).jpg',
  'p.q',
  'p?q',
  'x\\[1\\].tar',
  '**/deep/**',
  'train/n01*',
];

const matching = (pattern: string) => {
  const compiled = compileGlob(pattern);
  assert.ok(compiled.ok, pattern);
  return PATHS.filter((path) => compiled.value.test(path)).sort();
};

test('choose the files that bash chooses', () =>
  withTemporaryDirectory((directory) => {
    for (const path of PATHS) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), '');
    }
    const loops = PATTERNS.map(
      (pattern) =>
        `for f in ${pattern.replaceAll('(', '\\(').replaceAll(')', '\\)')}; do [ -f "$f" ] && echo "$f"; done; echo --`,
    );
    const script = `shopt -s globstar nullglob dotglob\n${loops.join('\n')}`;
    const { stdout } = spawnSync('bash', ['-c', script], { cwd: directory, encoding: 'utf8' });
    const chosen = stdout.split('--\n').map((lines) =>
      lines
        .split('\n')
        .filter((line) => line !== '')
        .sort(),
    );
    for (const [place, pattern] of PATTERNS.entries()) assert.equal(matching(pattern), chosen[place], pattern);
  }));

test('numbers in braces keep their digits', () => {
  const compiled = compileGlob('s-{000000..000146}.tar');
  assert.ok(compiled.ok);
  assert.ok(compiled.value.test('s-000146.tar'));
  assert.not(compiled.value.test('s-000147.tar'));
  assert.not(compiled.value.test('s-146.tar'));
});

test('a pattern that is none is refused with the reason', () => {
  for (const [pattern, reason] of [
    ['', /is empty/],
    ['/a/*', /begins with/],
    ['a[b', /\[ without its \]/],
    ['{a,b', /\{ without its \}/],
    ['a\\', /backslash/],
    ['{9..1}', /smaller number first/],
    ['[z-a]', /out of order/],
  ] as const) {
    const compiled = compileGlob(pattern);
    assert.not(compiled.ok, pattern);
    if (!compiled.ok) assert.match(compiled.message, reason);
  }
});

test.run();
