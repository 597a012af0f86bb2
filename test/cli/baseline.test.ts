/** `feedrate baseline` from the outside. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunRecord } from '../../src/record/run-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { withReadOnly } from '../run/place.js';
import { feedrate } from '../support/command-thread.js';
import type { Outcome } from '../support/feedrate-cli.js';
import { around, measuredRun, storeRun } from '../support/measured-runs.js';
import { makeArm, makeThreshold } from '../support/records.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/baseline');

interface Stored {
  readonly value?: number;
  readonly sessions?: number;
  readonly run?: Partial<RunRecord>;
  readonly trials?: Partial<TrialRecord>;
  /** Throughput that must be exceeded. */
  readonly bound?: number;
  readonly kernel?: string;
}

/** A place to run commands in, with a run in its results. */
function store(
  directory: string,
  name: string,
  { value = 100, sessions = 8, run, trials, bound = 1, kernel }: Stored = {},
): string {
  const arm = makeArm('read', [], [makeThreshold('throughput', null, '>', bound)]);
  const measured = measuredRun(
    name,
    [{ arm, levels: around(value, sessions), ...(trials && { trials }) }],
    run,
    kernel === undefined ? {} : { kernel },
  );
  const plan = {
    ...measured.run.plan,
    trials: measured.trials.map(({ id, session }) => ({ id, session, round: 1, place: 1, arm: 0, warmup: false })),
  };
  return storeRun(join(directory, 'results'), { ...measured, run: { ...measured.run, plan } });
}

const baseline = (directory: string, ...args: string[]) => feedrate(['baseline', ...args], directory);
const runOf = (directory: string, name = 'main') => {
  const list = JSON.parse(baseline(directory, 'list', '--format', 'json').stdout) as { name: string; run: string }[];
  return list.find((entry) => entry.name === name)?.run;
};

/** One line on stderr, nothing on stdout. */
function assertError({ status, stdout, stderr }: Outcome, expected: RegExp): void {
  assert.match(stderr, expected);
  assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
  assert.is(stdout, '');
  assert.is(status, 2);
}

test('saved, listed, shown and removed', () =>
  withTemporaryDirectory((directory) => {
    const none = baseline(directory, 'list');
    assert.equal([none.status, none.stdout], [0, '']);
    assert.is(none.stderr, 'no baselines in ./results yet; save the latest run with: feedrate baseline save NAME\n');
    assert.equal(JSON.parse(baseline(directory, 'list', '--format', 'json').stdout), []);
    store(directory, 'a');
    const saved = baseline(directory, 'save', 'main');
    assert.equal(saved, { status: 0, stdout: '', stderr: 'baseline main is a\n' });
    const listed = baseline(directory, 'list');
    assert.is(
      listed.stdout,
      'BASELINE  RUN  WORKLOAD  SESSIONS  TRIALS  KERNEL\nmain      a    quick     8         8       6.1.0\n',
    );
    const shown = baseline(directory, 'show', 'main');
    assert.is(shown.status, 0);
    assert.match(shown.stdout, /complete, 8 of 8 trials/);
    assert.match(baseline(directory, 'show', 'main', '--format', 'csv').stdout, /^arm,/);
    const removed = baseline(directory, 'remove', 'main');
    assert.equal(
      [removed.status, removed.stderr],
      [0, 'removed baseline main; the run it was saved from is unchanged\n'],
    );
    assert.equal(readdirSync(join(directory, 'results')).sort(), ['a', 'baselines']);
    assert.match(feedrate(['list'], directory).stdout, /^a /m, 'the directory of baselines is no run');
  }));

test('a name that is none is refused, and nothing is written', () =>
  withTemporaryDirectory((directory) => {
    store(directory, 'a');
    for (const name of ['../x', '', 'a b', '.x', 'x/y', 'latest', '20261123T191203Z_quick_a1f3']) {
      assertError(
        baseline(directory, 'save', name),
        /^feedrate: baseline .*(?:a name has 1 to 100 letters|this names a run)/,
      );
    }
    assertError(baseline(directory, 'save', '--', '-x'), /a name has 1 to 100 letters/);
    assert.match(baseline(directory, 'save', '-x').stderr, /unknown option '-x'/);
    for (const words of [
      ['show', '../a'],
      ['remove', '../a'],
      ['remove', 'nope'],
    ]) {
      assertError(
        baseline(directory, ...words),
        /^feedrate: \.\/results: no baseline '.*'; none yet: feedrate baseline save NAME$/m,
      );
    }
    assertError(
      baseline(directory, 'save', 'main', 'nope'),
      /^feedrate: \.\/results: no run 'nope'; it holds 1: see feedrate list$/m,
    );
    assert.equal(readdirSync(join(directory, 'results')), ['a']);
  }));

