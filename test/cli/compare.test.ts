/** `feedrate compare` from the outside: simulated runs to the byte, and hand-made ones for what can go wrong. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { comparableRun, comparisonOf, type RawComparisonOptions } from '../../src/cli/options/comparison-input.js';
import type { Arm } from '../../src/plan/plan.js';
import { readRun } from '../../src/store/read-run.js';
import { maskedReport } from '../run/masked.js';
import { feedrate } from '../support/command-thread.js';
import { type Outcome, onTerminal } from '../support/feedrate-cli.js';
import { feedrateError } from '../support/feedrate-error.js';
import { assertGolden } from '../support/golden.js';
import { ioJob } from '../support/jobs.js';
import { around, measuredRun, storeRun } from '../support/measured-runs.js';
import { latencies, makeArm, withSpec } from '../support/records.js';
import { fixturePath } from '../support/repository.js';
import { directoryIn, latestRun } from '../support/run-directory.js';
import { needTool } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/compare');

/** Holds two simulated runs of two targets: `first`, and `second`, whose latency is 20 % higher. */
let place: string;
let first: string;
let second: string;

test.before(() => {
  place = mkdtempSync(join(tmpdir(), 'feedrate-compare-'));
  for (const name of ['t', 'u']) directoryIn(place, name);
  const run = (results: string, ...more: string[]) => {
    const targets = ['-t', 'hot=t', '-t', 'cold=u', '--label', 'cold.tiering=ALL', '--label', 'tiering=AUTO'];
    const words = ['run', fixturePath('compare', 'loader.yaml'), ...targets, '-o', results, '--progress', 'none'];
    const { status, stderr } = feedrate([...words, ...more], place);
    assert.is(status, 0, stderr);
    return `${results}/${basename(latestRun(join(place, results)))}`;
  };
  first = run('r1');
  second = run('r2', '--set', 'read.simulated_latency=120us');
});
test.after(() => rmSync(place, { recursive: true, force: true }));

const compare = (...args: string[]) => feedrate(['compare', ...args], place);

/** Digits beyond the ninth are the processor’s. */
const rounded = (text: string) =>
  text.replaceAll(/\d+\.\d{7,}/g, (digits) => String(Number(Number(digits).toPrecision(9))));

function assertReport({ status, stdout, stderr }: Outcome, golden: string): void {
  assert.is(stderr, '');
  assertGolden(rounded(maskedReport(stdout, place)), 'compare', golden);
  assert.is(status, 0);
}

/** One line on stderr, nothing on stdout. */
function assertError({ status, stdout, stderr }: Outcome, expected: RegExp, code = 2): void {
  assert.match(stderr, expected);
  assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
  assert.is(stdout, '');
  assert.is(status, code);
}

/** What these tests read of the JSON report. */
interface Report {
  readonly comparisonVersion: number;
  readonly alpha: number;
  readonly minEffect: number;
  readonly unit: string;
  readonly columns: readonly string[];
  readonly rankings: readonly { readonly entries: readonly { readonly column: string }[] }[];
  readonly cells: readonly {
    readonly measure: string;
    readonly verdict: string;
    readonly better: string;
    readonly design: string;
    readonly units: number;
    readonly unitsNeeded: number | null;
    readonly detectable: number | null;
    readonly pRegression: number | null;
    readonly base: { readonly values: readonly number[] };
    readonly ratio: { readonly low: number; readonly estimate: number; readonly high: number } | null;
  }[];
}

