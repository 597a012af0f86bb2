/** `show` and `list` on run directories that were made by hand, whole and damaged. */
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createRun } from '../../src/store/run-store.js';
import { feedrate } from '../support/command-thread.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/damaged-runs');
const slow = makeArm('randread', [{ name: 'bs', label: '4KiB' }]);
const fast = makeArm('randread', [{ name: 'bs', label: '1MiB' }]);
const MIB = 2 ** 20;

/** A results directory with one run of two arms; `damage` gets its path. */
function withRun(damage: (run: string) => void, use: (results: string, run: string) => void): Promise<void> {
  return withTemporaryDirectory((results) => {
    const store = createRun(results, makeRun([slow, fast], 2, { status: 'running' }));
    for (const round of [1, 2]) {
      store.appendTrial(makeTrial(slow, round, 100 * MIB, { id: `s1r${round}t1` }));
      store.appendTrial(makeTrial(fast, round, 900 * MIB, { id: `s1r${round}t2` }));
    }
    store.finish('complete');
    damage(store.directory);
    use(results, store.directory);
  });
}

test('a whole run', () =>
  withRun(
    () => undefined,
    (results, run) => {
      const shown = feedrate(['show', run]);
      assert.is(shown.status, 0);
      assert.is(shown.stderr, '');
      assert.match(shown.stdout, /complete, 4 of 4 trials/);
      const lines = feedrate(['list', '-o', results]).stdout.trimEnd().split('\n');
      assert.is(lines.length, 2);
      assert.match(lines[0] ?? '', /^RUN +STARTED \(UTC\) +STATUS +WORKLOAD +TRIALS +BEST +TARGETS$/);
      assert.match(
        lines[1] ?? '',
        /^[0-9a-f]{4} +2026-11-23 19:12 +complete +quick +4\/4 +900 MiB\/s randread\/bs=1MiB +\/mnt\/data$/,
      );
    },
  ));

test('without run.json the trials are shown, and what is lost is named', () =>
  withRun(
    (run) => rmSync(join(run, 'run.json')),
    (results, run) => {
      const shown = feedrate(['show', run]);
      assert.is(shown.status, 0);
      assert.match(shown.stdout, '900 MiB/s');
      assert.match(shown.stdout, '! run.json: missing; plan, environment and thresholds are lost');
      assert.match(feedrate(['list', '-o', results]).stdout, / unknown +– +4\/\? +900 MiB\/s randread\/bs=1MiB +–/);
    },
  ));

test('a cut trials.jsonl costs the trial that was cut', () =>
  withRun(
    (run) => truncateSync(join(run, 'trials.jsonl'), 3000),
    (_results, run) => {
      const { status, stdout } = feedrate(['show', run, '--format', 'json']);
      assert.is(status, 0);
      const report = JSON.parse(stdout);
      assert.ok(report.trialsRecorded < 4);
      assert.match(report.problems[0], /^trials\.jsonl:\d: cut off or damaged/);
    },
  ));

test('a run that was killed says so', () =>
  withTemporaryDirectory((results) => {
    const store = createRun(results, makeRun([slow], 2, { status: 'running', pid: 2 ** 22 + 1, hostname: hostname() }));
    store.appendTrial(makeTrial(slow, 1, 100 * MIB));
    const { status, stdout } = feedrate(['show', '-o', results]);
    assert.is(status, 0);
    assert.match(stdout, /killed, 1 of 2 trials/);
    assert.match(feedrate(['list', '-o', results]).stdout, / killed +quick +1\/2 /);
  }));

test('a directory of which nothing can be read is status 2, and still in the list', () =>
  withRun(
    (run) => {
      rmSync(join(run, 'trials.jsonl'));
      writeFileSync(join(run, 'run.json'), '{"runVersion":');
    },
    (results, run) => {
      const shown = feedrate(['show', run]);
      assert.is(shown.status, 2);
      assert.match(shown.stdout, '! trials.jsonl: missing');
      assert.match(shown.stdout, /! run\.json: /);
      const listed = feedrate(['list', '-o', results, '--format', 'json']);
      assert.is(listed.status, 0);
      assert.is(JSON.parse(listed.stdout)[0].status, 'unknown');
    },
  ));

test('an empty run directory does not stop any command', () =>
  withRun(
    (run) => {
      mkdirSync(join(run, '..', '20261130T000000Z_quick_0000'));
      writeFileSync(join(run, '..', '20261130T000000Z_quick_0001'), '');
    },
    (results) => {
      for (const words of [['show'], ['list'], ['compare', '--cols', 'bs'], ['history']]) {
        const { status, stderr } = feedrate([...words, '-o', results]);
        assert.is(status, 0, `${words}: ${stderr}`);
        assert.match(
          stderr,
          /^\S+: passed over \S+_0000 \(without run\.json and trials\) and 1 more, which are not runs; .*\n$/,
        );
      }
      assert.is(feedrate(['baseline', 'save', 'main', '-o', results]).status, 0);
    },
  ));

test('the latest of several runs is shown, and ends that two runs share are not used as names', () =>
  withTemporaryDirectory((results) => {
    const early = createRun(results, makeRun([slow], 1, { startedAt: '2026-11-22T00:00:00.000Z' }));
    const late = createRun(results, makeRun([slow], 1, { startedAt: '2026-11-24T00:00:00.000Z' }));
    assert.is(JSON.parse(feedrate(['show', '-o', results, '--format', 'json']).stdout).id, late.run.id);
    const ids = JSON.parse(feedrate(['list', '-o', results, '--format', 'json']).stdout).map(
      ({ id }: { id: string }) => id,
    );
    assert.equal(ids, [early.run.id, late.run.id]);
    const several = feedrate(['show', '2026', '-o', results]);
    assert.is(several.status, 2);
    assert.match(several.stderr, /'2026' matches 2 runs/);
  }));

test.run();
