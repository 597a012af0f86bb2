/** Files are laid out several at a time, get their names when they are durable, and are found again without being read. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { contentMemory } from '../../src/engine/layout/file-content.js';
import { FileList } from '../../src/plan/file-list.js';
import { FileUnion } from '../../src/plan/file-union.js';
import type { DataFile } from '../../src/plan/plan.js';
import { LayoutStopped } from '../../src/trial/data-file.js';
import type { WorkProgress } from '../../src/trial/events.js';
import { layOutFiles } from '../../src/trial/lay-out-files.js';
import { missingFilesOf } from '../../src/trial/layout.js';
import { mainPath } from '../support/feedrate-cli.js';
import { needTool } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('trial/layout');

const MIB = 2 ** 20;

/** So many files of 1 to 9 KiB, in folders of a thousand. */
function filesOf(length: number): FileList {
  return new FileList({ seed: 5, sizes: { kind: 'drawn', minBytes: 1000, maxBytes: 9000 }, length });
}

function totalsOf(files: readonly DataFile[]) {
  return { files, totalFiles: files.length, totalBytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Calls `use` with a data directory and a passing directory. */
function withPlaces(use: (places: { directory: string; passingDirectory: string }) => Promise<void>): Promise<void> {
  return withTemporaryDirectory(async (place) => {
    const places = { directory: join(place, 'data'), passingDirectory: join(place, 'passing') };
    for (const path of Object.values(places)) mkdirSync(path);
    await use(places);
  });
}

function isRight(directory: string, { path, bytes, contentSeed }: DataFile): boolean {
  const content = contentMemory();
  const at = content.fill(0, bytes, contentSeed, 0, 0);
  return readFileSync(join(directory, path)).equals(content.bytes.subarray(at, at + bytes));
}

function namesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(directory, name)).isFile(),
  );
}

for (const [count, how] of [
  [20, 'few files, which are synced one by one'],
  [100, 'more files, which are synced together'],
  [1300, 'many files, by several threads, in a folder that has some files already and one that is new'],
] as const) {
  test(`lays out ${how}`, () =>
    withPlaces(async (places) => {
      const files = [...filesOf(count)];
      mkdirSync(join(places.directory, 's5/000'), { recursive: true });
      writeFileSync(join(places.directory, files[3]?.path ?? ''), 'something else');
      const told: WorkProgress[] = [];
      const listener = { progress: (work: WorkProgress) => told.push(work), stopped: () => false };
      await layOutFiles({ ...places, heldPath: null, ...totalsOf(files) }, listener);
      assert.equal(namesBelow(places.directory).sort(), files.map(({ path }) => path).sort());
      assert.ok(files.every((file) => isRight(places.directory, file)));
      assert.equal(namesBelow(places.passingDirectory), []);
      assert.is(told.at(-1)?.fraction, 1);
      assert.is(told.at(-1)?.doneFiles, count);
    }));
}

test('a stop leaves only complete files, and they are used again', () =>
  withPlaces(async (places) => {
    const files = [
      { path: 'a/small', bytes: 5000, contentSeed: 1 },
      { path: 'a/large', bytes: 600 * MIB, contentSeed: 2 },
    ];
    // Asked every 100 ms, and a fast disk takes the larger file in little more than that.
    const listener = { progress: () => {}, stopped: () => existsSync(join(places.directory, 'a/small')) };
    try {
      await layOutFiles({ ...places, heldPath: null, ...totalsOf(files) }, listener);
      assert.unreachable('it was stopped');
    } catch (thrown) {
      assert.instance(thrown, LayoutStopped);
    }
    assert.equal(namesBelow(places.directory), ['a/small']);
    assert.equal(namesBelow(places.passingDirectory), []);
  }));

test('of many files that are there only some are read, unless one of these is wrong', () =>
  withTemporaryDirectory(async (path) => {
    const target = { name: 't', path };
    const list = filesOf(100);
    const directory = join(path, '.feedrate-data');
    mkdirSync(directory);
    const listener = { progress: () => {}, stopped: () => false };
    const layout = { directory, passingDirectory: null, heldPath: null, ...totalsOf([...list]) };
    await layOutFiles(layout, listener);
    const missing = async () => (await missingFilesOf(target, new FileUnion([list]), () => false)).length;
    assert.is(await missing(), 0);
    const spoil = (index: number) => {
      const { path: name = '', bytes = 0 } = list.at(index) ?? {};
      writeFileSync(join(directory, name), Buffer.alloc(bytes));
    };
    spoil(1);
    assert.is(await missing(), 0, 'the second file is not among those that are read');
    spoil(0);
    assert.is(await missing(), 2, 'all are read because the first one is wrong');
    rmSync(join(directory, list.at(2)?.path ?? ''));
    assert.is(await missing(), 3);
  }));

test('neither the layout nor a cold trial syncs each of many files', () => {
  needTool('strace');
  return withTemporaryDirectory(async (directory) => {
    const text =
      'name: w\ntrials: {rounds: 1}\ndataset: {nrfiles: 300, filesize: 4KiB}\njobs:\n  j: {kind: small-files, cache: cold}\n';
    writeFileSync(join(directory, 'w.yaml'), text);
    const traced = ['-f', '-qq', '-e', 'trace=fsync,fdatasync,syncfs', '-o', 'calls.txt'];
    const run = [process.execPath, mainPath, 'run', 'w.yaml', '-t', '.', '-o', 'results', '--progress', 'none'];
    const { status, stderr } = spawnSync('strace', [...traced, ...run], { cwd: directory, encoding: 'utf8' });
    assert.is(status, 0, stderr);
    const calls = readFileSync(join(directory, 'calls.txt'), 'utf8');
    assert.ok(/ syncfs\(/.test(calls));
    // Markers and the files of the run directory remain.
    assert.ok((calls.match(/ f(?:data)?sync\(/g)?.length ?? 0) < 100, calls.slice(0, 1000));
  });
});

test.run();
