/** Runs that are stopped, killed, or not alone. */
import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/feedrate-cli.js';
import { LiveRun, type ProgressEvent, untilGone, withLiveRun } from '../support/live-run.js';
import { latestRun, runFile, trialsOf } from '../support/run-directory.js';
import { dataFilesIn, ownNamesIn, withPlace } from './place.js';

const test = suite('run/interruption');

/** A short trial, then one that outlasts every test. Seed 1 puts them in this order. */
const SHORT_THEN_LONG = `
name: short-then-long
seed: 1
trials: {rounds: 1}
jobs:
  short: {rw: read, bs: 64KiB, size: 1MiB}
  long: {rw: randrw, bs: 4KiB, size: 1MiB, runtime: 1h, time_based: true, rate_iops: 1000}
`;

function statusOf(results: string): string {
  return (JSON.parse(runFile(results, 'run.json')) as { status: string }).status;
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
        assert.match(stderr, 'stopping: what is measured is kept');
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

test('SIGINT is heard while the session process starts', () =>
  withPlace(({ directory, results, runWords }) =>
    withLiveRun(runWords(SHORT_THEN_LONG), { cwd: directory }, async (run) => {
      await run.untilSession();
      run.signalGroup('SIGINT');
      const { status, stdout } = await run.outcome();
      assert.is(status, 130);
      assert.match(stdout, /aborted, 0 of 2 trials/);
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
dataset: {nrfiles: 64, filesize: 4MiB}
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
    const words = ['prepare', workload, '-t', 't', '--progress', 'json'];
    return withLiveRun(words, { cwd: directory }, async (run) => {
      await run.until((event) => event.type === 'layout');
      run.signalGroup('SIGINT');
      assert.is((await run.outcome()).status, 130);
      assert.ok(dataFilesIn(target).every((path) => /\/\d{6}-4194304$/.test(path)));
    });
  }));

test('what was being laid out when all was killed is left where clean finds it', () =>
  withPlace(({ directory, target, runWords }) =>
    withLiveRun(
      runWords(LARGE, '--set', 'dataset.filesize=256MiB', '--set', 'dataset.nrfiles=1'),
      { cwd: directory },
      async (run) => {
        await run.until((event) => event.type === 'layout');
        run.signalGroup('SIGKILL');
        await run.outcome();
        assert.equal(dataFilesIn(target), []);
        assert.is(feedrate(['clean', '-t', 't', '--yes'], directory).status, 0);
      },
    ),
  ));

test('a session ends itself and cleans up when its parent is killed; the run reads as killed', () =>
  withPlace(({ directory, target, results, runWords }) =>
    withLiveRun(runWords(SHORT_THEN_LONG), { cwd: directory }, async (run) => {
      await run.untilMeasuring('long');
      const { sessionPid } = run;
      process.kill(run.pid, 'SIGKILL');
      await untilGone(sessionPid);
      assert.equal(ownNamesIn(target), []);
      assert.is(statusOf(results), 'running', 'nobody could write another status');
      const shown = feedrate(['show', '-o', 'r'], directory);
      assert.is(shown.status, 0);
      assert.match(shown.stdout, /killed, 2 of 2 trials/);
      assert.match(feedrate(['list', '-o', 'r'], directory).stdout, / killed /);
    }),
  ));

test('what a run left that was killed with all its processes is told of, and removed by clean alone', () =>
  withPlace(async ({ directory, target, results, runWords }) => {
    await withLiveRun(runWords(SHORT_THEN_LONG), { cwd: directory }, async (run) => {
      await run.untilMeasuring('long');
      run.signalGroup('SIGKILL');
      await run.outcome();
    });
    const [left = ''] = ownNamesIn(target);
    const runId = left.replace('.feedrate-', '');
    assert.is(latestRun(results), join(results, runId));
    assert.match(feedrate(['show', '-o', 'r'], directory).stdout, /the run was killed: 1 of 2 trials are recorded/);
    truncateSync(join(results, runId, 'trials.jsonl'), 300);
    const damaged = feedrate(['show', '-o', 'r'], directory);
    assert.is(damaged.status, 0);
    assert.match(damaged.stdout, /! trials\.jsonl:1: .*; this trial is lost/);
    const next = feedrate(runWords(SHORT_THEN_LONG, '--set', 'long.runtime=50ms'), directory);
    assert.is(next.status, 0);
    const note = `run ${runId} was killed and left .* below .*; remove it with: feedrate clean -t `;
    assert.match(next.stderr, new RegExp(note));
    assert.equal(ownNamesIn(target), [left], 'another run leaves it alone');
    const cleaned = feedrate(['clean', '-t', 't', '--yes'], directory);
    assert.is(cleaned.status, 0);
    assert.equal(ownNamesIn(target), []);
    assert.ok(dataFilesIn(target).length > 0, 'data files stay');
  }));

test('clean leaves alone what a live run uses', () =>
  withPlace(({ directory, target, results, runWords }) =>
    withLiveRun(runWords(SHORT_THEN_LONG), { cwd: directory }, async (run) => {
      await run.untilMeasuring('long');
      const before = [...ownNamesIn(target), ...dataFilesIn(target)];
      const cleaned = feedrate(['clean', '-t', 't', '--yes', '--data', '--elsewhere'], directory);
      assert.is(cleaned.status, 0, cleaned.stderr);
      assert.match(cleaned.stdout, /in use by a run: stays/);
      assert.equal([...ownNamesIn(target), ...dataFilesIn(target)], before);
      run.signalGroup('SIGINT');
      assert.is((await run.outcome()).status, 130);
      assert.is(trialsOf(results)[1]?.status, 'aborted', 'not failed');
    }),
  ));

test('a session process that is killed fails the run, with a line that says so', () =>
  withPlace(({ directory, target, results, runWords }) =>
    withLiveRun(runWords(SHORT_THEN_LONG), { cwd: directory }, async (run) => {
      await run.untilMeasuring('long');
      process.kill(run.sessionPid, 'SIGKILL');
      const { status, stdout, stderr } = await run.outcome();
      assert.is(status, 5);
      assert.match(stderr, 'the measuring process was ended by SIGKILL; what it measured before is kept');
      assert.match(stdout, /failed, 1 of 2 trials/);
      assert.is(statusOf(results), 'failed');
      assert.equal(ownNamesIn(target), []);
    }),
  ));

const SHARED = `
name: shared
trials: {rounds: 3}
dataset: {nrfiles: 2, filesize: 1MiB}
jobs:
  read: {rw: read, bs: 64KiB, numjobs: 2, verify: true}
  write: {rw: write, bs: 64KiB, size: 1MiB, verify: true}
  checkpoint: {kind: checkpoint-write, shard_size: 512KiB, bs: 64KiB, read_back: true}
`;

test('two runs at once on one target share data files and disturb each other in nothing', () =>
  withPlace(async ({ directory, target, results, runWords }) => {
    const words = runWords(SHARED);
    const runs = [1, 2].map(() => new LiveRun(words, { cwd: directory }));
    try {
      for (const outcome of await Promise.all(runs.map((run) => run.outcome()))) {
        assert.is(outcome.status, 0, outcome.stderr);
      }
    } finally {
      for (const run of runs) await run.end();
    }
    assert.is(readdirSync(results).length, 2);
    for (const name of readdirSync(results)) {
      const lines = readFileSync(join(results, name, 'trials.jsonl'), 'utf8')
        .trimEnd()
        .split('\n');
      const statuses = lines.map((line) => (JSON.parse(line) as { status: string }).status);
      assert.equal(statuses, new Array(9).fill('ok'));
    }
    assert.is(dataFilesIn(target).length, 2);
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
