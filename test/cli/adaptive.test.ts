/** `feedrate gate --adaptive`: sessions are added to a run until it can be said what it shows. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withReadOnly } from '../run/place.js';
import { feedrate } from '../support/command-thread.js';
import type { Outcome } from '../support/feedrate-cli.js';
import { directoryIn, latestRun, runFile } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/adaptive');

const WORKLOAD = `
name: loader
trials: {sessions: 3, rounds: 2}
jobs:
  read: {rw: randread, bs: 4k, size: 4MiB, ioengine: simulated, simulated_latency: 100us, cache: as-is}
`;

const PASSWORD = { ONTAP_PASSWORD: 'x' };

/** Where the run of all tests was measured. */
const measured = mkdtempSync(join(tmpdir(), 'feedrate-adaptive-'));

/** Three sessions on two targets, which are the same to the simulated engine. */
test.before(() => {
  for (const name of ['t', 'u']) directoryIn(measured, name);
  writeFileSync(join(measured, 'w.yaml'), WORKLOAD);
  run(measured);
});

test.after(() => rmSync(measured, { recursive: true }));

/** A copy of the run. What is added to it is measured on its targets, which stay where they are. */
function withRun(use: (directory: string) => void | Promise<void>): Promise<void> {
  return withTemporaryDirectory((directory) => {
    cpSync(measured, directory, { recursive: true });
    return use(directory);
  });
}

function run(directory: string, ...args: string[]): Outcome {
  const words = ['run', 'w.yaml', '-t', 'a=t', '-t', 'b=u', '-o', 'r', '--progress', 'none', ...args];
  const outcome = feedrate(words, directory);
  assert.is(outcome.status, 0, outcome.stderr);
  return outcome;
}

function gate(directory: string, ...args: string[]): Outcome {
  return feedrate(['gate', '-o', 'r', '--adaptive', '--progress', 'none', ...args], directory);
}

const trialsOf = (directory: string) => runFile(join(directory, 'r'), 'trials.jsonl');

test('goes on until equal targets are shown to be equal, and keeps what was measured before', () =>
  withRun((directory) => {
    const before = trialsOf(directory);
    // The workload is the one that the run keeps, whatever became of the file.
    writeFileSync(join(directory, 'w.yaml'), 'not: a workload');
    const options = ['--cols', 'target', '--min-effect', '5%', '--format', 'json'];
    const ontap = ['--ontap', 'https://localhost:1', '--ontap-insecure'];
    const words = ['gate', '-o', 'r', '--adaptive', '--progress', 'none', ...options, ...ontap];
    const { status, stdout, stderr } = feedrate(words, directory, PASSWORD);
    assert.is(status, 0, stderr);
    assert.match(stderr, /^undecided after 3 sessions: measuring up to 9 \(look 2 of 4\)\n/);
    assert.match(stderr, /ONTAP was not asked, because the run was measured without --ontap/);
    const report = JSON.parse(stdout);
    assert.is(report.gate.outcome, 'pass');
    assert.is(report.gate.look.planned, 4);
    assert.ok(report.gate.look.number > 1);
    assert.is(report.alpha, 0.01 / 4, 'each look has its part of the false alarms');
    assert.ok(Math.abs(report.confidence - (1 - 0.05 / 4)) < 1e-12);
    assert.is(report.cells[0].verdict, 'equivalent');
    const after = trialsOf(directory);
    assert.ok(after.startsWith(before), 'earlier trials stay as they were');
    const { plan, status: ended, overrides } = JSON.parse(runFile(join(directory, 'r'), 'run.json'));
    assert.is(ended, 'complete');
    assert.equal(overrides, [`--set trials.sessions=${plan.sessions}`]);
    const trials = after
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.is(trials.length, plan.trials.length);
    assert.equal(
      trials.map(({ id }) => id),
      plan.trials.map(({ id }: { id: string }) => id),
    );
  }));

test('looks are remembered: another gate on the run gets no alpha of its own', () =>
  withRun((directory) => {
    const words = ['--cols', 'target', '--min-effect', '0%', '--alpha', '5%', '--format', 'json'];
    const first = gate(directory, '--looks', '2', ...words);
    assert.match(first.stderr, /^undecided after 3 sessions: measuring up to 6 \(look 2 of 2\)\n$/);
    const undecided = { number: 2, planned: 2, share: 0.5, spent: true };
    assert.equal([first.status, JSON.parse(first.stdout).gate.look], [3, undecided]);
    const run = latestRun(join(directory, 'r'));
    const measuredSoFar = readFileSync(join(run, 'trials.jsonl'), 'utf8');
    const { looks } = JSON.parse(runFile(join(directory, 'r'), 'run.json'));
    assert.equal(
      looks,
      [3, 6].map((sessions) => ({ sessions, share: 0.5 })),
    );

    // The same data, the same answer: with more looks, at another baseline, and without --adaptive.
    assert.is(feedrate(['baseline', 'save', 'other', '-o', 'r'], directory).status, 0);
    for (const args of [
      ['--adaptive', '--looks', '9', ...words],
      ['--adaptive', '--baseline', 'other', ...words.slice(2)],
      words,
    ]) {
      const { stdout, stderr } = feedrate(['gate', '-o', 'r', '--progress', 'none', ...args], directory);
      assert.is(stderr, '');
      const report = JSON.parse(stdout);
      assert.equal([report.alpha, report.gate.look.share, report.gate.look.number], [0.025, 0.5, 2]);
      assert.is(readFileSync(join(run, 'trials.jsonl'), 'utf8'), measuredSoFar);
    }
    const told = gate(directory, ...words.slice(0, -2));
    assert.is(told.status, 3);
    assert.match(
      told.stdout,
      /^gate: inconclusive \(look 2 of 4; all looks share alpha\): alpha is spent, so this run can have no further look; measure a new run$/m,
    );
  }));

