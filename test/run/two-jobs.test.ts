/** Two jobs on one target with real I/O: they overlap, each is recorded, and nothing of them is left. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { latestRun, trialsOf } from '../support/run-directory.js';
import { dataFilesIn, ownNamesIn, withPlace } from './place.js';

const test = suite('run/two-jobs');

const PAIR = `
name: pair
trials: {sessions: 1, rounds: 1}
jobs:
  load: {rw: read, size: 4MiB, bs: 64k, cache: cold, runtime: 150ms, time_based: true, beside: [none, save]}
  save: {rw: write, size: 256k, bs: 64k}
`;

test('a job that ends first starts over, with files of its own, until the trial is done', () =>
  withPlace(({ directory, target, results, runWords }) => {
    const { status, stderr, stdout } = feedrate(runWords(PAIR), directory);
    assert.is(status, 0, stderr + stdout);
    const trial = trialsOf(results).find(({ arm }) => arm === 'load/beside=save');
    const { beside, window } = trial ?? {};
    assert.is(beside?.arm, 'save');
    assert.ok((beside?.passes ?? 0) > 1, `${beside?.passes} passes`);
    assert.is(beside?.window.writeBytes, beside?.window.totalWriteBytes);
    assert.ok((beside?.window.totalWriteBytes ?? 0) >= 256 * 1024);
    assert.ok((window?.totalReadBytes ?? 0) > 0);
    assert.is(window?.totalWriteBytes, 0, "what the other job writes is not the trial's");
    for (const { arm, beside: other } of trialsOf(results))
      assert.is(other !== undefined, arm === 'load/beside=save', arm);
    assert.match(stdout, /load beside save: throughput .* alone, a (loss|gain) of .* a 95 % interval takes 6 rounds/);
    assert.match(stdout, /save beside load: throughput .* in the trials of load\/beside=save/);
    assert.not(
      ownNamesIn(target).some((name) => name.includes('scratch')),
      'scratch files are removed',
    );
    const { beside: pairs } = JSON.parse(feedrate(['show', latestRun(results), '--format', 'json'], directory).stdout);
    assert.equal(
      pairs.map(({ role }: { role: string }) => role),
      ['job', 'load'],
    );
    const compared = feedrate(['compare', latestRun(results), '--cols', 'beside'], directory);
    assert.match(compared.stdout, /save/);
  }));

test('a fault of the other job ends and fails the trial, and says where', () =>
  withPlace(({ directory, target, results, runWords }) => {
    const words = runWords(`
name: faulty
trials: {order: listed}
jobs:
  load: {rw: write, size: 64k, runtime: 20s, time_based: true, beside: check}
  check: {rw: read, size: 1MiB, verify: true}
`);
    feedrate([...words, '--set', 'load.beside=none', '--set', 'load.runtime=1ms'], directory);
    const [data = ''] = dataFilesIn(target);
    const file = openSync(data, 'r+');
    writeSync(file, 'broken', 512 * 1024);
    closeSync(file);
    feedrate(words, directory);
    const [trial] = trialsOf(results).filter(({ arm }) => arm === 'load');
    assert.is(trial?.status, 'failed');
    assert.match(trial?.fault?.message ?? '', /\(in check, which ran beside it\)$/);
    assert.ok((trial?.wallNs ?? 0) < 15e9, 'the other job ends, too');
  }));

test.run();
