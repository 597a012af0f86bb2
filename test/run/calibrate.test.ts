/** `feedrate calibrate` on the simulated engine: its reports, what gate and compare make of them, and slow-downs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CalibrationRecord } from '../../src/record/calibration-record.js';
import { formatPercent } from '../../src/report/table/format.js';
import { feedrate } from '../support/command-thread.js';
import type { Outcome } from '../support/feedrate-cli.js';
import { assertGolden } from '../support/golden.js';
import { fixturePath } from '../support/repository.js';
import { directoryIn } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { maskedReport } from './masked.js';

const test = suite('run/calibrate');
/** With which six sessions can show something in two cells: each session is a process, and takes its time. */
const LOOSE = ['--alpha', '5%'];
const WORKLOAD = fixturePath('run', 'calibrate.yaml');

/** Hands on `feedrate ARGS…` in a place with a target `t` and results in `r`. */
function withPlace(use: (call: (...args: string[]) => Outcome, directory: string) => void): Promise<void> {
  return withTemporaryDirectory((directory) => {
    directoryIn(directory, 't');
    use((...args) => feedrate([...args, '-o', 'r'], directory), directory);
  });
}

const calibrateWords = (...more: string[]): string[] => {
  return [
    'calibrate',
    WORKLOAD,
    '-t',
    't',
    '--progress',
    'none',
    '--sessions',
    '6',
    '--rounds',
    '2',
    ...LOOSE,
    ...more,
  ];
};

/** What the mount and the clock put into the report. */
function masked(text: string, directory: string): string {
  return maskedReport(text, directory)
    .replace(/^DIR\/t \(.*?\)/m, 'DIR/t (…)')
    .replace(/measure \d+ sessions × \d+ rounds?/, 'measure … sessions × … rounds')
    .replace(/--set trials\.sessions=\d+ --set trials\.rounds=\d+$/m, '…')
    .replace(/about .*? \(--set.*\)$/m, 'about … (…)')
    .replace(/: \d+ sessions × \d+ rounds?, about/, ': … sessions × … rounds, about');
}

test('the report, the stored calibration, and what a comparison makes of it', () =>
  withPlace((call, directory) => {
    const { status, stdout, stderr } = call(...calibrateWords());
    assert.match(stderr, /^calibration saved: .*calibrations\/\d+T\d+Z_pretend_[0-9a-f]{4}\.json\n$/);
    assert.is(status, 0);
    assertGolden(masked(stdout, directory), 'run', 'calibrate.report.txt');
    const [, plan = ''] = /^Next: measure the target with this plan, .*\n {4}feedrate (.*)$/m.exec(stdout) ?? [];
    assert.is(call(...plan.split(' '), '--dry-run').status, 0, plan);
    const [name = ''] = readdirSync(join(directory, 'r', 'calibrations'));
    const record = JSON.parse(readFileSync(join(directory, 'r', 'calibrations', name), 'utf8')) as CalibrationRecord;
    assert.is(`${record.run}.json`, name);
    assert.equal(
      record.cells.map(({ arm, sessions, levels }) => [arm, sessions, levels.map(({ level }) => level)]),
      ['quiet', 'loud'].map((arm) => [arm, 6, ['session', 'round', 'trial']]),
    );
    const [quiet = 1, loud = 0] = record.cells.map(({ floor }) => floor ?? Number.NaN);
    assert.ok(quiet < 0.01 && loud > 0.01, `${quiet}, ${loud}`);

    // By its name, the A/A run is compared within itself, by its own floors.
    const compared = call('compare', record.run, '--cols', 'target', '--format', 'json');
    const { cells } = JSON.parse(compared.stdout) as { cells: { minEffect: number; floor: object; verdict: string }[] };
    assert.equal(
      cells.map(({ minEffect }) => minEffect),
      [0.01, loud],
    );
    assert.equal(cells[1]?.floor, { floor: loud, calibratedAt: record.calibratedAt, run: record.run });
    // The interval is wider than 1 %, and a floor makes nothing equivalent.
    assert.equal(
      cells.map(({ verdict }) => verdict),
      ['equivalent', 'inconclusive'],
    );
    const run = call('run', WORKLOAD, '-t', 'a=t', '-t', 'b=t', '--progress', 'none', '--set', 'trials.sessions=2');
    assert.is(run.status, 0, run.stderr);
    const gated = call('gate', '--cols', 'target', ...LOOSE);
    assert.match(
      gated.stdout,
      `throughput of loud: a regression or improvement must exceed the noise floor of ${formatPercent(loud)}, from the calibration of 20`,
    );
    assert.not.match(gated.stdout, /noise is not measured/);
    assert.match(
      call('gate', '--cols', 'target', '-m', 'iops').stdout,
      /noise floor not measured: run feedrate calibrate WORKLOAD -t … -m iops to measure it$/m,
    );
    assert.not.match(call('compare', '--cols', 'target', '-m', 'iops').stdout, /noise is not measured/);
  }));

