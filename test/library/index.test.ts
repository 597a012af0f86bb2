/** The library's surface is enough to do what the command does. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as feedrate from '../../src/index.js';
import { around, measuredRun, storeRun } from '../support/measured-runs.js';
import { makeArm } from '../support/records.js';
import { repositoryRoot } from '../support/repository.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('library');

const WORKLOAD = `name: pretend
trials: { sessions: 1, rounds: 3 }
jobs:
  randread: { rw: randread, bs: [4k, 64k], size: 1m, cache: as-is, ioengine: simulated }
`;

test('a workload is parsed, planned, measured and reported', () =>
  withTemporaryDirectory(async (directory) => {
    const workload = feedrate.parseWorkload(WORKLOAD, 'pretend.yaml');
    const target = feedrate.openTarget('here', directory, { write: true });
    const plan = feedrate.buildPlan(workload, [target], feedrate.resolveJob, 7);
    const trials: feedrate.TrialRecord[] = [];
    const options = { plan, dataset: null, runId: 'library', session: 1, dropCaches: false };
    const sink = { emit: () => undefined, append: (trial: feedrate.TrialRecord) => trials.push(trial) };
    await new feedrate.Session(options, sink).run();
    assert.is(trials.length, 6);
    const summaries = feedrate.summarize(plan.arms, trials);
    assert.equal(
      summaries.map(({ counted }) => counted),
      [3, 3],
    );
    assert.match(await feedrate.renderRun(null, trials, [], 'md', { color: false, columns: 80 }), '64KiB');
  }));

test('the report of a stored run is a page', () =>
  withTemporaryDirectory((directory) => {
    const arms = [{ arm: makeArm('read'), levels: around(1e9, 3) }];
    const id = '20261101T030000Z_quick_a1f3';
    const run = storeRun(directory, measuredRun(id, arms, { id }));
    const html = feedrate.reportHtml(feedrate.readRun(run));
    assert.match(html, /^<!doctype html>/i);
    assert.match(html, '<h2 id="answer-title">Answer</h2>');
  }));

test('an error can be told by its class and code', () => {
  try {
    feedrate.parseWorkload('name: 1\n', 'w.yaml');
    assert.unreachable('it should have thrown');
  } catch (thrown) {
    assert.ok(thrown instanceof feedrate.FeedrateError);
    assert.is(thrown.exitStatus, feedrate.EXIT.usage);
    assert.ok(thrown.issues.length > 0);
  }
});

const REAL = `name: real
trials: { sessions: 2, rounds: 1 }
jobs:
  read: { rw: read, bs: [64k, 256k], size: 1m, cache: as-is, ioengine: psync }
`;

/** The example in the first comment of src/index.ts. */
function documentedExample(): string {
  const text = readFileSync(join(repositoryRoot, 'src', 'index.ts'), 'utf8');
  const [, example = ''] = /@example\n([\s\S]*?)\n \*\//.exec(text) ?? [];
  return example.replaceAll(/^ \* ?/gm, '');
}

test('the documented example measures real files through the package', () =>
  withTemporaryDirectory((directory) => {
    const target = join(directory, 'train');
    mkdirSync(target);
    mkdirSync(join(directory, 'node_modules'));
    symlinkSync(repositoryRoot, join(directory, 'node_modules', 'feedrate'));
    writeFileSync(join(directory, 'workload.yaml'), REAL);
    const example = documentedExample();
    assert.match(example, "path: '/mnt/train'");
    writeFileSync(join(directory, 'example.mjs'), example.replace('/mnt/train', target));
    const { status, stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], {
      cwd: directory,
      encoding: 'utf8',
      // Else a note tells what killed processes left in the machine's own.
      env: { ...process.env, TMPDIR: directory },
    });
    assert.equal([status, stderr], [0, '']);
    const [first = '', ...arms] = stdout.trimEnd().split('\n');
    assert.match(first, /^\d{8}T\d{6}Z_real_[0-9a-f]{4}: complete$/);
    assert.equal(
      arms.map((line) => line.replace(/ \d+(\.\d+)?$/, ' N')),
      ['read/bs=64KiB N', 'read/bs=256KiB N'],
    );
  }));

const PRETEND = { source: WORKLOAD, path: 'pretend.yaml' };

test('a run tells its listener what happens, and a stop request ends it with what was measured', () =>
  withTemporaryDirectory(async (directory) => {
    const stop = new feedrate.StopHandle();
    const told: string[] = [];
    const tell = (what: string) => () => {
      if (told.at(-1) !== what) told.push(what);
    };
    const request = {
      workload: PRETEND,
      targets: [{ name: 'here', path: directory }],
      overrides: [feedrate.parseOverride('--set', 'trials.sessions=2')],
      labels: { by: 'a library' },
      resultsDirectory: join(directory, 'results'),
      stop,
    };
    const { run, status } = await feedrate.conduct(request, {
      prepared: tell('prepared'),
      begun: tell('begun'),
      event: (event) => {
        if (event.type !== 'trial') return;
        tell('trial')();
        stop.stop();
      },
      stopping: tell('stopping'),
      over: tell('over'),
      ended: (end) => told.push(end),
    });
    assert.is(status, 'aborted');
    assert.equal(told.slice(0, 4), ['prepared', 'begun', 'trial', 'stopping']);
    assert.equal(told.slice(-2), ['over', 'aborted']);
    assert.equal([run.status, run.run.labels, run.problems], ['aborted', { by: 'a library' }, []]);
    assert.equal(new Set(run.trials.map(({ session }) => session)), new Set([1]));
  }));

test('a run whose time is up is complete, and says so until it is extended', () =>
  withTemporaryDirectory(async (directory) => {
    const stop = new feedrate.StopHandle();
    const request = {
      workload: PRETEND,
      targets: [{ name: 'here', path: directory }],
      overrides: [feedrate.parseOverride('--set', 'trials.sessions=3')],
      resultsDirectory: join(directory, 'results'),
      stop,
    };
    const { run, status } = await feedrate.conduct(request, {
      event: ({ type }) => {
        if (type === 'trial') stop.endAsPlanned();
      },
    });
    assert.equal([status, run.status, run.run.endedBy], ['complete', 'complete', 'time']);
    assert.ok(run.trials.length < run.run.plan.trials.length);
    const { run: extended } = await feedrate.extend(run, 4);
    assert.equal([extended.status, extended.run.endedBy], ['complete', undefined]);
    const stopped = new feedrate.StopHandle();
    stopped.endAsPlanned();
    stopped.stop();
    assert.is(stopped.isPlanned, false, 'a user who stops what is ending anyway has stopped it');
    stopped.endAsPlanned();
    assert.is(stopped.isPlanned, false);
  }));

test('a stored run is extended by sessions, on the conditions that it records', () =>
  withTemporaryDirectory(async (directory) => {
    const request = {
      workload: PRETEND,
      targets: [{ name: 'here', path: directory }],
      overrides: [feedrate.parseOverride('-P', 'numjobs=1,2')],
      resultsDirectory: join(directory, 'results'),
    };
    const first = await feedrate.conduct(request);
    const { run, status } = await feedrate.extend(first.run, 3);
    assert.equal([status, run.id, run.run.plan.sessions, run.trials.length], ['complete', first.run.id, 3, 36]);
    assert.equal(run.run.overrides, ['-P numjobs=1,2', '--set trials.sessions=3']);
    assert.equal([run.run.dropCaches, run.run.remount], [false, false]);
    assert.equal(run.trials.slice(0, 12), first.run.trials);
  }));

test.run();
