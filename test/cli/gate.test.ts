/** Every way in which `gate` can end: its status, and the bytes that it prints. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunRecord } from '../../src/record/run-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { maskedCsv, maskedJson, maskedReport } from '../run/masked.js';
import { feedrate } from '../support/command-thread.js';
import type { Outcome } from '../support/feedrate-cli.js';
import { assertGolden } from '../support/golden.js';
import { makeThreshold, withSpec } from '../support/records.js';
import { fixturePath } from '../support/repository.js';
import { latestRun } from '../support/run-directory.js';

const test = suite('cli/gate');

/** Runs of the simulated engine: `base` (kept as the baseline `main`), `same`, and `slow`, which takes 15 % longer. */
const directory = join(tmpdir(), `feedrate-test-gate-${process.pid}`);
const ids = new Map<string, string>();

// A hook each: on a busy machine all three would take longer than a hook may.
test.before(() => {
  mkdirSync(join(directory, 't'), { recursive: true });
  measure('base');
  assert.is(feedrate(['baseline', 'save', 'main'], directory).status, 0);
});
test.before(() => measure('same', '--seed', '7'));
test.before(() => measure('slow', '--seed', '8', '--set', 'simulated_latency=115us'));

test.after(() => rmSync(directory, { recursive: true, force: true }));

function measure(name: string, ...options: string[]): void {
  // Run directories sort by their second.
  const results = join(directory, `results-${name}`);
  const words = ['run', fixturePath('gate', 'loader.yaml'), '-t', 't', '-o', results, '--progress', 'none', ...options];
  const { status, stderr } = feedrate(words, directory);
  assert.is(status, 0, stderr);
  keep(name, latestRun(results), (run) => run);
}

/** Puts a run beside the others under an id of its own, changed as something might have changed it. */
function keep(
  name: string,
  from: string,
  changeRun: (run: RunRecord) => RunRecord,
  changeTrials: (trials: TrialRecord[]) => TrialRecord[] = (trials) => trials,
): string {
  const id = `20261127T120000Z_loader_${(0xa000 + ids.size).toString(16)}`;
  const path = join(directory, 'results', id);
  ids.set(name, id);
  cpSync(from, path, { recursive: true });
  rewrite(path, (run) => changeRun({ ...run, id }), changeTrials);
  return id;
}

function rewrite(
  path: string,
  changeRun: (run: RunRecord) => RunRecord,
  changeTrials: (trials: TrialRecord[]) => TrialRecord[],
): void {
  const [run, trials] = [join(path, 'run.json'), join(path, 'trials.jsonl')];
  writeFileSync(run, JSON.stringify(changeRun(JSON.parse(readFileSync(run, 'utf8')))));
  const lines = readFileSync(trials, 'utf8').trimEnd().split('\n');
  const changed = changeTrials(lines.map((line) => JSON.parse(line) as TrialRecord));
  writeFileSync(trials, changed.map((trial) => `${JSON.stringify(trial)}\n`).join(''));
}

function pathOf(name: string): string {
  return join(directory, 'results', ids.get(name) as string);
}

/** The gate's status; what it prints is held against a golden file, and stderr is empty. */
function gate(golden: string, candidate: string, ...options: string[]): Outcome {
  const outcome = feedrate(['gate', ids.get(candidate) as string, ...options], directory);
  const masked = golden.endsWith('.json') ? maskedJson : golden.endsWith('.csv') ? maskedCsv : maskedReport;
  assert.is(outcome.stderr, '');
  assertGolden(masked(outcome.stdout, directory), 'gate', golden);
  return outcome;
}

test('as fast as the baseline: pass', () => {
  assert.is(gate('pass.txt', 'same', '--baseline', 'main').status, 0);
});

for (const [format, extension] of [
  ['table', 'txt'],
  ['md', 'md'],
  ['csv', 'csv'],
  ['json', 'json'],
] as const) {
  test(`slower than the baseline, as ${format}: 1`, () => {
    const measures = ['-m', 'throughput', '-m', 'p99(latency)', '-m', 'p99'];
    const { status } = gate(`regression.${extension}`, 'slow', '--baseline', 'main', ...measures, '--format', format);
    assert.is(status, 1);
  });
}

test('a run is a baseline too', () => {
  assert.is(feedrate(['gate', ids.get('slow') as string, '--baseline', pathOf('base')], directory).status, 1);
  const other = feedrate(['gate', ids.get('base') as string, '--baseline', pathOf('slow')], directory);
  assert.is(other.status, 0, 'faster is no regression');
  assert.match(other.stdout, ' improvement ');
});

test('neither a regression nor its absence is shown: pass, or 3 when that is asked for', () => {
  const options = ['--baseline', 'main', '--min-effect', '0.01%'];
  assert.is(gate('inconclusive.pass.txt', 'same', ...options).status, 0);
  assert.is(gate('inconclusive.txt', 'same', ...options, '--fail-on-inconclusive').status, 3);
});

test('too few sessions for any regression: 3, and how many are needed', () => {
  keep(
    'short',
    pathOf('slow'),
    ({ plan, ...run }) => ({
      ...run,
      plan: { ...plan, sessions: 3, trials: plan.trials.filter(({ session }) => session < 4) },
    }),
    (trials) => trials.filter(({ session }) => session < 4),
  );
  assert.is(gate('too-few.txt', 'short', '--baseline', 'main').status, 3);
});