test('as JSON it is the stored record, with the answer', () =>
  withPlace((call, directory) => {
    const { status, stdout } = call(
      ...calibrateWords(
        '--sessions',
        '2',
        '--rounds',
        '1',
        '--format',
        'json',
        '-m',
        'throughput',
        '-m',
        'p50(latency)',
      ),
    );
    assert.is(status, 0);
    const [name = ''] = readdirSync(join(directory, 'r', 'calibrations'));
    const { answer, next, ...record } = JSON.parse(stdout);
    assert.equal(record, JSON.parse(readFileSync(join(directory, 'r', 'calibrations', name), 'utf8')));
    assert.match(answer, /^The noise of .* is not known: 2 sessions gave no noise floor\. /);
    assert.match(next[0].command, / --sessions 2 .* --sessions 7$/);
    const { cells } = record as CalibrationRecord;
    assert.equal(
      cells.map(({ measure }) => measure),
      ['throughput', 'throughput', 'p50(latency)', 'p50(latency)'],
    );
  }));

test('a slow-down that no record of a trial knows of is found, told, and never a baseline', () =>
  withPlace((call, directory) => {
    const found = call(...calibrateWords('--inject', '20%'));
    assert.is(found.status, 0);
    assert.match(found.stderr, /^B was slowed down by 20% \(--inject\): detected in 2 of 2 cells\n$/);
    assert.match(found.stdout, /gate: regression/);
    const [run = ''] = readdirSync(join(directory, 'r'));
    assert.equal(readdirSync(join(directory, 'r')), [run], 'no calibration is kept');
    const { injected } = JSON.parse(readFileSync(join(directory, 'r', run, 'run.json'), 'utf8')) as {
      injected: object;
    };
    assert.equal(injected, [{ target: 'B', part: 0.2, delayNs: 0 }]);
    assert.not.match(readFileSync(join(directory, 'r', run, 'trials.jsonl'), 'utf8'), /inject|slow/);
    assert.match(
      call('show', run).stdout,
      /\ntarget B was slowed down on purpose \(--inject\): everything took 20 % longer \(throughput ÷ 1\.2\)\n/,
    );
    for (const words of [
      ['baseline', 'save', 'main', run],
      ['gate', run, '--cols', 'target'],
    ]) {
      const { status, stdout, stderr } = call(...words);
      assert.equal([status, stdout], [2, '']);
      assert.match(stderr, /cannot be (a baseline|gated): it was measured with --inject[^\n]*\n$/);
    }
  }));

test('a slow-down that two sessions cannot show is inconclusive', () =>
  withPlace((call) => {
    const { status, stderr } = call(...calibrateWords('--sessions', '2', '--rounds', '1', '--inject', '100ns'));
    assert.is(status, 3);
    assert.match(stderr, /B was slowed down by 100ns \(--inject\): detected in 0 of 2 cells/);
  }));

for (const [words, line] of [
  [['--sessions', '1'], '--sessions 1: expected a whole number of at least 2'],
  [['--rounds', '0'], '--rounds 0: expected a whole number of at least 1'],
  [['--wanted', '100%'], '--wanted 100%: expected a value from 0 to below 1, such as 3% or 0.03'],
  [['--inject', 'fast'], '--inject fast: expected a percentage, such as 5%, or a time per operation, such as 20us'],
  [
    ['--inject', '5%', '--engine', 'null'],
    '--inject: quiet uses the engine null, which does not support --inject; use --engine psync',
  ],
] as const) {
  test(`${words.join(' ')}: one line, and nothing is measured`, () =>
    withPlace((call, directory) => {
      assert.equal(call(...calibrateWords(...words)), { status: 2, stdout: '', stderr: `feedrate: ${line}\n` });
      assert.equal(readdirSync(directory), ['t']);
    }));
}

test('without a target there is nothing to calibrate', () =>
  withPlace((call) => {
    const { status, stderr } = call('calibrate');
    assert.is(status, 2);
    assert.match(stderr, /required option '-t, --target <path>'/);
  }));

test.run();
