/** Archives of run directories. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReadableRun } from '../../src/record/stored-run.js';
import { runArchive } from '../../src/store/run-archive.js';
import { makeArm, makeRun } from '../support/records.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('store/run-archive');

function runIn(parent: string): ReadableRun {
  const id = '20261130T000000Z_quick_a1f3';
  const directory = join(parent, id);
  mkdirSync(directory);
  return { directory, id, status: 'complete', run: makeRun([makeArm('read')], 1, { id }), trials: [], problems: [] };
}

test('tar reads the same files, and a later archive has the same bytes', () =>
  withTemporaryDirectory((parent) => {
    const run = runIn(parent);
    const long = `${'n'.repeat(180)}.csv`;
    for (const name of ['run.json', 'empty', 'ü x.txt', long])
      writeFileSync(join(run.directory, name), `of ${name}`.repeat(200));
    writeFileSync(join(run.directory, 'empty'), '');
    symlinkSync('/etc/passwd', join(run.directory, 'link'));
    const bytes = Buffer.concat([...runArchive([run])]);
    for (const name of ['run.json', long]) utimesSync(join(run.directory, name), 1, 1);
    assert.ok(bytes.equals(Buffer.concat([...runArchive([run])])));
    assert.is(bytes.length % 10_240, 0);
    const archive = join(parent, 'a.tar');
    writeFileSync(archive, bytes);
    mkdirSync(join(parent, 'out'));
    execFileSync('tar', ['xf', archive, '-C', join(parent, 'out')]);
    const listed = execFileSync('tar', ['tf', archive, '--quoting-style=literal'], { encoding: 'utf8' });
    assert.equal(
      listed.trimEnd().split('\n'),
      ['empty', long, 'run.json', 'ü x.txt'].map((name) => `${run.id}/${name}`),
    );
    execFileSync('diff', ['-r', '--exclude=link', run.directory, join(parent, 'out', run.id)]);
  }));

test.run();
