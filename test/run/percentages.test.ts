/** Percentages of a dataset in a run: the bytes that were read are counted, from generated files and from files that exist. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import type { Outcome } from '../support/feedrate-cli.js';
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
const WORKLOAD = `name: parts\ndataset: {nrfiles: ${FILES}, filesize: ${FILE_BLOCKS * BLOCK_BYTES}}\njobs:${JOBS}`;

function blocksRead(results: string): Record<string, number> {
  const entries = trialsOf(results).map(({ arm, window }): [string, number] => [
    arm,
    window.totalReadBytes / BLOCK_BYTES,
  ]);
  return Object.fromEntries(entries);
}

const inDirectory = (use: (run: (...words: string[]) => Outcome, directory: string) => void) =>
  withTemporaryDirectory((directory) => {
    const target = join(directory, 't');
    mkdirSync(join(target, 'own'), { recursive: true });
    for (let i = 0; i < FILES; i++)
      writeFileSync(join(target, 'own', `f${i}`), Buffer.alloc(FILE_BLOCKS * BLOCK_BYTES, i));
    writeFileSync(join(directory, 'w.yaml'), WORKLOAD);
    const there = ['-t', target, '-o', join(directory, 'r')];
    use((...words) => feedrate(['run', ...words, ...there, '--set', 'trials.rounds=1'], directory), directory);
  });

test('each part of the dataset is counted', () =>
  inDirectory((run, directory) => {
    const { status, stderr } = run('w.yaml');
    assert.is(status, 0, stderr);
    assert.equal(blocksRead(join(directory, 'r')), {
      'part/rw=read,size=10%': 30,
      'part/rw=read,size=50%': 150,
      'part/rw=randread,size=10%': 30,
      'part/rw=randread,size=50%': 150,
      all: 300,
      less: 150,
    });
  }));

test('of files that exist and ad hoc as well; without files it is refused', () =>
  inDirectory((run, directory) => {
    const job = ['--rw', 'randread', '--size', '10%,50%'];
    const { status, stderr } = run(...job, '--data', 'own');
    assert.is(status, 0, stderr);
    assert.equal(blocksRead(join(directory, 'r')), { 'randread/size=10%': 30, 'randread/size=50%': 150 });
    const refused = run(...job);
    assert.is(refused.status, 2);
    assert.match(refused.stderr, /size: is a percentage of a dataset, but the workload has none; write a size/);
  }));

test.run();
