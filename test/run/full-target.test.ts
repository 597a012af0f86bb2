/** What does not fit on a target is refused before anything is written: bytes, and files. */
import { spawnSync } from 'node:child_process';
import { readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/full-target');

const FILES_MOST = 64;

/** A file system that has room for so few files. */
function withFewInodes(use: (target: string, workload: (nrfiles: number) => string) => void): Promise<void> {
  if (process.getuid?.() !== 0) skipTest('mounting a file system needs root');
  return withTemporaryDirectory((directory) => {
    const target = join(directory, 't');
    const mounted = spawnSync('sh', [
      '-c',
      `mkdir ${target} && mount -t tmpfs -o size=64m,nr_inodes=${FILES_MOST} none ${target}`,
    ]);
    if (mounted.status !== 0) skipTest(`cannot mount a tmpfs: ${mounted.stderr}`);
    try {
      use(target, (nrfiles) => {
        const path = join(directory, `${nrfiles}.yaml`);
        const jobs = 'jobs: {a: {kind: small-files}}';
        writeFileSync(path, `name: w\ntrials: {rounds: 1}\ndataset: {nrfiles: ${nrfiles}, filesize: 1}\n${jobs}\n`);
        return path;
      });
    } finally {
      spawnSync('umount', ['-l', target]);
    }
  });
}

test('a plan with more files than the file system has room for is refused, and one that fits is laid out', () =>
  withFewInodes((target, workload) => {
    const { ffree } = statfsSync(target);
    const refused = feedrate(['prepare', workload(FILES_MOST), '-t', target]);
    assert.is(refused.status, 2);
    assert.match(
      refused.stderr,
      new RegExp(
        `the plan needs \\d+ files and directories, but the file system has room for ${ffree} \\(df -i\\); .*nrfiles\n$`,
      ),
    );
    assert.equal(readdirSync(target), []);
    // The folder, and what feedrate keeps around the files.
    const fitting = ffree - 11;
    assert.is(feedrate(['prepare', workload(fitting + 1), '-t', target]).status, 2);
    const { status, stderr } = feedrate(['prepare', workload(fitting), '-t', target]);
    assert.is(status, 0, stderr);
    assert.ok(statfsSync(target).ffree < 11);
  }));

test.run();
