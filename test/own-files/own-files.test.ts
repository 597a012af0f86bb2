// ci

/** Nothing of a user's files is changed: the short form of `npm run test:own-files`. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { withLiveRun } from '../support/live-run.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { actionsIn, EVERY_JOB } from './actions.js';
import { changesBetween, makeUserTree, snapshotOf } from './user-tree.js';

const test = suite('own-files');
const FILES = 40;
/** The actions that touch most. */
const SHORT = ['run', 'read', 'gate', 'doctor', 'clean of the data', 'clean'];

test('whatever feedrate does, and however it ends, the files, their times and their names stay as they are', () =>
  withTemporaryDirectory(async (directory) => {
    const target = join(directory, 't');
    mkdirSync(target);
    makeUserTree(join(target, 'data'), FILES);
    writeFileSync(join(directory, 'workload.yaml'), EVERY_JOB);
    const before = snapshotOf(join(target, 'data'));
    assert.ok(before.length > FILES);
    const changes = () => changesBetween(before, snapshotOf(join(target, 'data')));
    for (const { name, words, fine } of actionsIn(directory).filter((action) => SHORT.includes(action.name))) {
      const { status, stderr } = feedrate(words, directory);
      assert.ok(fine.includes(status ?? -1), `${name}: ${status} ${stderr}`);
      assert.equal(changes(), [], name);
    }
    assert.equal(readdirSync(target), ['data'], 'nothing is left beside them');
    await withLiveRun(
      ['run', 'workload.yaml', '-t', 't', '-o', 'r', '--progress', 'json'],
      { cwd: directory },
      async (run) => {
        await run.until((event) => event.type === 'trial');
        run.signalGroup('SIGKILL');
        await run.outcome();
      },
    );
    assert.equal(changes(), [], 'kill -9');
  }));

test.run();
