/** The thread in which most tests run commands answers as a process does, for every command. */
import { cpSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SUBCOMMANDS } from '../../src/cli/program.js';
import { feedrate as inThread } from '../support/command-thread.js';
import { feedrate as inProcess, type Outcome } from '../support/feedrate-cli.js';
import { directoryIn } from '../support/run-directory.js';
import { storeSessions } from '../support/stored-sessions.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/command-thread');
const LEVELS = [1.0e9, 1.001e9, 1.002e9, 0.999e9, 0.998e9];

/** A call of each command, some that succeed and some that do not. */
const callsOn = (fast: string, slow: string): readonly (readonly string[])[] => [
  ['run', 'w.yaml', '-t', 't', '--dry-run'],
  ['run', 'w.yaml', '-t', 't', '--set', 'rw=raed'],
  ['run', '--rw', 'randread', '--iodepht', '3'],
  ['workloads', 'quick'],
  ['init', '-', '--for', 'random'],
  ['import', 'dlio', 'd.yaml', '++workload.train.epochs=2', '--ranks', '2'],
  ['import', 'dlio', 'w.yaml'],
  ['import', 'w.yaml'],
  ['import', 'fio', 'w.yaml'],
  ['import', 'results', 'w.yaml'],
  ['import', 'elbencho', 'w.yaml'],
  ['export', '--format', 'csv', fast],
  ['prepare', 'w.yaml', '-t', 't', '--set', 'ioengine=null'],
  ['list'],
  ['serve', '--port', 'x'],
  ['show', fast, '--format', 'json'],
  ['merge', fast],
  ['compare', fast, slow],
  ['gate', slow, '--baseline', fast],
  ['baseline', 'save', 'main', fast],
  ['baseline', 'list'],
  ['history'],
  ['report', slow, '-o', 'page/report.html'],
  ['export', 'results'],
  ['calibrate', 'w.yaml', '-t', 't', '--sessions', '1'],
  ['clean', '-t', 't'],
  ['feed', '-t', 't', '--model', 'none-b200'],
  ['read', 't'],
  ['record', '-o', 'w.txt', '--', 'true'],
  ['doctor', '-t', 't/none'],
  ['fsx', 'describe', '-t', 't'],
  ['mount-matrix', 'w.yaml'],
  ['iam', 'lint', 'p.json'],
  ['iam', 'policy', '--for', 'describe', '--region', 'us-east-1'],
  ['iam', 'check', '--principal', 'anonymous', '--action', 's3:GetObject'],
  ['fsx', 'cost', fast],
  ['fsx', 'cost', fast, '--deployment', 'SINGLE_AZ_1', '--throughput', '128', '--ssd-gib', '1024', '--region', 'a'],
  ['notebook', 'script', '-t', 'svm-1:/train'],
  ['notebook', 'script', '-t', 'train'],
  ['guide'],
  ['guide', 'statistics'],
  ['schema'],
  ['completion', 'bash'],
  ['complete', '--', 'sh'],
  ['lst'],
  [],
];

/** Results with two runs, the second one slower, and a workload for `t`. Returns the names of the runs. */
function fill(directory: string): [fast: string, slow: string] {
  directoryIn(directory, 't');
  writeFileSync(join(directory, 'w.yaml'), 'name: w\njobs: {a: {rw: read, size: 1MiB, ioengine: simulated}}\n');
  writeFileSync(join(directory, 'd.yaml'), 'framework: pytorch\ntrain: {computation_time: 1, x: 2}\n');
  writeFileSync(join(directory, 'p.json'), '{"Statement": {"Effect": "Allow", "Action": "s3:ListBuckets"}}');
  const stored = (factor: number): string =>
    basename(storeSessions(join(directory, 'results'), { levels: LEVELS.map((level) => level * factor) }));
  return [stored(1), stored(0.8)];
}

/** An outcome without the directory, and without the space that is free there, which other tests change meanwhile. */
function placed({ status, stdout, stderr }: Outcome, directory: string): Outcome {
  const masked = (text: string) =>
    text.replaceAll(/[\d.]+ [KMGT]iB(?= {2}\/)/g, (size) => '#'.repeat(size.length)).replaceAll(directory, 'DIR');
  return { status, stdout: masked(stdout), stderr: masked(stderr) };
}

test('status, stdout and stderr of every command are those of a process, whatever ran before', () =>
  withTemporaryDirectory((directory) => {
    // Two places of the same length, as some output is aligned.
    const [one, other] = [directoryIn(directory, 'one'), directoryIn(directory, 'two')];
    const calls = callsOn(...fill(one));
    assert.equal(
      SUBCOMMANDS.map(({ name }) => name).filter((name) => !calls.some(([first]) => first === name)),
      [],
    );
    cpSync(one, other, { recursive: true });
    for (const call of calls) {
      const expected = placed(inProcess(call, one), one);
      assert.equal(placed(inThread(call, other), other), expected, call.join(' '));
    }
  }));

test('an environment that only a new process reads is refused', () => {
  assert.throws(() => inThread(['list'], '.', { FEEDRATE_NO_KOFFI: '1' }), /takes a process of its own/);
});

test.run();
