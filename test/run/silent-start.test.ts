// waits

/** Commands that begin on a mount that does not answer: an automounter that takes its time, as for a server that is gone. */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeRun } from '../../src/record/codec.js';
import { type Automount, withAutomount } from '../support/automount.js';
import { type LiveRun, withLiveRun } from '../support/live-run.js';
import { runFile, statusOf } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/silent-start');

const WORKLOAD = `
name: silent-start
trials: {rounds: 1}
jobs:
  write: {rw: write, bs: 64KiB, size: 1MiB}
`;
const silenceOf = (what: string) =>
  new RegExp(
    `^No response from ${what} \\(feedrate-test on .*/auto\\) for 10 s\\. Still waiting; press Ctrl-C to stop\\.$`,
    'm',
  );
const SILENCE = silenceOf('target slow');

test('the mount is named; Ctrl-C ends a command that waits, another one goes on when it answers', () =>
  withTemporaryDirectory((directory) => withAutomount(directory, (automount) => waitFor(automount, directory))));

async function waitFor({ path, answer }: Automount, directory: string): Promise<void> {
  const [workload, results, list] = [join(directory, 'w.yaml'), join(directory, 'r'), join(directory, 'list')];
  writeFileSync(list, 'there/file\n');
  writeFileSync(workload, WORKLOAD);
  const target = ['-t', `slow=${path}`];
  const run = ['run', workload, '--progress', 'none'];
  const stopped = [
    ['doctor', ...target],
    ['clean', ...target],
    ['prepare', workload, ...target],
    // The scan looks at the listed file. Before that, nothing does.
    ['read', `slow=${dirname(path)}`, '--manifest', list, '-o', join(directory, 'none')],
    [...run, ...target, '-o', join(directory, 'none')],
    [...run, '-t', directory, '-o', join(path, 'results')],
  ];
  await withLiveRuns(directory, [[...run, ...target, '-o', results], ...stopped], async ([waiting, ...others]) => {
    for (const command of [waiting, ...others.slice(0, -1)]) await command?.untilTold(SILENCE);
    await others.at(-1)?.untilTold(silenceOf('the results directory'));
    for (const [index, command] of others.entries()) {
      // To the command alone, as a scheduler does, and to all of its processes, as a terminal does.
      if (index % 2 === 0) process.kill(command.pid, 'SIGTERM');
      else command.signalGroup('SIGINT');
      assert.is((await command.outcome()).status, 130, stopped[index]?.join(' '));
    }
    assert.not.ok(existsSync(join(directory, 'none')), 'a run that was stopped before it began leaves nothing');
    answer();
    const { status, stderr } = (await waiting?.outcome()) ?? { status: null, stderr: '' };
    assert.is(status, 0, stderr);
    assert.is(statusOf(results), 'complete');
    // The mount that was made, not the one that made it.
    const [measured] = decodeRun(runFile(results, 'run.json'), 'run.json').environment.targets;
    assert.equal([measured?.fileSystem, measured?.mountPoint], ['tmpfs', path]);
  });
}

/** Starts commands that run at the same time, and ends them with the test. */
async function withLiveRuns(
  cwd: string,
  [words, ...others]: readonly (readonly string[])[],
  use: (runs: readonly LiveRun[]) => Promise<void>,
): Promise<void> {
  if (words === undefined) return use([]);
  await withLiveRun(words, { cwd }, (run) => withLiveRuns(cwd, others, (runs) => use([run, ...runs])));
}

test.run();
