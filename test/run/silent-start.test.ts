// waits

/** Commands that begin on a mount that does not answer: an automounter that takes its time, as for a server that is gone. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
const SILENCE =
  /^No response from target slow \(feedrate-test on .*\/auto\) for 10 s\. Still waiting; press Ctrl-C to stop\.$/m;

test('the mount is named; Ctrl-C ends a command that waits, another one goes on when it answers', () =>
  withTemporaryDirectory((directory) => withAutomount(directory, (automount) => waitFor(automount, directory))));

async function waitFor({ path, answer }: Automount, directory: string): Promise<void> {
  const [workload, results] = [join(directory, 'w.yaml'), join(directory, 'r')];
  writeFileSync(workload, WORKLOAD);
  const target = ['-t', `slow=${path}`];
  const begin = (words: readonly string[], use: (run: LiveRun) => Promise<void>) =>
    withLiveRun([...words, ...target], { cwd: directory }, use);
  await begin(['run', workload, '-o', results, '--progress', 'none'], (run) =>
    begin(['doctor'], (doctor) =>
      begin(['clean'], async (clean) => {
        for (const command of [run, doctor, clean]) await command.untilTold(SILENCE);
        for (const command of [doctor, clean]) {
          command.signalGroup('SIGINT');
          assert.is((await command.outcome()).signal, 'SIGINT');
        }
        answer();
        const { status, stderr } = await run.outcome();
        assert.is(status, 0, stderr);
        assert.is(statusOf(results), 'complete');
        // The mount that was made, not the one that made it.
        const [measured] = decodeRun(runFile(results, 'run.json'), 'run.json').environment.targets;
        assert.equal([measured?.fileSystem, measured?.mountPoint], ['tmpfs', path]);
      }),
    ),
  );
}

test.run();
