/** Looks for the files of a dataset in a directory tree that has everything that a tree can have. */
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bytesOf } from '../../src/base/byte-text.js';
import { FoundFiles } from '../../src/plan/found-files.js';
import { decodeIndex } from '../../src/plan/index-image.js';
import type { Found } from '../../src/plan/planned-dataset.js';
import { scan } from '../../src/run/scan-work.js';
import type { ExistingDataset } from '../../src/workload/workload.js';
import { feedrateError } from '../support/feedrate-error.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('scan');

const DATASET: ExistingDataset = {
  kind: 'existing',
  path: 'data',
  manifest: null,
  include: [],
  exclude: [],
  follow: false,
  limit: null,
  seed: 1,
};

async function found(path: string, changes: Partial<ExistingDataset> = {}): Promise<Found> {
  const image = await scan(
    { type: 'scan', dataset: { ...DATASET, ...changes }, target: { name: 't', path }, samples: null },
    () => {},
  );
  const memory = new SharedArrayBuffer(image.length);
  new Uint8Array(memory).set(image);
  return decodeIndex(memory);
}

const pathsOf = ({ index }: Found) => [...FoundFiles.of(index)].map(({ path }) => path);

/** A tree in which the order by bytes differs from every other order. */
function makeTree(target: string): void {
  const data = join(target, 'data');
  for (const directory of ['a', 'a-b', 'a/deep', '.feedrate-old', 'empty'])
    mkdirSync(join(data, directory), { recursive: true });
  for (const [name, bytes] of [
    ['a.txt', 3],
    ['a/z', 5000],
    ['a/Z', 1],
    ['a/deep/x.jpeg', 70_000],
    ['a-b/é', 10],
    ['zero', 0],
    ['.feedrate-old/f', 9],
  ] as const)
    writeFileSync(join(data, name), 'x'.repeat(bytes));
  writeFileSync(Buffer.from(`${data}/caf\xe9`, 'latin1'), 'xx');
  linkSync(join(data, 'a/z'), join(data, 'a/hard'));
  symlinkSync('z', join(data, 'a/link'));
  symlinkSync('..', join(data, 'a/up'));
  symlinkSync('nowhere', join(data, 'dangling'));
  spawnSync('mkfifo', [join(data, 'fifo')]);
  writeFileSync(join(data, 'sparse'), '');
  truncateSync(join(data, 'sparse'), 1_000_000);
}

test('finds every regular file in the order of the bytes of their paths, as find and sort do', () =>
  withTemporaryDirectory(async (target) => {
    makeTree(target);
    const { index, summary } = await found(target);
    const listed = spawnSync(
      'bash',
      ['-c', "find data -name '.feedrate-*' -prune -o -type f -printf '%p\\0' | LC_ALL=C sort -z"],
      { cwd: target, encoding: 'latin1' },
    );
    const ours = [...FoundFiles.of(index)].map(({ path }) => `${Buffer.from(bytesOf(path)).toString('latin1')}\0`);
    assert.is(ours.join(''), listed.stdout);
    assert.is(summary.files, 9);
    assert.is(summary.bytes, 3 + 5000 * 2 + 1 + 70_000 + 10 + 2 + 1_000_000);
    assert.is(summary.emptyFiles, 1);
    // `zero` and `sparse` take no space; the others take more than they have, in blocks.
    assert.equal([summary.sparseFiles, summary.sparseBytes, summary.allocatedBytes], [1, 1_000_000, 0]);
    assert.equal(summary.leftOut, { link: 3, special: 1, own: 1 });
  }));

test('follows links when asked, notices loops, and finds the same files by two names', () =>
  withTemporaryDirectory(async (target) => {
    makeTree(target);
    const followed = await found(target, { follow: true });
    assert.ok(pathsOf(followed).includes('data/a/link'));
    assert.equal(followed.summary.leftOut, { loop: 1, missing: 1, special: 1, own: 1 });
    assert.is(followed.index.opening.follow, true);
  }));

test('patterns choose files, and directories that are excluded are not read', () =>
  withTemporaryDirectory(async (target) => {
    makeTree(target);
    assert.equal(pathsOf(await found(target, { include: ['**/*.jpeg', 'a.txt'] })), [
      'data/a.txt',
      'data/a/deep/x.jpeg',
    ]);
    const { summary } = await found(target, { exclude: ['a/**', '*é', 'a-b'] });
    assert.is(summary.directories, 2);
    await found(target, { include: ['*.jpeg'] }).then(
      () => assert.unreachable(),
      (thrown) => feedrateError('target', /no file that include and exclude choose.*write \*\*\/\*\.jpeg/)(thrown),
    );
  }));

test('a limit chooses the same files in every copy, and other ones with another seed', () =>
  withTemporaryDirectory(async (target) => {
    for (const copy of ['one', 'two/deeper']) {
      mkdirSync(join(target, copy), { recursive: true });
      for (let i = 0; i < 200; i++) writeFileSync(join(target, copy, `f${i}`), String(i));
    }
    const chosen = async (path: string, seed: number) =>
      pathsOf(await found(target, { path, limit: 20, seed })).map((file) => file.slice(path.length));
    const one = await chosen('one', 1);
    assert.is(one.length, 20);
    assert.equal(await chosen('two/deeper', 1), one);
    assert.not.equal(await chosen('one', 2), one);
    assert.is((await found(target, { path: 'one', limit: 20 })).summary.matching, 200);
  }));

test('a manifest lists paths by line or by NUL, each once, and what is wrong with one is counted', () =>
  withTemporaryDirectory(async (target) => {
    makeTree(target);
    const lines = ['a/z', './a/Z', 'a//z', 'missing', '../outside', 'a', `${target}/data/a.txt`, 'a/link', ''];
    writeFileSync(join(target, 'list.txt'), lines.join('\r\n'));
    const listed = await found(target, { manifest: 'list.txt' });
    assert.equal(pathsOf(listed), ['data/a.txt', 'data/a/Z', 'data/a/z']);
    assert.equal(listed.summary.leftOut, { missing: 1, outside: 1, directory: 1, link: 1 });
    writeFileSync(join(target, 'list.nul'), Buffer.from('a/z\0caf\xe9\0', 'latin1'));
    assert.equal(pathsOf(await found(target, { manifest: 'list.nul' })), ['data/a/z', 'data/caf\udce9']);
  }));

test('a single file is a dataset, and what is none of these is refused', () =>
  withTemporaryDirectory(async (target) => {
    makeTree(target);
    assert.equal(pathsOf(await found(target, { path: 'data/a/z' })), ['data/a/z']);
    symlinkSync('/', join(target, 'away'));
    for (const [path, reason] of [
      ['nothing', /there is no/],
      ['..', /is outside/],
      ['away', /is a link to \//],
      ['data/fifo', /no directory, file or block device/],
      ['data/empty', /there is no file below/],
    ] as const)
      await found(target, { path }).then(
        () => assert.unreachable(path),
        (thrown) => feedrateError('target', reason)(thrown),
      );
  }));

test.run();