test('the environment of the baseline is another: 4, unless that is to be ignored', () => {
  const other = join(directory, 'results', 'baselines', 'other-kernel');
  cpSync(join(directory, 'results', 'baselines', 'main'), other, { recursive: true });
  rewrite(
    other,
    (run) => ({ ...run, environment: { ...run.environment, kernel: '5.10.0' } }),
    (trials) => trials,
  );
  const strict = feedrate(['gate', ids.get('same') as string, '--baseline', 'other-kernel'], directory);
  const kernel = (JSON.parse(readFileSync(join(pathOf('same'), 'run.json'), 'utf8')) as RunRecord).environment.kernel;
  assert.is(strict.status, 4);
  assertGolden(maskedReport(strict.stdout, directory).replaceAll(kernel, 'KERNEL'), 'gate', 'incomparable.txt');
  assert.is(gate('ignored.txt', 'same', '--baseline', 'other-kernel', '--ignore', 'kernel').status, 0);
  assert.is(
    feedrate(['gate', ids.get('slow') as string, '--baseline', 'other-kernel', '--ignore', 'kernel'], directory).status,
    1,
  );
});

test('another load is incomparable', () => {
  keep('other-load', pathOf('same'), ({ plan, ...run }) => ({
    ...run,
    plan: { ...plan, arms: plan.arms.map((arm) => withSpec(arm, { ...arm.spec, numjobs: 2 })) },
  }));
  assert.is(gate('other-load.txt', 'other-load', '--baseline', 'main').status, 4);
});

test('a broken threshold of the candidate: 1, though it is as fast as the baseline', () => {
  const withThresholds =
    (...bounds: number[]) =>
    ({ plan, ...run }: RunRecord): RunRecord => ({
      ...run,
      plan: {
        ...plan,
        arms: plan.arms.map((arm) => ({
          ...arm,
          thresholds: bounds.map((bound) => makeThreshold('throughput', null, '>', bound)),
        })),
      },
    });
  keep('bounded', pathOf('same'), withThresholds(1e6, 1e9));
  assert.is(gate('threshold.txt', 'bounded', '--baseline', 'main').status, 1);
  keep('kept', pathOf('same'), withThresholds(1e6));
  assert.is(feedrate(['gate', ids.get('kept') as string, '--baseline', 'main'], directory).status, 0);
});

test('a trial of the candidate failed: 5, whatever the others say', () => {
  const fail = (trials: TrialRecord[]): TrialRecord[] =>
    trials.map((trial, index) => (index === 4 ? { ...trial, status: 'failed', fault: FAULT } : trial));
  keep('failed', pathOf('slow'), (run) => run, fail);
  assert.is(gate('failed.txt', 'failed', '--baseline', 'main').status, 5);
  assert.is(gate('failed.md', 'failed', '--baseline', 'main', '--format', 'md').status, 5);
});

const FAULT = {
  code: 'EIO',
  syscall: 'pread',
  path: '/mnt/train/x',
  offsetBytes: 4096,
  message: 'EIO: i/o error, pread',
  worker: 0,
};

test('the candidate was aborted: 5', () => {
  keep(
    'aborted',
    pathOf('same'),
    (run) => ({ ...run, status: 'aborted' }),
    (trials) => trials.slice(0, 3),
  );
  const { status, stdout, stderr } = feedrate(['gate', ids.get('aborted') as string, '--baseline', 'main'], directory);
  assert.is(status, 5);
  assertGolden(maskedReport(stdout, directory), 'gate', 'aborted.txt');
  assert.match(stderr, /^.*: aborted, 3 of 6 trials measured\n$/);
});

test('of many flaws the first are told', () => {
  const fail = (trials: TrialRecord[]): TrialRecord[] => {
    const failed = trials.map((trial): TrialRecord => ({ ...trial, status: 'failed', fault: FAULT }));
    return [...failed, ...failed.map((trial) => ({ ...trial, id: `${trial.id}0` }))];
  };
  keep('all-failed', pathOf('same'), (run) => run, fail);
  const { status, stdout } = feedrate(['gate', ids.get('all-failed') as string, '--baseline', 'main'], directory);
  assert.is(status, 5);
  assert.match(stdout, /(^incomplete measurement: .*\n){5}and 7 more problems\n$/m);
});

test('a line of the candidate is damaged: 5', () => {
  keep('damaged', pathOf('same'), (run) => run);
  const path = join(pathOf('damaged'), 'trials.jsonl');
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, -100));
  const { status, stdout } = feedrate(['gate', ids.get('damaged') as string, '--baseline', 'main'], directory);
  assert.is(status, 5);
  assert.match(stdout, /^incomplete measurement: trials\.jsonl:6: /m);
});

for (const [options, line] of [
  [['--baseline', 'none'], /^feedrate: .*: no run 'none'/],
  [['--baseline', 'main', '-m', 'speed'], /^feedrate: --metric speed: expected one of throughput, /],
  [['--baseline', 'main', '--min-effect', '2'], /^feedrate: --min-effect 2: expected a value from 0 to below 1/],
  [['--baseline', 'main', '--where', 'bs=1MiB'], /^feedrate: --where bs=1MiB: no arm matches; values of bs: 4KiB/],
  [[], /^feedrate: nothing to compare: there is only one arm/],
] as const) {
  test(`gate ${options.join(' ')}: one line, status 2`, () => {
    const { status, stdout, stderr } = feedrate(['gate', ids.get('same') as string, ...options], directory);
    assert.equal([status, stdout], [2, '']);
    assert.match(stderr, line);
    assert.is(stderr.split('\n').length, 2, stderr);
  });
}

test.run();
