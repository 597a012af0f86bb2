// ci

/** Runs that are stopped: what is measured is kept, what is feedrate's is removed. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LiveRun, type ProgressEvent, untilGone, withLiveRun } from '../support/live-run.js';
import { statusOf, trialsOf } from '../support/run-directory.js';
import { dataFilesIn, ownNamesIn, SHORT_THEN_LONG, withPlace } from './place.js';

const test = suite('run/interruption');

/** Sessions that are over at once, so that the next one starts. */
const SHORTS = `
name: shorts
trials: {sessions: 40, rounds: 1}
jobs: {short: {rw: read, bs: 64KiB, size: 1MiB}}
`;

/** Waits until the run directory is there: its first session is then only just starting. */
async function untilBegun(results: string): Promise<void> {
  while (!existsSync(results) || !readdirSync(results).some((name) => existsSync(join(results, name, 'run.json'))))
    await wait(1);
}

const isStopNote = (event: ProgressEvent): boolean => event.type === 'note' && event.text.startsWith('stopping');

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} ends the run politely and keeps what is measured`, () =>
    withPlace(({ directory, target, results, runWords }) =>
      withLiveRun(runWords(SHORT_THEN_LONG, '--set', 'trials.sessions=2'), { cwd: directory }, async (run) => {
        await run.untilMeasuring('long');
        assert.is(ownNamesIn(target).length, 1);
        run.signalGroup(signal);
        const { status, stdout, stderr } = await run.outcome();
        assert.is(status, 130);
        assert.match(stderr, 'stopping after the current operation; results so far are saved');
        assert.match(stdout, /aborted, 2 of 4 trials/);
        assert.equal(
          trialsOf(results).map((trial) => `${trial.arm} ${trial.status}`),
          ['short ok', 'long aborted'],
        );
        assert.ok((trialsOf(results)[1]?.window.totalReadOps ?? 0) > 0, 'operations until the stop are recorded');
        assert.is(statusOf(results), 'aborted');
        assert.equal(ownNamesIn(target), []);
      }),
    ));
}

test('SIGINT is heard as soon as the run begins', () =>
  withPlace(({ directory, results, runWords }) =>
    withLiveRun(runWords(SHORT_THEN_LONG), { cwd: directory }, async (run) => {
      await untilBegun(results);
      run.signalGroup('SIGINT');
      const { status, stdout } = await run.outcome();
      assert.is(status, 130);
      assert.match(stdout, /aborted, [01] of 2 trials/);
      assert.is(statusOf(results), 'aborted');
    }),
  ));

test('SIGINT is heard while a session process starts', () =>
  withPlace(({ directory, results, runWords }) =>
    withLiveRun(runWords(SHORTS), { cwd: directory }, async (run) => {
      // The first session's process starts before the run begins, and until then there is nothing to keep.
      await run.until((event) => event.type === 'trial');
      const first = run.session;
      await run.untilSession(first);
      run.signalGroup('SIGINT');
      const { status, stdout } = await run.outcome();
      assert.is(status, 130);
      assert.match(stdout, /aborted, [1-9]\d* of 40 trials/);
      assert.is(statusOf(results), 'aborted');
    }),
  ));

test('a second SIGINT ends at once what no longer answers', () =>
  withPlace(({ directory, target, results, runWords }) =>
    withLiveRun(runWords(SHORT_THEN_LONG), { cwd: directory }, async (run) => {
      await run.untilMeasuring('long');
      // As a worker that is stuck in the kernel: it hears of nothing but SIGKILL.
      const { sessionPid } = run;
      process.kill(sessionPid, 'SIGSTOP');
      run.signalGroup('SIGINT');
      await run.until(isStopNote);
      run.signalGroup('SIGINT');
      const { status, stdout } = await run.outcome();
      assert.is(status, 130);
      assert.match(stdout, /aborted, 1 of 2 trials/);
      assert.is(statusOf(results), 'aborted');
      await untilGone(sessionPid);
      assert.equal(ownNamesIn(target), []);
    }),
  ));

const PAUSING = `
name: pausing
trials: {rounds: 1}
jobs:
  checkpoint: {kind: checkpoint-write, numjobs: 2, shard_size: 1MiB, checkpoints: 2, interval: 1h}
`;

const RARE = `
name: rare
trials: {rounds: 1}
jobs:
  thinking: {rw: read, bs: 64KiB, size: 1MiB, thinktime: 1h, numjobs: 2}
`;

for (const [name, workload] of [
  ['between two checkpoints', PAUSING],
  ['in a pause of its workers', RARE],
] as const) {
  test(`SIGINT is heard ${name}`, () =>
    withPlace(({ directory, runWords }) =>
      withLiveRun(runWords(workload), { cwd: directory }, async (run) => {
        await run.until((event) => event.type === 'progress');
        run.signalGroup('SIGINT');
        const { status } = await run.outcome();
        assert.is(status, 130);
      }),
    ));
}

const LARGE = `
name: large
trials: {rounds: 1}
dataset: {nrfiles: 200, filesize: 4MiB}
jobs:
  read: {rw: read, bs: 1MiB, runtime: 1h, time_based: true}
`;

test('SIGINT while files are laid out leaves whole files for the next run, and no others', () =>
  withPlace(({ directory, target, results, runWords }) =>
    withLiveRun(runWords(LARGE), { cwd: directory }, async (run) => {
      await run.until((event) => event.type === 'layout');
      run.signalGroup('SIGINT');
      const { status } = await run.outcome();
      assert.is(status, 130);
      assert.is(statusOf(results), 'aborted');
      const files = dataFilesIn(target);
      assert.ok(files.length > 0);
      assert.equal(
        files.filter((path) => !/\/\d{6}-4194304$/.test(path)),
        [],
      );
    }),
  ));

test('SIGINT while prepare lays out files does the same', () =>
  withPlace(({ directory, target, runWords }) => {
    const [, workload = ''] = runWords(LARGE);
    // So much that no disk has written it before the signal arrives.
    const words = ['prepare', workload, '-t', 't', '--progress', 'json', '--set', 'dataset.nrfiles=1500'];
    return withLiveRun(words, { cwd: directory }, async (run) => {
      await run.until((event) => event.type === 'layout');
      run.signalGroup('SIGINT');
      assert.is((await run.outcome()).status, 130);
      assert.ok(dataFilesIn(target).every((path) => /\/\d{6}-4194304$/.test(path)));
    });
  }));

test('a reader of the result that goes away costs no measurement', () =>
  withPlace(async ({ directory, results, runWords }) => {
    const run = new LiveRun(runWords(SHORT_THEN_LONG, '--set', 'long.runtime=300ms'), { cwd: directory });
    run.closeOutput();
    assert.is((await run.outcome()).status, 0);
    assert.is(statusOf(results), 'complete');
    assert.is(trialsOf(results).length, 2);
  }));

test.run();
