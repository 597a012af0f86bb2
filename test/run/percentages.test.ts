/** Percentages of a dataset in a run: the bytes that were read are counted, from generated files and from files that exist. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { trialsOf } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/percentages');
const BLOCK_BYTES = 4096;
const FILES = 3;
const FILE_BLOCKS = 100;
const JOBS = `
  part: {rw: [read, randread], size: [10%, 50%], numjobs: 2}
  all: {rw: read, size: 100%}
  less: {rw: randread, io_size: 50%}
`;
const WORKLOAD = `name: parts\ntrials: {rounds: 1}\ndataset: {nrfiles: ${FILES}, filesize: ${FILE_BLOCKS * BLOCK_BYTES}}\njobs:${JOBS}`;

function blocksRead(results: string): Record<string, number> {
  const entries = trialsOf(results).map(({ arm, window }): [string, number] => [
    arm,
    window.totalReadBytes / BLOCK_BYTES,
  ]);
  return Object.fromEntries(entries);
}

test('each part of the dataset is counted, whoever made the files', () =>
  withTemporaryDirectory((directory) => {
    const target = join(directory, 't');
    mkdirSync(join(target, 'own'), { recursive: true });
    for (let i = 0; i < FILES; i++)
      writeFileSync(join(target, 'own', `f${i}`), Buffer.alloc(FILE_BLOCKS * BLOCK_BYTES, i));
    writeFileSync(join(directory, 'w.yaml'), WORKLOAD);
    const counts = [[], ['--data', 'own']].map((more, index) => {
      const results = join(directory, `r${index}`);
      const run = feedrate(['run', 'w.yaml', '-t', target, '-o', results, ...more], directory);
      assert.is(run.status, 0, run.stderr);
      return blocksRead(results);
    });
    const expected = {
      'part/rw=read,size=10%': 30,
      'part/rw=read,size=50%': 150,
      'part/rw=randread,size=10%': 30,
      'part/rw=randread,size=50%': 150,
      all: 300,
      less: 150,
    };
    for (const count of counts) assert.equal(count, expected);
  }));

test('ad hoc as well', () =>
  withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 'own'));
    writeFileSync(join(directory, 'own', 'f'), Buffer.alloc(FILE_BLOCKS * BLOCK_BYTES));
    const words = ['run', '--rw', 'randread', '--set', 'trials.rounds=1', '-t', '.', '-o', 'r', '--size', '50%'];
    const run = feedrate([...words, '--data', 'own'], directory);
    assert.is(run.status, 0, run.stderr);
    assert.equal(Object.values(blocksRead(join(directory, 'r'))), [FILE_BLOCKS / 2]);
    const refused = feedrate(words, directory);
    assert.is(refused.status, 2);
    assert.match(refused.stderr, /size: is a percentage of a dataset, but the workload has none; write a size/);
  }));

test.run();
