/** A run over files that are not feedrate's: they and their directory are as they were, and what changes is counted. */
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeRun } from '../../src/record/codec.js';
import { feedrate } from '../support/command-thread.js';
import { withLoopDevice } from '../support/loop-device.js';
import { runFile } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('existing files');

const WORKLOAD = `name: own
trials: {rounds: 1}
dataset: {filesize: 64k}
jobs:
  seq: {rw: read, bs: 16k, cache: cold}
  rand: {rw: randread, bs: 16k, iodepth: 4}
  mapped: {rw: randread, bs: 4k, ioengine: mmap}
  ring: {rw: randread, bs: 4k, iodepth: 4, ioengine: io_uring, cache: cold}
  small: {kind: small-files, cache: warm}
`;

const output = (script: string, cwd: string) => spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' }).stdout;

/** Names, links, sizes and times of everything in a directory. */
const stateOf = (directory: string) =>
  output("find . -printf '%p %i %n %s %T@ %C@ %m ' -type f -printf '%A@' -o -printf '\\n' | sort", directory);

/** Reads the files, which changes their times of access. */
const contentsOf = (directory: string) => output('find . -type f -exec sha256sum {} + | sort', directory);

function place(directory: string): { readonly workload: string; readonly target: string; readonly results: string } {
  const target = join(directory, 'target');
  mkdirSync(join(target, 'train', 'n01'), { recursive: true });
  for (let i = 0; i < 12; i++) writeFileSync(join(target, 'train', 'n01', `f${i}.bin`), Buffer.alloc(i * 5000, i));
  // Not UTF-8, as names of other systems are: a directory and two files.
  const latin = Buffer.from(join(target, 'train', 'caf\xe9'), 'latin1');
  mkdirSync(latin);
  for (const name of ['/\xff.jpeg', '/a\nb\xfe'])
    writeFileSync(Buffer.concat([latin, Buffer.from(name, 'latin1')]), Buffer.alloc(20_000, 7));
  const workload = join(directory, 'w.yaml');
  writeFileSync(workload, WORKLOAD);
  return { workload, target, results: join(directory, 'results') };
}

test('everything below the target is as before, and each job says what it leaves out', () =>
  withTemporaryDirectory((directory) => {
    const { workload, target, results } = place(directory);
    const contents = contentsOf(target);
    const before = stateOf(target);
    const run = feedrate(['run', workload, '-t', target, '--data', 'train', '-o', results, '--progress', 'line']);
    assert.is(run.status, 0, run.stderr);
    assert.is(stateOf(target), before);
    assert.is(contentsOf(target), contents);
    assert.match(run.stderr, /reads train: 14 files, .* nothing there is changed/);
    assert.match(run.stderr, /evict these files/);
    assert.match(run.stderr, /seq on target leaves out 1 of 14 files/);
    assert.match(run.stderr, /rand on target leaves out 4 of 14 files/);
  }));

test('without files, without a target, with verify and with prepare, it says what to do', () =>
  withTemporaryDirectory((directory) => {
    const { workload, target, results } = place(directory);
    const refusal = (reason: RegExp, ...args: string[]) => {
      const { status, stderr } = feedrate(args);
      assert.is(status, 2, stderr);
      assert.match(stderr, reason);
      assert.is(stderr.trim().split('\n').length <= 2, true, stderr);
    };
    const here = ['-t', target, '-o', results];
    refusal(/there is no .*nothing; name a directory or file/, 'run', workload, ...here, '--data', 'nothing');
    refusal(/name the directory that has the files with -t/, 'run', workload, '-o', results, '--data', 'train');
    refusal(
      /verify: is not possible on files that exist/,
      'run',
      workload,
      ...here,
      '--data',
      'train',
      '--set',
      'seq.verify=true',
    );
    refusal(
      /target far: dataset\.path needs a mount, which nfs:\/\/localhost\/x.* is not; mount the export/,
      ...['run', workload, '-t', 'far=nfs://localhost/x', '-o', results, '--data', 'train'],
    );
    refusal(/target x: dataset\.path needs a mount/, 'read', 'nfs://localhost/x', '-o', results);
    refusal(/nothing to prepare/, 'prepare', workload, '-t', target, '--set', 'dataset.path=train');
    refusal(
      /no job reads train/,
      'run',
      workload,
      ...here,
      '--data',
      'train',
      '--set',
      'size=64k',
      '--set',
      'small.nrfiles=1',
      '--set',
      'small.filesize=4k',
    );
    assert.not(readFileSync(workload, 'utf8').includes('path'));
  }));

test('a block device is read from the device, unchanged, and copies on devices are the same data', () =>
  withTemporaryDirectory(async (directory) => {
    const images = ['a', 'b'].map((name) => join(directory, name));
    for (const image of images) writeFileSync(image, randomBytes(4 << 20));
    const before = images.map((image) => readFileSync(image));
    const workload = join(directory, 'w.yaml');
    writeFileSync(workload, 'name: raw\ntrials: {rounds: 1}\njobs: {seq: {rw: read, bs: 64k, cache: cold}}\n');
    const [a = '', b = ''] = images;
    await withLoopDevice(a, [], (one) =>
      withLoopDevice(b, [], (other) => {
        const both = join(directory, 'both');
        const words = ['--runtime', '1s', '--set', 'numjobs=1', '--set', 'trials.rounds=1', '-o', both];
        const { status, stderr, stdout } = feedrate(['read', one, other, ...words, '--progress', 'none']);
        assert.is(status, 0, stderr);
        for (const device of [one, other])
          assert.match(stdout, `data of ${basename(device)}: ${basename(device)}, block device, 4 MiB, digest `);
        const { environment, plan } = decodeRun(runFile(both, 'run.json'), 'run.json');
        assert.equal(
          plan.targets.map(({ path, read }) => `${path}/${read}`),
          [one, other],
        );
        assert.is(new Set(environment.targets.map(({ userData }) => userData?.digest)).size, 1);
        const digests = [one, other].map((device) => {
          const results = join(directory, 'results', basename(device));
          const words = ['-t', `x=${dirname(device)}`, '--data', basename(device), '-o', results, '--progress', 'none'];
          const run = feedrate(['run', workload, ...words]);
          assert.is(run.status, 0, run.stderr);
          assert.match(run.stdout, /Cold cache confirmed/);
          return decodeRun(runFile(results, 'run.json'), 'run.json').environment.targets[0]?.userData?.digest;
        });
        assert.is(
          digests[0],
          createHash('sha256')
            .update(`\0${4 << 20}\n`)
            .digest('hex'),
        );
        assert.is(digests[1], digests[0]);
      }),
    );
    assert.equal(
      images.map((image) => readFileSync(image)),
      before,
    );
  }));

test.run();
