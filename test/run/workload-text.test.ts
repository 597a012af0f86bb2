/** Workloads are found by path, by name and in a stream. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  installedWorkloads,
  readInstalledWorkload,
  readWorkload,
  readWorkloadFrom,
} from '../../src/run/workload-text.js';
import { feedrateError } from '../support/feedrate-error.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/workload-text');

/** Runs `use` in a fresh working directory. */
function inDirectory(use: (directory: string) => void): Promise<void> {
  const before = process.cwd();
  return withTemporaryDirectory((directory) => {
    process.chdir(directory);
    use(directory);
  }).finally(() => process.chdir(before));
}

test('a name is an installed workload, from any directory', () =>
  inDirectory(() => {
    const { source, path } = readWorkload('quick');
    assert.match(source, /^name: quick$/m);
    assert.is(path, installedWorkloads().get('quick'));
    assert.ok(installedWorkloads().size >= 10);
  }));

test('a file of that name comes first, a directory does not, and defaults are always the installed ones', () =>
  inDirectory((directory) => {
    mkdirSync(join(directory, 'mixed'));
    assert.match(readWorkload('mixed').source, /^name: mixed$/m);
    writeFileSync(join(directory, 'quick'), 'name: mine\n');
    assert.equal(readWorkload('quick'), { source: 'name: mine\n', path: 'quick' });
    assert.match(readInstalledWorkload('quick').source, /^name: quick$/m);
  }));

test('a word that is neither says what was probably meant', () =>
  inDirectory((directory) => {
    const says = (word: string, what: RegExp) =>
      assert.throws(() => readWorkload(word), feedrateError('workload', what), word);
    says('quik', /^cannot read the workload quik: ENOENT; give the path .* feedrate workloads; did you mean quick\?$/);
    says('workloads/quick.yaml', /ENOENT; an installed workload has this name: use quick$/);
    says('Random_Read.yml', /did you mean random-read\?$/);
    says('../quick', /use quick$/);
    says('nothing-like-it', /ENOENT; give the path of a \.yaml file, or a name from this list: feedrate workloads$/);
    mkdirSync(join(directory, 'mine.yaml'));
    says('mine.yaml', /it is a directory/);
  }));

test('a stream is a workload up to a size, and a job file of fio is none', async () => {
  const stream = async function* (parts: readonly string[]) {
    for (const part of parts) yield Buffer.from(part);
  };
  assert.equal(await readWorkloadFrom(stream(['name: ', 'w\n']), 'stdin'), { source: 'name: w\n', path: 'stdin' });
  const faultOf = async (parts: readonly string[]) => {
    try {
      await readWorkloadFrom(stream(parts), 'stdin');
      return 'none';
    } catch (thrown) {
      return (thrown as Error).message;
    }
  };
  assert.match(await faultOf(Array.from({ length: 5 }, () => '#'.repeat(2 ** 20))), /^stdin: expected at most 4 MiB/);
  assert.match(
    await faultOf(['[global]\n', 'rw=read\n']),
    /^stdin: is a job file of fio; make a workload from it: feedrate import fio - -o stdin\.yaml$/,
  );
});

test.run();