test('only a whole, passed run can be a baseline', () =>
  withTemporaryDirectory((directory) => {
    store(directory, 'aborted', { run: { status: 'aborted' } });
    store(directory, 'failed', { run: { status: 'failed' } });
    store(directory, 'trial', { trials: { status: 'failed' } });
    store(directory, 'bound', { bound: 1e9 });
    const damaged = store(directory, 'damaged');
    writeFileSync(join(damaged, 'trials.jsonl'), 'x\n');
    mkdirSync(join(directory, 'results', '20261123T191203Z_quick_a1f3'));
    for (const [name, message] of [
      ['aborted', /results\/aborted: cannot be a baseline: the run is aborted; measure again$/m],
      ['failed', /results\/failed: cannot be a baseline: the run is failed; measure again$/m],
      ['trial', /cannot be a baseline: a trial or a threshold failed \(see feedrate show trial\)$/m],
      ['bound', /cannot be a baseline: a trial or a threshold failed \(see feedrate show bound\)$/m],
      ['damaged', /cannot be a baseline: trials\.jsonl:1: .*; measure again$/m],
      ['a1f3', /_quick_a1f3: not a run \(without run\.json and trials\); name another run, see feedrate list$/m],
    ] as const) {
      assertError(baseline(directory, 'save', 'main', name), message);
    }
    assert.is(runOf(directory), undefined);
    // Measured again, and by a name that `feedrate list` has.
    store(directory, 'again');
    assert.match(feedrate(['list'], directory).stdout, /^again /m);
    assert.is(baseline(directory, 'save', 'main', 'again').status, 0);
  }));

test('a slower run does not take the place of a baseline, an equal or faster one does, also from elsewhere', () =>
  withTemporaryDirectory((directory) => {
    store(directory, 'a');
    const elsewhere = store(join(directory, 'other'), 'b', { value: 101 });
    store(directory, 'slow', { value: 80 });
    baseline(directory, 'save', 'main', 'a');
    assertError(
      baseline(directory, 'save', 'main', 'slow'),
      /^feedrate: slow is slower than baseline main in 1 of 1 cells and was not saved; to replace it anyway, first run: feedrate baseline remove main$/m,
    );
    assert.is(runOf(directory), 'a');
    assert.equal(baseline(directory, 'save', 'main', elsewhere), {
      status: 0,
      stdout: '',
      stderr: 'baseline main is b\n',
    });
    assert.is(runOf(directory), 'b');
    baseline(directory, 'remove', 'main');
    assert.is(baseline(directory, 'save', 'main', 'slow').status, 0);
  }));

test('where nobody can tell whether a run is slower it is taken, and that is said', () =>
  withTemporaryDirectory((directory) => {
    store(directory, 'a');
    store(directory, 'kernel', { value: 50, kernel: '7.0.0' });
    store(directory, 'few', { value: 50, sessions: 1, kernel: '7.0.0' });
    for (const name of ['a', 'kernel', 'few']) {
      const { status, stderr } = baseline(directory, 'save', 'main', name);
      assert.is(status, 0, stderr);
      if (name !== 'a')
        assert.match(
          stderr,
          new RegExp(`^cannot decide whether ${name} is slower than the baseline main that it replaces: `),
        );
      assert.is(runOf(directory), name);
    }
  }));

test('a results directory that cannot be written is one clear line', () =>
  withTemporaryDirectory(async (directory) => {
    store(directory, 'a');
    baseline(directory, 'save', 'main', 'a');
    await withReadOnly(join(directory, 'results'), () => {
      assertError(
        baseline(directory, 'save', 'main', 'a'),
        /^feedrate: .*results\/baselines\/main: cannot write \(EROFS: .*\); save it elsewhere with: feedrate baseline save main \S+ -o DIRECTORY$/m,
      );
      const said = baseline(directory, 'save', 'main', 'a').stderr;
      const [, path = ''] = /baseline save main (\S+) -o DIRECTORY/.exec(said) ?? [];
      assert.is(baseline(directory, 'save', 'main', path, '-o', 'elsewhere').status, 0, said);
      const kept = baseline(directory, 'remove', 'main');
      assertError(
        kept,
        /baselines\/main: cannot be removed \(EROFS: .*is read-only, remount it with rw, or allow writing in its export$/m,
      );
      assert.is(runOf(directory), 'a');
      spawnSync('mount', ['-o', 'remount,bind,rw', join(directory, 'results')]);
      assert.is(baseline(directory, 'remove', 'main').status, 0);
    });
  }));

test.run();
