import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

test('what is not a run is passed over in one line, and is never the latest', async () => {
  await withTemporaryDirectory((results) => {
    const run = startRun(results, '2026-11-24T10:00:00.000Z');
    const told: string[] = [];
    const tell = (text: string) => told.push(text);
    const empty = '20261125T100000Z_quick_0000';
    mkdirSync(join(results, empty));
    mkdirSync(join(results, '.feedrate-new-1'));
    writeFileSync(join(results, '.feedrate-new-1', 'run.json'), '{}');
    assert.is(resolveRun(results, 'latest', tell), run);
    assert.equal(told.splice(0), [
      `${results}: passed over ${empty} (without run.json and trials), which is not a run; remove what you do not need`,
    ]);
    writeFileSync(join(results, empty, 'trials.jsonl'), '');
    writeFileSync(join(results, '20261125T100000Z_quick_0001'), 'a file');
    symlinkSync('nowhere', join(results, '20261125T100000Z_quick_0002'));
    assert.equal(
      listRuns(results, tell).map(({ directory }) => directory),
      [run],
    );
    assert.equal(told.splice(0), [
      `${results}: passed over ${empty} (without run.json and trials) and 2 more, which are not runs; remove what you do not need`,
    ]);
    for (const [name, why] of [
      [empty, 'without run.json and trials'],
      ['20261125T100000Z_quick_0001', 'not a directory'],
    ] as const)
      for (const spec of [name, join(results, name)])
        assert.throws(() => resolveRun(results, spec), feedrateError('store', new RegExp(`: not a run \\(${why}\\);`)));
    for (const name of readdirSync(results).filter((each) => each.startsWith('20261125')))
      rmSync(join(results, name), { recursive: true });
    assert.is(resolveRun(results, 'latest', tell), run);
    assert.equal(told, []);
  });
});

test('a run of which nothing can be read is not the latest', async () => {
  await withTemporaryDirectory((results) => {
    const run = startRun(results, '2026-11-24T10:00:00.000Z');
    const damaged = startRun(results, '2026-11-25T10:00:00.000Z');
    writeFileSync(join(damaged, 'run.json'), '{"runVersion":');
    const told: string[] = [];
    assert.is(
      resolveRun(results, 'latest', (text) => told.push(text)),
      run,
    );
    assert.is(told.length, 1);
    assert.match(told[0] ?? '', /: passed over \S+ \(run\.json: .*\), of which nothing can be read$/);
    assert.is(listRuns(results).length, 2, 'it is listed');
    rmSync(run, { recursive: true });
    assert.throws(() => resolveRun(results, 'latest'), feedrateError('store', /no run 'latest'; it holds 1/));
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
