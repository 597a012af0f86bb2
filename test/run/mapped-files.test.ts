/** Whole runs through mapped files: what they record, and what is told when a file shrinks under its mapping. */
import { truncateSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mmapRefusal } from '../../src/engine/backends/mmap.js';
import { feedrate } from '../support/command-thread.js';
import { withLiveRun } from '../support/live-run.js';
import { statusOf, trialsOf } from '../support/run-directory.js';
import { skipTest } from '../support/skip.js';
import { dataFilesIn, withPlace } from './place.js';

const test = suite('run/mapped-files');

test.before.each(() => {
  const refusal = mmapRefusal();
  if (refusal !== null) skipTest(refusal);
});

const MAPPED = `
name: mapped
seed: 1
trials: {rounds: 1}
dataset: {nrfiles: 2, filesize: 4MiB}
defaults: {ioengine: mmap}
jobs:
  read: {rw: randread, bs: 4KiB, cache: cold, madvise: random, verify: true}
  write: {rw: randwrite, bs: 64KiB, size: 4MiB, end_fsync: true, verify: true}
`;

test('a run through mapped files records the engine, the bytes and the page faults', () =>
  withPlace(({ directory, results, runWords }) => {
    const { status, stderr } = feedrate(runWords(MAPPED), directory);
    assert.is(status, 0, stderr);
    const [read, write] = ['read', 'write'].map((job) => trialsOf(results).find((trial) => trial.job === job));
    assert.is(read?.engine.used, 'mmap');
    assert.is(read?.window.totalReadBytes, 8 * 1024 ** 2);
    assert.is(write?.window.totalWriteBytes, 4 * 1024 ** 2);
    const { majorFaults, minorFaults } = read?.client ?? {};
    assert.ok((majorFaults ?? 0) + (minorFaults ?? 0) > 0, 'touching a file that was never mapped takes faults');
    // Only where the bytes came from a device do faults wait for it: a tmpfs has none.
    if (read?.cache.verdict === 'proven') assert.ok((majorFaults ?? 0) > 0);
  }));

const ENDLESS = `
name: endless
trials: {rounds: 1}
dataset: {nrfiles: 1, filesize: 4MiB}
jobs:
  read: {rw: randread, bs: 4KiB, ioengine: mmap, runtime: 1h, time_based: true}
`;

test('a file that shrinks under its mapping: one line that says so, and exit status 5', () =>
  withPlace(({ directory, target, results, runWords }) =>
    withLiveRun(runWords(ENDLESS), { cwd: directory }, async (run) => {
      await run.untilMeasuring('read');
      for (const path of dataFilesIn(target)) truncateSync(path, 0);
      const { status, stderr } = await run.outcome();
      assert.is(status, 5);
      const notes = run.events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
      assert.is(notes.length, 1, stderr);
      assert.match(notes[0] ?? '', /was ended by SIGBUS: a file under ioengine: mmap was truncated/);
      assert.is(statusOf(results), 'failed');
    }),
  ));

test.run();
