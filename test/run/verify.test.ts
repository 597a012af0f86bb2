/** What a run says of the first block that does not hold what it must: file, offset, expected and found. */
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { directAlignment } from '../../src/host/files/direct-io.js';
import { feedrate } from '../support/command-thread.js';
import { trialsOf } from '../support/run-directory.js';
import { skipTest } from '../support/skip.js';
import { dataFilesIn, withPlace } from './place.js';

const test = suite('run/verify');

/** In the order of a sequential pass the first one is found, however many there are. */
const DAMAGED_AT = [500_000, 700_001] as const;
const DAMAGE = Buffer.from('damaged!');

/** Every way to read a file of 1 MiB; they share one, as it has the same content for all. */
const jobs = (direct: boolean) => `
name: verified
trials: {rounds: 1}
defaults: {verify: true, direct: ${direct}}
jobs:
  blocks: {rw: read, bs: 64KiB, size: 1MiB}
  mixed: {rw: read, bs: "4096/50:12288/30:65536/20", size: 1MiB}
  ranged: {rw: read, bs: 4096-65536, size: 1MiB}
  queue: {rw: read, bs: 64KiB, size: 1MiB, iodepth: 4}
  restore: {kind: checkpoint-restore, bs: 64KiB, shard_size: 1MiB}
  image: {kind: small-files, bs: 4096-65536, nrfiles: 1, filesize: 1MiB}
`;

/** Overwrites bytes in the file; returns what they were. */
function damage(path: string, offset: number): Buffer {
  const before = Buffer.alloc(DAMAGE.length);
  const fd = openSync(path, 'r+');
  try {
    readSync(fd, before, 0, before.length, offset);
    writeSync(fd, DAMAGE, 0, DAMAGE.length, offset);
  } finally {
    closeSync(fd);
  }
  return before;
}

for (const direct of [false, true]) {
  test(`${direct ? 'direct' : 'buffered'} reads of every kind name the first bad byte`, () =>
    withPlace(({ directory, target, results, runWords }) => {
      const unitBytes = direct ? directAlignment(join(target, 'model', 'weights.bin'))?.offsetBytes : 1;
      if (unitBytes === undefined || 4096 % unitBytes !== 0) skipTest('no direct reads of 4 KiB on this disk');
      const words = runWords(jobs(direct));
      assert.is(feedrate(words, directory).status, 0);
      rmSync(results, { recursive: true });
      const [path = '', ...others] = dataFilesIn(target);
      assert.equal(others, []);
      const [before] = DAMAGED_AT.map((offset) => damage(path, offset));
      const { status, stdout } = feedrate(words, directory);
      assert.is(status, 5);
      const hex = (bytes: Buffer | undefined) => bytes?.toString('hex');
      const message = `verify: expected ${hex(before)}, found ${hex(DAMAGE)} at byte ${DAMAGED_AT[0]} of ${path}`;
      const fault = { code: 'EBADDATA', syscall: 'verify', path, offsetBytes: DAMAGED_AT[0], message, worker: 0 };
      const trials = trialsOf(results);
      assert.is(trials.length, 6);
      for (const trial of trials) assert.equal(trial.fault, fault, trial.arm);
      assert.ok(stdout.includes(`byte ${DAMAGED_AT[0]} of `), stdout);
    }));
}

test('writes of many lengths are all found again, also those of later passes; empty files are read, too', () =>
  withPlace(({ directory, results, runWords }) => {
    const workload = `
name: written
trials: {rounds: 1}
defaults: {verify: true, size: 1MiB}
jobs:
  random: {rw: randwrite, bs: 4k-64k}
  queue: {rw: randwrite, bs: 4k-64k/50:512/50, iodepth: 4}
  apart: {rw: randrw, bs: 4k, bs_write: 8k-32k}
  ordered: {rw: rw, bs: 4k, bs_write: 10000}
  empty: {kind: small-files, nrfiles: 5, filesize: 0, bs: 4k, cache: cold}
`;
    assert.is(feedrate(runWords(workload), directory).status, 0);
    for (const { arm, window } of trialsOf(results)) {
      if (arm === 'empty') assert.equal([window?.totalReadOps, window?.totalReadBytes], [5, 0]);
      if (arm === 'empty') continue;
      const movedBytes = (window?.totalReadBytes ?? 0) + (window?.totalWriteBytes ?? 0);
      assert.ok(movedBytes > 2 ** 20 - 65_536 && movedBytes <= 2 ** 20, `${arm}: ${movedBytes}`);
    }
  }));

test.run();
