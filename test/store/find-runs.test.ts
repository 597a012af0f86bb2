import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { listRuns, resolveRun } from '../../src/store/find-runs.js';
import { createRun, openRun } from '../../src/store/run-store.js';
import { feedrateError } from '../support/feedrate-error.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('store/find-runs');

function startRun(results: string, startedAt: string): string {
  return createRun(results, makeRun([makeArm('read')], 1, { startedAt })).directory;
}

test('runs are listed oldest first, broken ones too, other things not', async () => {
  await withTemporaryDirectory((results) => {
    const late = startRun(results, '2026-11-24T10:00:00.900Z');
    const early = startRun(results, '2026-11-24T10:00:00.100Z');
    const broken = startRun(results, '2026-11-24T10:00:05.000Z');
    openRun(broken).appendTrial(makeTrial(makeArm('read'), 1, 100));
    rmSync(join(broken, 'run.json'));
    mkdirSync(join(results, 'notes'));
    writeFileSync(join(results, 'README.md'), '');
    const runs = listRuns(results);
    assert.equal(
      runs.map(({ directory }) => directory),
      [early, late, broken],
    );
    assert.equal(
      runs.map(({ status }) => status),
      ['complete', 'complete', 'unknown'],
    );
    assert.match(runs[2]?.problems[0] ?? '', /^run\.json: missing/);
    assert.is(resolveRun(results, 'latest'), broken);
  });
});

test('no results are an empty list', async () => {
  await withTemporaryDirectory((results) => {
    assert.equal(listRuns(join(results, 'none')), []);
    const none = feedrateError('store', /no run 'latest'; it holds no run yet$/);
    assert.throws(() => resolveRun(join(results, 'none'), 'latest'), none);
  });
});

test('a run is found by path, name, beginning, end', async () => {
  await withTemporaryDirectory((results) => {
    const first = startRun(results, '2026-11-24T10:00:00.000Z');
    const second = startRun(results, '2026-11-25T10:00:00.000Z');
    const name = basename(first);
    assert.is(resolveRun(results, first), first);
    assert.is(resolveRun(results, `${first}/`), first);
    assert.is(resolveRun(results, name), first);
    assert.is(resolveRun(results, '20261124'), first);
    assert.is(resolveRun(results, '20261125T'), second);
    assert.is(resolveRun(results, `quick_${name.slice(-4)}`), first);
  });
});

test('what fits none or several is refused', async () => {
  await withTemporaryDirectory((results) => {
    startRun(results, '2026-11-24T10:00:00.000Z');
    startRun(results, '2026-11-24T11:00:00.000Z');
    assert.throws(
      () => resolveRun(results, '20261124'),
      feedrateError('store', /'20261124' matches 2 runs \(.*give more/),
    );
    assert.throws(() => resolveRun(results, 'zzzz'), feedrateError('store', /no run 'zzzz'; it holds 2/));
    assert.throws(() => resolveRun(results, ''), feedrateError('store', /no run ''/));
  });
});

test.run();
