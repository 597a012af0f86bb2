/** Whole runs that preallocate: done where the file system can, refused before the run where it cannot. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { feedrate as feedrateProcess, mainPath } from '../support/feedrate-cli.js';
import { withExt4 } from '../support/loop-device.js';
import { trialsOf } from '../support/run-directory.js';
import { needTool, skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { dataFilesIn, withBarePlace, withPlace } from './place.js';

const test = suite('run/fallocate');

const MIB = 2 ** 20;
const STAT_BLOCK_BYTES = 512;

const ALL = `
name: preallocated
trials: {rounds: 1}
dataset: {nrfiles: 2, filesize: 1MiB, fallocate: keep}
jobs:
  read: {rw: read, bs: 64KiB, size: 1MiB, fallocate: [none, native], verify: true}
  shared: {rw: randread, bs: 64KiB, verify: true}
  grow: {rw: write, bs: 64KiB, size: 1MiB, fallocate: native, verify: true}
  save: {kind: checkpoint-write, shard_size: 1MiB, fallocate: keep, read_back: true}
`;

test('every choice gives the same content, and data files that are never sparse', () =>
  withPlace(({ directory, target, results, runWords }) => {
    const { status, stdout } = feedrate(runWords(ALL), directory);
    assert.is(status, 0, stdout);
    assert.ok(trialsOf(results).every((trial) => trial.status === 'ok'));
    const files = dataFilesIn(target);
    assert.is(files.length, 4, 'one for each level of the factor, two of the dataset');
    for (const path of files) {
      const { size, blocks } = statSync(path);
      assert.is(size, MIB);
      assert.ok(blocks * STAT_BLOCK_BYTES >= MIB, `${path} has ${blocks * STAT_BLOCK_BYTES} bytes on disk`);
    }
    assert.not.match(feedrate(runWords(ALL), directory).stderr, /"type":"layout"/, 'they are used again');
  }));

test('shards and new files are reserved by the calls that were asked for', () =>
  withBarePlace(({ directory, runWords }) => {
    needTool('strace');
    const trace = join(directory, 'trace');
    const strace = ['-f', '-qq', '-e', 'trace=fallocate', '-e', 'signal=none', '-o', trace];
    const run = spawnSync('strace', [...strace, process.execPath, mainPath, ...runWords(ALL)], { cwd: directory });
    if (!existsSync(trace) || run.status !== 0) skipTest(`strace does not work here: ${run.stderr}`);
    const calls = [...readFileSync(trace, 'utf8').matchAll(/fallocate\(\d+, ([A-Z_0-9]+), 0, (\d+)\) += 0/g)];
    const made = calls.filter(([, , bytes]) => bytes === String(MIB)).map(([, mode]) => mode);
    // The dataset's two files and the shard keep their size; `read` with native and `grow` do not.
    assert.equal(made.sort(), ['0', '0', ...new Array<string>(3).fill('FALLOC_FL_KEEP_SIZE')]);
  }));

const SAVE = `
name: save
trials: {rounds: 1}
jobs:
  save: {kind: checkpoint-write, shard_size: 1MiB, fallocate: native}
`;

test('a file system that cannot is refused by name before the run', () =>
  withTemporaryDirectory((directory) =>
    withExt4(directory, { sectorBytes: 512, options: ['-O', '^extent,^64bit'] }, (mounted) => {
      writeFileSync(join(directory, 'workload.yaml'), SAVE);
      const { status, stderr } = feedrate(['run', 'workload.yaml', '-t', `t=${mounted}`, '-o', 'r'], directory);
      assert.is(
        stderr,
        'feedrate: target t: fallocate: native (save): ENOTSUP: the file system cannot preallocate ' +
          '(NFS can from version 4.2 on); leave out fallocate\n',
      );
      assert.is(status, 2);
      assert.not(existsSync(join(directory, 'r')));
      assert.equal(
        readdirSync(mounted).filter((name) => name.startsWith('.feedrate')),
        [],
      );
      writeFileSync(join(directory, 'workload.yaml'), SAVE.replace(', fallocate: native', ''));
      const without = feedrate(['run', 'workload.yaml', '-t', `t=${mounted}`, '-o', 'r', '--dry-run'], directory);
      assert.is(without.status, 0, without.stderr);
    }),
  ));

test('without koffi it is refused before the run', () =>
  withPlace(({ directory, results, runWords }) => {
    const { status, stderr } = feedrateProcess(runWords(SAVE), directory, { FEEDRATE_NO_KOFFI: '1' });
    assert.match(
      stderr,
      /^feedrate: target t: fallocate: native \(save\): fallocate needs .* koffi, .*; install it, or leave out fallocate\n$/,
    );
    assert.is(status, 2);
    assert.not(existsSync(results));
    // This process has koffi, and the tests above ran with it.
    const words = runWords(SAVE.replace(', fallocate: native', ''), '--dry-run');
    assert.is(feedrateProcess(words, directory, { FEEDRATE_NO_KOFFI: '1' }).status, 0);
  }));

test.run();