/** JSON as strict readers read it: neither NaN nor Infinity. */
function strictJson(text: string): Report {
  const strict =
    'import json, sys\ndef refuse(name): raise ValueError(name)\njson.load(sys.stdin, parse_constant=refuse)';
  const { status, stderr } = spawnSync('python3', ['-c', strict], { input: text, encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return JSON.parse(text) as Report;
}

for (const [name, args] of [
  ['targets.txt', () => [first]],
  ['base.txt', () => [first, '--rows', 'bs', '--cols', 'target', '--base', 'cold', '--alpha', '10%']],
  ['runs.txt', () => [first, second, '-m', 'throughput', '-m', 'p99(latency)', '--where', 'target=hot']],
  ['runs.md', () => [first, second, '--where', 'target=hot', '--format', 'md']],
  ['runs.csv', () => [first, second, '--where', 'target=hot', '--format', 'csv']],
  ['sizes.txt', () => [second, '--cols', 'bs', '--unit', 'round']],
] as const) {
  test(`a report to the byte: ${name}`, () => assertReport(compare(...args()), name));
}

test('two values of a label of single targets are columns', () => {
  const { status, stdout } = compare(first, '--cols', 'tiering', '--format', 'csv');
  assert.is(status, 0);
  assert.match(stdout, /^4096,ALL,throughput,/m);
});

test('a narrow terminal gets the columns that matter, and the names of the others', () => {
  needTool('python3');
  const { stdout } = onTerminal(['compare', first, second, '--where', 'target=hot'], { columns: 60, cwd: place });
  const table = stdout.split('\r\n').filter((line) => /^[┌│├└]/.test(line));
  assert.ok(table.length >= 5, stdout);
  for (const line of table) assert.ok(line.length <= 60, line);
  assert.match(stdout, /verdict/);
  assert.match(stdout.replaceAll(/\r\n +/g, ' '), /not shown at this width: .*p( \(.*\))?, n \(6\)/);
  const prose = stdout.split('\r\n').filter((line) => !/^(?:\s|[┌│├└])|feedrate /.test(line));
  for (const line of prose) assert.ok(line.length <= 60, line);
  const color = onTerminal(
    ['compare', first, second],
    { columns: 100, cwd: place },
    { NO_COLOR: '', FORCE_COLOR: '1' },
  );
  assert.ok(color.stdout.includes('\x1b[31mregression'), color.stdout);
});

test('JSON has every number, and only numbers that JSON knows', () => {
  const metrics = ['-m', 'throughput', '-m', 'p99(latency)', '-m', 'p99.9(latency)'];
  // Six sessions against six cannot show a difference in eight cells at 5 %.
  const report = strictJson(compare(first, second, ...metrics, '--alpha', '20%', '--format', 'json').stdout);
  assert.equal([report.comparisonVersion, report.alpha, report.minEffect, report.unit], [1, 0.2, 0.01, 'session']);
  assert.equal(report.columns.length, 2);
  assert.is(report.cells.length, 12);
  const throughput = report.cells.find(({ measure }) => measure === 'throughput');
  assert.ok(throughput?.ratio);
  const { verdict, better, design, units, ratio } = throughput;
  assert.equal([verdict, better, design, units], ['regression', 'higher', 'unpaired', 6]);
  assert.ok(ratio.low < ratio.estimate && ratio.estimate < ratio.high);
  assert.is(throughput.base.values.length, 6);
  const unmeasured = report.cells.find(({ measure }) => measure === 'p99.9(latency)');
  assert.equal([unmeasured?.ratio, unmeasured?.pRegression, unmeasured?.verdict], [null, null, 'inconclusive']);
  const few = strictJson(compare(first, '--alpha', '0.1%', '--format', 'json').stdout);
  assert.ok(few.cells.every((cell) => cell.unitsNeeded === 12 && cell.detectable === null));
});

test('what is wrong with an option is said in one line', () => {
  for (const [words, message] of [
    [['--cols', 'nope'], /^no attribute “nope”; known: run, tiering, workload, job, bs, /],
    [['--cols', 'job'], /^nothing to compare: job has only one value \(read\); these vary: tiering, bs, target/],
    [['--rows', 'bs', '--cols', 'bs'], /^bs is in both --rows and --cols/],
    [['--rows', '', '--cols', 'bs'], /^no attribute “”/],
    [['--cols', 'bs', '--rows', 'job'], /^two arms in one cell \(read .*\): they differ in /],
    [['--base', 'z'], /^--base z: no such column; choose one of: hot, cold$/m],
    [['--where', 'bs'], /^--where bs: expected name=value, such as bs=4KiB$/m],
    [['--where', 'nope=1'], /^--where nope=1: no attribute “nope”; known: /],
    [['--where', 'bs=4k'], /^--where bs=4k: no arm matches; values of bs: 4KiB, 16KiB$/m],
    [['--where', 'tiering=ALL', '--where', 'target=hot'], /^--where: no arm matches all of tiering=ALL, target=hot$/m],
    [['--where', 'bs=4KiB', '--where', 'target=hot'], /^nothing to compare: there is only one arm\. Name a second run/],
    [['-m', 'latency'], /^--metric latency: expected one of throughput, iops, cpu, files, .*, or pNN/],
    [['-m', 'p99(throughput)'], /^--metric p99\(throughput\): expected one of /],
    [['--alpha', '0'], /^--alpha 0: expected more than 0, such as 1% or 5%; at 0 no difference could be reported$/m],
    [['--alpha', '0.0%'], /^--alpha 0\.0%: expected more than 0/],
    [['--alpha', '100%'], /^--alpha 100%: expected a value from 0 to below 1, such as 3% or 0\.03$/m],
    [['--alpha', 'abc'], /^--alpha abc: expected a value/],
    [['--alpha', '-1%'], /^--alpha -1%: expected a value/],
    [['--alpha', '1e-2'], /^--alpha 1e-2: expected a value/],
    [['--min-effect', '1'], /^--min-effect 1: expected a value/],
    [['--min-effect', '5 %%'], /^--min-effect 5 %%: expected a value/],
    [[first], /_loader_[0-9a-f]{4} is named twice; name two different runs$/m],
  ] as const) {
    assert.throws(() => refused(first, ...words), feedrateError('usage', message), words.join(' '));
  }
  assertError(compare(first, '--alpha', '0'), /^feedrate: --alpha 0: expected more than 0/);
  assertError(compare('nope'), /^feedrate: \.\/results: no run 'nope'; it holds no run yet$/m);
  assert.match(compare(first, '--unit', 'trial').stderr, /Allowed choices are session, round/);
});

test('parts may be written with and without a leading zero, a space and a per cent sign', () => {
  for (const part of ['.05', '5 %']) {
    assert.is(strictJson(compare(first, '--alpha', part, '--format', 'json').stdout).alpha, 0.05);
  }
});

/** The options as commander gives them, to the same function, without the price of a process. */
function refused(run: string, ...words: string[]): void {
  const raw: Record<string, string | string[]> = { output: place, alpha: '5%', minEffect: '1%' };
  const runs = [join(place, run)];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (!word.startsWith('-')) runs.push(join(place, word));
    else if (word === '--where' || word === '-m') {
      const key = word === '-m' ? 'metric' : 'where';
      raw[key] = [...(raw[key] ?? []), words[++at] as string];
    } else raw[word === '--min-effect' ? 'minEffect' : word.slice(2)] = words[++at] as string;
  }
  const named = runs.map((directory) => comparableRun(readRun(directory)));
  comparisonOf(named, raw as unknown as RawComparisonOptions, 'load');
}

const armOf = (bs: string): Arm => makeArm('read', [{ name: 'bs', label: bs }]);
const results = (directory: string) => join(directory, 'results');

/** Hand-made runs by name: throughput of two block sizes, six sessions each unless said otherwise. */
function store(
  directory: string,
  name: string,
  value: number,
  { sessions = 6, ...more }: { sessions?: number; kernel?: string } = {},
): string {
  const arms = ['4KiB', '1MiB'].map((bs, index) => ({
    arm: armOf(bs),
    levels: around(value * (index + 1), sessions + index).slice(index),
  }));
  return storeRun(results(directory), measuredRun(name, arms, {}, more));
}

test('names with spaces and letters of any script go through', () =>
  withTemporaryDirectory((directory) => {
    store(directory, 'größe α run', 100);
    store(directory, '二つ目', 50);
    const table = feedrate(['compare', 'größe α run', '二つ目'], directory);
    assert.is(table.stderr, '');
    assert.match(table.stdout, /^throughput \(higher is better\): 二つ目 compared with größe α run \(run\)/m);
    assert.match(table.stdout, /│ regression +│/);
    const csv = feedrate(['compare', 'größe α run', '二つ目', '--format', 'csv'], directory).stdout;
    assert.match(csv, /^4096,二つ目,throughput,/m);
  }));

test('three runs are ranked, the others against the first', () =>
  withTemporaryDirectory((directory) => {
    for (const [name, value] of [
      ['a', 100],
      ['b', 120],
      ['c', 100.01],
    ] as const)
      store(directory, name, value, { sessions: 8 });
    const { stdout, status } = feedrate(['compare', 'a', 'b', 'c'], directory);
    assert.is(status, 0);
    assert.match(stdout, /^throughput \(higher is better\): 2 others compared with a \(run\)/m);
    assert.match(stdout, /^bs=4KiB, throughput: best is b \(120 B\/s\); worse: c −16\.\d %, a −16\.\d %$/m);
    for (const name of ['d', 'e', 'f']) store(directory, name, 50, { sessions: 2 });
    const few = feedrate(['compare', 'd', 'e', 'f'], directory).stdout;
    assert.match(few, /^bs=4KiB, throughput: best is d \(50\.2 B\/s\); ranking 3 columns needs at least 7 sessions$/m);
  }));

test('one session says what it would take, and does not pretend', () =>
  withTemporaryDirectory((directory) => {
    store(directory, 'a', 100, { sessions: 1 });
    store(directory, 'b', 10, { sessions: 1 });
    const { stdout, status } = feedrate(['compare', 'a', 'b'], directory);
    assert.is(status, 0);
    assert.match(stdout, /│ 0\.100× │ +n too small │ 1\.00 │ 1 │ inconclusive │ needs n = 5 │/);
    assert.match(
      stdout,
      /^few-sessions: with 2 cells at 5 % no difference can be reported with fewer than 5 sessions → use --set trials\.sessions=5 or more$/m,
    );
  }));

test('another load is incomparable, with status 4 when all is; another kernel is only told', () =>
  withTemporaryDirectory((directory) => {
    store(directory, 'a', 100);
    store(directory, 'kernel', 100, { kernel: '7.0.0' });
    const arms = ['4KiB', '1MiB'].map((bs) => ({
      arm: withSpec(armOf(bs), ioJob({ numjobs: 9 })),
      levels: around(100, 6),
    }));
    storeRun(results(directory), measuredRun('load', arms));
    const { stdout, status } = feedrate(['compare', 'a', 'load'], directory);
    assert.is(status, 4);
    assert.match(stdout, /^incomparable: numjobs differs \(2 → 9\); use --ignore numjobs to compare anyway$/m);
    assert.match(stdout, /│ – │ 6 │ incomparable │/);
    assert.not.match(stdout, /geometric mean|^p:/m, 'nothing was tested');
    const ignored = [...stdout.matchAll(/use (--ignore) (\S+) to compare anyway$/gm)].flatMap(([, ...words]) => words);
    const anyway = feedrate(['compare', 'a', 'load', ...ignored], directory);
    assert.is(anyway.status, 0, anyway.stderr);
    assert.not.match(anyway.stdout, /incomparable/);
    const csv = feedrate(['compare', 'a', 'load', '--format', 'csv'], directory).stdout;
    assert.match(csv, /,6,[^,]*,incomparable,,[\d.]+,0,0,[a-z_;]*numjobs/, csv);
    const told = feedrate(['compare', 'a', 'kernel'], directory);
    assert.is(told.status, 0);
    assert.match(told.stdout, /^also different: kernel \(6\.1\.0 → 7\.0\.0\)$/m);
  }));

test('runs of different workloads have no row in common', () =>
  withTemporaryDirectory((directory) => {
    for (const name of ['reader', 'writer']) {
      const arms = ['x', 'y'].map((part) => ({ arm: makeArm(`${name}-${part}`), levels: [1, 2, 3] }));
      storeRun(results(directory), measuredRun(name, arms));
    }
    const { stdout, status } = feedrate(['compare', 'reader', 'writer'], directory);
    assert.is(status, 4);
    assert.match(stdout, /^nothing to compare: no row has both a base and another column$/m);
    assert.match(stdout, /^only in reader, not compared: job=reader-x; job=reader-y$/m);
    assert.not.match(stdout, /┌/);
  }));

test('what was not measured says so, and why', () =>
  withTemporaryDirectory((directory) => {
    const levels = around(100, 6);
    const short = { latency: { read: latencies(1, 2, 3) } };
    storeRun(results(directory), measuredRun('a', [{ arm: armOf('4KiB'), levels, trials: short }]));
    storeRun(results(directory), measuredRun('b', [{ arm: armOf('4KiB'), levels, trials: { status: 'failed' } }]));
    const { stdout, status } = feedrate(['compare', 'a', 'b', '-m', 'throughput', '-m', 'p99'], directory);
    assert.is(status, 0);
    assert.match(stdout, /│ +– │ 0 │ inconclusive │ not measured │/);
    assert.match(stdout, /^not measured: read\/bs=4KiB of b has no counted trials; run feedrate show b to see why$/m);
    const elsewhere = feedrate(['compare', 'a', 'b', '-o', results(directory)], directory).stdout;
    for (const text of [stdout, elsewhere]) {
      const [, show = ''] = /; run feedrate (show b(?: -o \S+)?) to see why$/m.exec(text) ?? [];
      assert.match(feedrate(show.split(' '), directory).stdout, /6 of 6 trials failed|6 trials failed/);
    }
    assert.match(elsewhere, / -o \S+ to see why$/m);
    assert.match(
      stdout,
      /^not measured: read\/bs=4KiB of a did not record p99\(latency\), or has fewer than 299 operations per trial$/m,
    );
    assert.not.match(stdout, /too few sessions/, 'more sessions would not help');
  }));

test('a baseline and the run that it is are the same run', () =>
  withTemporaryDirectory((directory) => {
    store(directory, 'a', 100);
    assert.is(feedrate(['baseline', 'save', 'main', 'a'], directory).status, 0);
    const { stderr, stdout, status } = feedrate(['compare', 'main', 'a', '--min-effect', '3%'], directory);
    assert.is(stderr, 'main and a are the same run, so no difference is possible\n');
    assert.match(stdout, /│ \+0\.0 % │/);
    assert.is(status, 0);
  }));

test('a damaged run is compared as far as it can be read, and what is lost is told; without run.json it cannot be', () =>
  withTemporaryDirectory((directory) => {
    store(directory, 'a', 100);
    const damaged = store(directory, 'b', 100);
    appendFileSync(join(damaged, 'trials.jsonl'), '{"recordVersion":');
    const { stdout, stderr, status } = feedrate(['compare', 'a', 'b'], directory);
    assert.match(stderr, /^b: trials\.jsonl:13: .*; this trial is lost\n$/);
    assert.match(stdout, /4KiB/);
    assert.is(status, 0);
    writeFileSync(join(damaged, 'run.json'), '{');
    assertError(feedrate(['compare', 'a', 'b'], directory), /results\/b: cannot be compared: run\.json: /);
    rmSync(join(damaged, 'run.json'));
    assertError(feedrate(['compare', 'a', 'b'], directory), /results\/b: cannot be compared: run\.json: missing; /);
  }));

test('a run that was aborted says so', () =>
  withTemporaryDirectory((directory) => {
    const arms = ['4KiB', '1MiB'].map((bs) => ({ arm: armOf(bs), levels: [1, 2] }));
    storeRun(results(directory), measuredRun('a', arms, { status: 'aborted' }));
    const { stderr, status } = feedrate(['compare', 'a', '--cols', 'bs'], directory);
    assert.match(stderr, /^a: aborted, 4 of \d+ trials measured\n$/);
    assert.is(status, 0);
  }));

test('two hundred arms beside each other', () =>
  withTemporaryDirectory((directory) => {
    const arms = Array.from({ length: 200 }, (_, i) => ({ arm: armOf(`${i + 1}KiB`), levels: around(100 + i, 12) }));
    storeRun(results(directory), measuredRun('many', arms));
    const { stdout, status, stderr } = feedrate(['compare', 'many', '--format', 'json'], directory);
    assert.is(status, 0, stderr);
    const report = strictJson(stdout);
    assert.equal([report.cells.length, report.rankings.length], [199, 1]);
    assert.is(report.rankings[0]?.entries[0]?.column, '200KiB');
  }));

test.run();
