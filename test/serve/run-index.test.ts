/** The list of a results directory: what it reads, and when it reads again. */
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RunIndex } from '../../src/serve/run-index.js';
import { readListedRun } from '../../src/serve/run-row.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';
import { startOfDay, storeRun } from '../support/stored-runs.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('serve/run-index');

const ARM = makeArm('read');
/** Long after any change of a test. */
const LATER = Date.now() + 3_600_000;

test('1,000 runs are read once, then only those that change', () =>
  withTemporaryDirectory(async (results) => {
    for (let day = 0; day < 1000; day++) mkdirSync(join(results, startOfDay(day).id));
    const read: string[] = [];
    const index = new RunIndex(
      results,
      async (_, id) => {
        read.push(id);
        const row = { id, startedAt: id, workload: 'quick', targets: [], labels: {}, isCalibration: false };
        const trials = { doneTrials: 1, failedTrials: 0, totalTrials: 1, best: null, problem: null };
        return { row: { ...row, ...trials }, state: 'complete' };
      },
      () => LATER,
    );
    await index.update();
    assert.equal([read.length, index.runs.length, index.runs[0]?.id], [1000, 1000, startOfDay(999).id]);
    const { version } = index;
    await index.update();
    await index.glance();
    assert.equal([read.length, index.version], [1000, version], 'nothing is read again');
    const changed = startOfDay(500).id;
    writeFileSync(join(results, changed, 'arms.csv'), '');
    rmSync(join(results, startOfDay(0).id), { recursive: true });
    await index.glance();
    assert.equal(read.slice(1000), [changed]);
    assert.equal([index.runs.length, index.version], [999, version + 1]);
  }));

test('the best arm and the trials come from the table of arms', () =>
  withTemporaryDirectory(async (results) => {
    const directory = storeRun(results, makeRun([ARM], 1), []);
    const head = 'arm,trials_counted,trials_failed,throughput_median_bytes_per_s';
    writeFileSync(join(directory, 'arms.csv'), `${head}\n"a,b",3,1,2000\nc,4,,\n`);
    const index = new RunIndex(results);
    await index.update();
    const { best, doneTrials, failedTrials } = index.runs[0] ?? {};
    assert.equal([best, doneTrials, failedTrials], [{ arm: 'a,b', bytesPerSecond: 2000 }, 8, 1]);
  }));

test('a run that changes in the moment of its reading is read again', () =>
  withTemporaryDirectory(async (results) => {
    const { id } = startOfDay(1);
    const directory = storeRun(results, makeRun([ARM], 1, { id }), []);
    const stamp = new Date();
    utimesSync(directory, stamp, stamp);
    const index = new RunIndex(results, readListedRun, () => stamp.getTime() + 10);
    await index.update();
    storeRun(results, makeRun([ARM], 1, { id, status: 'failed' }), []);
    utimesSync(directory, stamp, stamp);
    await index.update();
    assert.is(index.runs[0]?.status, 'failed');
  }));

test('what is not a run is not listed; what is left of a damaged one is, with its problem', () =>
  withTemporaryDirectory(async (results) => {
    for (const name of ['baselines', 'calibrations', 'tiering', '.feedrate-new-x', 'notes'])
      mkdirSync(join(results, name));
    writeFileSync(join(results, 'notes.txt'), 'x');
    const damaged = storeRun(results, makeRun([ARM], 1, { id: startOfDay(3).id }), [makeTrial(ARM, 1, 1e9)]);
    writeFileSync(join(damaged, 'run.json'), '{"runVersion":');
    storeRun(
      results,
      makeRun([ARM], 1, { ...startOfDay(4), status: 'running', pid: 2 ** 22 + 1, hostname: 'elsewhere' }),
      [],
    );
    const index = new RunIndex(results);
    await index.update();
    assert.equal(
      index.runs.map(({ status, workload, problem }) => [status, workload, problem?.slice(0, 20) ?? null]),
      [
        ['running', 'quick', null],
        ['unknown', null, 'run.json: cut off or'],
      ],
    );
  }));

test('a directory that does not exist has no runs', async () => {
  const index = new RunIndex('/nowhere/results');
  await index.update();
  assert.equal(index.runs, []);
});

test.run();