test('a clear regression is told at the first look', () =>
  withRun((directory) => {
    assert.is(feedrate(['baseline', 'save', 'main', '-o', 'r'], directory).status, 0);
    run(directory, '--set', 'read.simulated_latency=150us', '--set', 'trials.sessions=3');
    const { status, stdout, stderr } = gate(directory, '--baseline', 'main', '--alpha', '80%');
    assert.is(status, 1, stdout);
    assert.is(stderr, '');
    assert.match(stdout, /gate: regression \(look 1 of 4/);
  }));

test('ends when the budget does not suffice for another session, and is then inconclusive', () =>
  withRun((directory) => {
    const before = trialsOf(directory);
    const { status, stdout, stderr } = gate(directory, '--cols', 'target', '--budget', '1us');
    assert.is(status, 3);
    assert.match(stderr, /^stopped after 3 sessions: another one would exceed --budget/);
    assert.match(stdout, /gate: inconclusive \(look 1 of 4/);
    assert.is(trialsOf(directory), before);
  }));

test('a run that cannot be changed is copied, and the copy grows', () =>
  withRun(async (directory) => {
    const words = ['--cols', 'target', '--budget', '1us'];
    const path = latestRun(join(directory, 'r'));
    await withReadOnly(path, () => {
      const { status, stderr } = gate(directory, ...words);
      assert.is(status, 2);
      assert.match(stderr, /cannot write \(EROFS: .*\); make it writable, or copy the run and name the copy\n$/);
    });
    const copy = join(directory, 'copies', basename(path));
    cpSync(path, copy, { recursive: true });
    const { stderr } = gate(directory, copy, ...words);
    assert.match(stderr, /^stopped after 3 sessions: another one would exceed --budget/);
  }));

test('what cannot go on as it began is refused in one line', () =>
  withRun((directory) => {
    const path = join(latestRun(join(directory, 'r')), 'run.json');
    const refusal = (...args: string[]) => {
      const { status, stderr } = gate(directory, '--cols', 'target', ...args);
      assert.is(status, 2);
      assert.is(stderr.split('\n').at(-1), '');
      return stderr.trimEnd().split('\n').at(-1) ?? '';
    };
    assert.match(refusal('--looks', '1'), /--looks 1: expected a whole number from 2 to 20$/);
    assert.match(refusal('--budget', 'soon'), /--budget: "soon" is not a time; write .* such as /);
    feedrate(['baseline', 'save', 'main', '-o', 'r'], directory);
    assert.match(refusal('main'), /main is a baseline, and --adaptive cannot add sessions to a baseline; name a run$/);
    const text = readFileSync(path, 'utf8');
    const record = JSON.parse(text);
    writeFileSync(path, JSON.stringify({ ...record, environment: { ...record.environment, kernel: '5.10.0' } }));
    assert.match(refusal(), /cannot add sessions: kernel changed from 5\.10\.0 to .*; measure a new run$/);
    writeFileSync(path, JSON.stringify({ ...record, injected: [{ target: 'b', part: 0.05, delayNs: 0 }] }));
    const told = refusal(dirname(path));
    const [, ...words] =
      /cannot be gated: it was measured with --inject; print it with: feedrate (\S+) (\S+) (-o) (r)$/.exec(told) ?? [];
    const compared = feedrate(words, directory);
    assert.is(compared.status, 0, `${told}\n${compared.stderr}`);
    writeFileSync(path, JSON.stringify({ ...record, status: 'aborted' }));
    assert.is(gate(directory, '--cols', 'target').status, 5, 'nothing is added to a broken run');
  }));

test('ceilings and ONTAP are options of all that measure, and are checked before anything is measured', () =>
  withRun((directory) => {
    const wrong = (words: readonly string[]) => feedrate(words, directory, PASSWORD);
    writeFileSync(join(directory, 'wrong.yaml'), 'dated: never\n');
    for (const command of [
      ['gate', '-o', 'r', '--cols', 'target'],
      ['calibrate', 'w.yaml', '-t', 't', '-o', 'r'],
    ]) {
      const refused = wrong([...command, '--ceilings', 'wrong.yaml']);
      assert.is(refused.status, 2, refused.stderr);
      assert.match(refused.stderr, /wrong\.yaml/);
      assert.match(wrong([...command, '--ontap', 'http://x']).stderr, /http would send the password in clear text/);
    }
    const idle = wrong(['gate', '-o', 'r', '--cols', 'target', '--ontap', 'https://x']);
    assert.match(idle.stderr, /--ontap: has no effect without --adaptive/);
  }));

test.run();
