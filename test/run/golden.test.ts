/** Whole runs on the simulated engine, from the words on the command line to the bytes of every report and file. */
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import type { Outcome } from '../support/feedrate-cli.js';
import { assertGolden } from '../support/golden.js';
import { fixturePath } from '../support/repository.js';
import { directoryIn, runFile } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { maskedCsv, maskedJson, maskedReport, maskedTrials } from './masked.js';

const test = suite('run/golden');

/** `feedrate run WORKLOAD` in a fresh directory with a target `t` and results in `r`. */
function withRun(
  workload: string,
  args: readonly string[],
  use: (outcome: Outcome, directory: string) => void,
): Promise<void> {
  return withTemporaryDirectory((directory) => {
    for (const name of ['t', 'u']) directoryIn(directory, name);
    const target = args.includes('-t') ? [] : ['-t', 't'];
    const words = ['run', fixturePath('run', `${workload}.yaml`), '-o', 'r', '--progress', 'none', ...target, ...args];
    const outcome = feedrate(words, directory);
    assert.is(outcome.stderr, '');
    use(outcome, directory);
  });
}

const REPORTS = [
  ['table', 'txt', maskedReport],
  ['md', 'md', maskedReport],
  ['csv', 'csv', maskedCsv],
  ['json', 'json', maskedJson],
] as const;

const FILES = [
  ['summary.csv', maskedCsv],
  ['timeseries.csv', maskedCsv],
  ['trials.jsonl', maskedTrials],
] as const;

test('every kind of job: the files and every report of a run', () =>
  withRun('kinds', [], ({ stdout, status }, directory) => {
    assert.is(status, 0);
    for (const [format, extension, masked] of REPORTS) {
      const shown = feedrate(['show', '-o', 'r', '--format', format], directory).stdout;
      assertGolden(masked(shown, directory), 'run', `kinds.report.${extension}`);
      if (format === 'table') assert.is(shown, stdout, 'show prints what the run printed');
    }
    for (const [name, maskedFile] of FILES) {
      assertGolden(maskedFile(runFile(`${directory}/r`, name), directory), 'run', `kinds.${name}`);
    }
    assert.equal(readdirSync(`${directory}/t`), [], 'a simulated run writes nothing to its target');
  }));

test('another seed gives the same arms in another order with other latencies', () =>
  withRun('kinds', ['--seed', '8', '--format', 'md'], ({ stdout }, directory) => {
    assert.is(feedrate(['show', '-o', 'r', '--format', 'md'], directory).stdout, stdout, 'as the run printed it');
    const expected = readFileSync(fixturePath('run', 'kinds.trials.jsonl'), 'utf8');
    const actual = maskedTrials(runFile(`${directory}/r`, 'trials.jsonl'), directory);
    const partsOf = (text: string, part: 'arm' | 'latency') =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.stringify((JSON.parse(line) as Record<string, unknown>)[part]));
    assert.not.equal(partsOf(actual, 'arm'), partsOf(expected, 'arm'));
    assert.equal(partsOf(actual, 'arm').toSorted(), partsOf(expected, 'arm').toSorted());
    assert.equal(
      partsOf(actual, 'latency').filter((latency) => partsOf(expected, 'latency').includes(latency)),
      [],
    );
  }));

test('phases: each has its rate in every report, and rates are thresholds', () =>
  withRun('metadata', [], ({ stdout, status }, directory) => {
    assert.is(status, 0);
    assertGolden(maskedReport(stdout, directory), 'run', 'metadata.report.txt');
    for (const [format, extension, masked] of [REPORTS[2], REPORTS[3]]) {
      const shown = feedrate(['show', '-o', 'r', '--format', format], directory).stdout;
      assertGolden(masked(shown, directory), 'run', `metadata.report.${extension}`);
    }
    assertGolden(maskedTrials(runFile(`${directory}/r`, 'trials.jsonl'), directory), 'run', 'metadata.trials.jsonl');
  }));

/** What `show` prints as a table of a run that printed another format, which `show` prints again. */
function shownTable(stdout: string, format: string, directory: string): string {
  assert.is(feedrate(['show', '-o', 'r', '--format', format], directory).stdout, stdout, 'as the run printed it');
  return maskedReport(feedrate(['show', '-o', 'r'], directory).stdout, directory);
}

test('thresholds that are kept: exit status 0', () =>
  withRun('bounds', ['--format', 'csv'], ({ stdout, status }, directory) => {
    assertGolden(shownTable(stdout, 'csv', directory), 'run', 'bounds.kept.txt');
    assert.is(status, 0);
  }));

test('a threshold that is broken: exit status 1, and the arms that break it are named', () =>
  withRun('bounds', ['--set', 'read.simulated_latency=15ms', '--format', 'json'], ({ stdout, status }, directory) => {
    assertGolden(shownTable(stdout, 'json', directory), 'run', 'bounds.broken.txt');
    assert.is(status, 1);
  }));

const MATRIX = [
  '-t',
  'a=t',
  '-t',
  'b=u',
  '-P',
  'simulated_latency=100us,1ms',
  '--set',
  'size=64KiB',
  '--label',
  'volume=flex',
];

test('targets, factors, replacements, labels, sessions and warm-up rounds', () =>
  withRun('matrix', MATRIX, ({ stdout, status }, directory) => {
    assertGolden(maskedReport(stdout, directory), 'run', 'matrix.report.txt');
    assertGolden(maskedCsv(runFile(`${directory}/r`, 'summary.csv'), directory), 'run', 'matrix.summary.csv');
    assert.is(status, 0);
  }));

test.run();
