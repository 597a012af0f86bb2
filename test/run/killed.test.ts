// ci

/** Runs whose processes are killed, and runs that are not alone. */
import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { LiveRun, untilGone, withLiveRun } from '../support/live-run.js';
import { latestRun, statusOf, trialsOf } from '../support/run-directory.js';
import { dataFilesIn, ownNamesIn, SHORT_THEN_LONG, withPlace } from './place.js';

const test = suite('run/killed');

const LARGE = `
name: large
trials: {rounds: 1}
dataset: {nrfiles: 1, filesize: 2GiB}
jobs:
  read: {rw: read, bs: 1MiB}
`;

test('what was being laid out when all was killed is left where clean finds it', () =>
  withPlace(({ directory, target, runWords }) =>
    withLiveRun(runWords(LARGE), { cwd: directory }, async (run) => {
      await run.until((event) => event.type === 'layout');
      run.signalGroup('SIGKILL');
      await run.outcome();
      assert.equal(dataFilesIn(target), []);
      assert.is(feedrate(['clean', '-t', 't', '--yes'], directory).status, 0);
    }),
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
    const note = `run ${runId} was killed and left .* in .*; remove it with: feedrate clean -t `;
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
      assert.match(cleaned.stdout, /in use by a run; not removed/);
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
      assert.match(stderr, 'the measuring process was ended by SIGKILL; earlier trials are saved');
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

test.run();
