/** Nothing of a user's files is changed: 1,000 files, every action, 20 kills, another user, a read-only mount. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withReadOnly } from '../run/place.js';
import { feedrate } from '../support/feedrate-cli.js';
import { withLiveRun } from '../support/live-run.js';
import { latestRun } from '../support/run-directory.js';
import { needTool, skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { actionsIn, EVERY_JOB, READING_JOBS } from './actions.js';
import { changesBetween, makeUserTree, snapshotOf } from './user-tree.js';

const test = suite('own-files (long)');
const FILES = 1000;
const KILLS = 20;

interface Place {
  readonly directory: string;
  readonly target: string;
  readonly data: string;
  /** What changed of the data since it was made. */
  readonly changes: () => string[];
}

function withPlace(workload: string, use: (place: Place) => Promise<void> | void): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const target = join(directory, 't');
    const data = join(target, 'data');
    mkdirSync(target);
    makeUserTree(data, FILES);
    writeFileSync(join(directory, 'workload.yaml'), workload);
    const before = snapshotOf(data);
    await use({ directory, target, data, changes: () => changesBetween(before, snapshotOf(data)) });
  });
}

test('every action leaves every file, its times and its names as they are', () =>
  withPlace(EVERY_JOB, ({ directory, target, changes }) => {
    for (const { name, words, fine } of actionsIn(directory)) {
      const { status, stderr } = feedrate(words, directory);
      assert.ok(fine.includes(status ?? -1), `${name}: ${status} ${stderr}`);
      assert.equal(changes(), [], name);
    }
    assert.equal(readdirSync(target), ['data']);
  }));

test('kill -9 at twenty moments of a run', () =>
  withPlace(EVERY_JOB, async ({ directory, target, changes }) => {
    const words = ['run', 'workload.yaml', '-t', 't', '-o', 'r', '--progress', 'json'];
    const startMs = performance.now();
    assert.is(feedrate(words, directory).status, 0);
    const wholeMs = performance.now() - startMs;
    for (let kill = 0; kill < KILLS; kill++) {
      await withLiveRun(words, { cwd: directory }, async (run) => {
        await Promise.race([run.outcome(), wait((kill / KILLS) * wholeMs)]);
        run.signalGroup('SIGKILL');
        await run.outcome();
      }).catch((thrown: unknown) => {
        // The run was over before its moment.
        if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
      });
      assert.equal(changes(), [], `killed after ${kill} of ${KILLS} parts of the run`);
    }
    assert.is(feedrate(['clean', '-t', 't', '--data', '--yes'], directory).status, 0);
    assert.equal(readdirSync(target), ['data'], 'clean removes what killed runs left');
    assert.equal(changes(), []);
  }));

const NOBODY = 65534;

test('an ordinary user, whom the files do not belong to', () =>
  withPlace(READING_JOBS, ({ directory, target, data }) => {
    if (process.getuid?.() !== 0) skipTest('only root can become another user');
    needTool('setpriv');
    for (const path of [directory, target, data]) chmodSync(path, 0o755);
    const results = join(directory, 'results-of-nobody');
    mkdirSync(results);
    chmodSync(results, 0o777);
    const snapshot = () => snapshotOf(data, { access: false });
    const before = snapshot();
    const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--inh-caps=-all'];
    const main = new URL('../../bin/main.js', import.meta.url).pathname;
    const run = (...words: string[]) => {
      const command = [...user, process.execPath, main, ...words, '-o', results, '--progress', 'none'];
      return spawnSync('setpriv', command, {
        cwd: directory,
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1' },
      });
    };
    const ran = run('run', 'workload.yaml', '-t', 't');
    assert.is(ran.status, 0, ran.stderr);
    // `closed` and `secret` are for root alone.
    assert.match(ran.stderr, /left out .*2 files or directories that cannot be read/);
    assert.is(run('read', data, '--runtime', '1s').status, 0);
    assert.equal(changesBetween(before, snapshot()), []);
  }));

test('a read-only mount', () =>
  withPlace(READING_JOBS, ({ directory, target, data, changes }) =>
    withReadOnly(target, () => {
      const options = ['-o', 'r', '--progress', 'none'];
      const ran = feedrate(['run', 'workload.yaml', '-t', 't', ...options], directory);
      assert.is(ran.status, 0, ran.stderr);
      const read = feedrate(['read', data, '--runtime', '1s', ...options], directory);
      assert.is(read.status, 0, read.stderr);
      assert.equal(changes(), []);
    }),
  ));

const LONG = `
name: long
trials: {rounds: 1}
dataset: {path: data, include: ['**/sample-*']}
jobs:
  files: {kind: small-files, runtime: 4s, time_based: true}
`;

test('files that are cut off, replaced and removed during a run are told, and the others stay as they are', () =>
  withPlace(LONG, async ({ directory, data, changes }) => {
    const words = ['run', 'workload.yaml', '-t', 't', '-o', 'r', '--progress', 'json'];
    const samples = readdirSync(data).filter((name) => /^sample-/.test(name) && statSync(join(data, name)).size > 4096);
    const [cut = '', replaced = '', removed = ''] = samples;
    await withLiveRun(words, { cwd: directory }, async (run) => {
      await run.untilMeasuring('files');
      truncateSync(join(data, cut), 10);
      writeFileSync(join(data, 'new'), 'shorter');
      renameSync(join(data, 'new'), join(data, replaced));
      rmSync(join(data, removed));
      const { stdout, stderr } = await run.outcome();
      const told = `${stdout}${stderr}`;
      assert.ok(
        [cut, replaced, removed].some((name) => told.includes(name)),
        told,
      );
    });
    const touched = new RegExp(`${cut}|${replaced}|${removed}|${data} `);
    assert.equal(
      changes().filter((line) => !touched.test(line)),
      [],
    );
    assert.ok(latestRun(join(directory, 'r')));
  }));

test.run();
