/** `feedrate history` on synthetic histories, from run directories to the bytes on stdout. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunRecord } from '../../src/record/run-record.js';
import { feedrate } from '../support/command-thread.js';
import { assertGolden } from '../support/golden.js';
import { makeArm, makeRun } from '../support/records.js';
import { runOfDay } from '../support/run-history.js';
import { startOfDay, storeRun } from '../support/stored-runs.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/history');
const arms = ['4KiB', '1MiB'].map((label) => makeArm('read', [{ name: 'bs', label }]));
const DAYS = 24;
const STEP = 15;

/** The kernel that a day's run met. */
function environmentOf(day: number): RunRecord['environment'] {
  return { ...makeRun(arms, 1).environment, kernel: day < STEP ? '6.1.0' : '6.5.0' };
}

/** 24 nightly runs; from the 16th on another kernel, and large blocks are read 12 % slower. */
function withHistory(use: (directory: string) => void): Promise<void> {
  return withTemporaryDirectory((directory) => {
    for (let day = 0; day < DAYS; day++) {
      const level = (place: number) => (place === 0 ? 0.4 : day < STEP ? 2 : 1.76);
      const { run, trials } = runOfDay(day, arms, level, { run: { environment: environmentOf(day) } });
      storeRun(`${directory}/results`, run, trials);
    }
    use(directory);
  });
}

/** Runs that say nothing: stopped, failed, still under way, cut off, without `run.json`. */
function addUnusable(directory: string): void {
  const results = `${directory}/results`;
  for (const [index, status] of (['aborted', 'failed', 'running', 'complete', 'complete'] as const).entries()) {
    const { run, trials } = runOfDay(DAYS + index, arms, () => 0.01, { run: { status } });
    const stored = storeRun(results, run, trials);
    if (index === 3) appendFileSync(`${stored}/trials.jsonl`, '{"recordVersion":1,"id":"s1');
    if (index === 4) rmSync(`${stored}/run.json`);
  }
}

for (const [format, extension] of [
  ['table', 'txt'],
  ['md', 'md'],
  ['csv', 'csv'],
  ['json', 'json'],
] as const) {
  test(`the run that changed something, as ${format}; unusable runs are counted`, () =>
    withHistory((directory) => {
      addUnusable(directory);
      const { status, stdout, stderr } = feedrate(['history', '--format', format], directory);
      assert.equal([status, stderr], [0, '']);
      assertGolden(stdout, 'history', `step.${extension}`);
    }));
}

test('the table names the run, the step and the kernel', () =>
  withHistory((directory) => {
    const { stdout } = feedrate(['history'], directory);
    assert.match(stdout, /^quick on \/mnt\/data: 24 runs from 2026-10-01 to 2026-10-24$/m);
    assert.match(
      stdout,
      new RegExp(
        `^1\\) read/bs=1MiB throughput: 1\\.8\\d GiB/s → 1\\.6\\d GiB/s \\(−1[12]\\.\\d %\\) since ${startOfDay(STEP).id}, 2026-10-16 03:00 UTC; kernel changed from 6\\.1\\.0 to 6\\.5\\.0$`,
        'm',
      ),
    );
    assert.match(stdout, /Changes are hints, not verdicts/);
  }));

test('--since, --limit and --where choose what is shown', () =>
  withHistory((directory) => {
    const runsOf = (...args: string[]) => {
      const { stdout, stderr } = feedrate(['history', '--format', 'csv', ...args], directory);
      assert.is(stderr, '');
      return stdout.trimEnd().split('\n').length - 1;
    };
    assert.is(runsOf(), 2 * DAYS);
    assert.is(runsOf('--where', 'bs=1MiB'), DAYS);
    assert.is(runsOf('--limit', '5'), 10);
    assert.is(runsOf('--since', '2026-10-20'), 10);
    assert.is(runsOf('--since', '2026-10-20T03:01', '--limit', '2'), 4);
    assert.is(runsOf('-m', 'throughput', '-m', 'iops'), 4 * DAYS);
    assert.is(runsOf('-t', 'data'), 2 * DAYS);
    assert.is(runsOf('-t', '/mnt/data', '--workload', 'quick'), 2 * DAYS);
  }));

test('by default it is about the workload and the targets of the latest run', () =>
  withHistory((directory) => {
    const other = runOfDay(DAYS, arms, () => 1);
    const plan = { ...other.run.plan, workload: 'nightly' };
    storeRun(`${directory}/results`, { ...other.run, plan }, other.trials);
    assert.match(feedrate(['history'], directory).stdout, /^nightly on \/mnt\/data: 1 run of 2026-10-25$/m);
    assert.match(feedrate(['history', '--workload', 'quick'], directory).stdout, /^quick on \/mnt\/data: 24 runs /m);
    const elsewhere = runOfDay(DAYS + 1, arms, () => 1);
    const moved = { ...elsewhere.run.plan, targets: [{ name: 'data', path: '/mnt/new' }] };
    storeRun(`${directory}/results`, { ...elsewhere.run, plan: moved }, elsewhere.trials);
    assert.match(feedrate(['history'], directory).stdout, /^quick on \/mnt\/new: 1 run /m);
    assert.match(feedrate(['history', '-t', '/mnt/data', '--workload', 'quick'], directory).stdout, /: 24 runs /);
    assert.match(feedrate(['history', '--workload', 'quick'], directory).stdout, /^quick on 2 targets: 25 runs /m);
  }));

test('real runs of the simulated engine make a history', () =>
  withTemporaryDirectory((directory) => {
    writeFileSync(
      `${directory}/w.yaml`,
      'name: pretend\njobs:\n  randread: { rw: randread, bs: 64k, size: 4m, cache: as-is, ioengine: simulated }\n',
    );
    const run = (latency: string) => {
      const { status, stderr } = feedrate(
        ['run', 'w.yaml', '--set', `simulated_latency=${latency}`, '--progress', 'none'],
        directory,
      );
      assert.is(status, 0, stderr);
    };
    for (const latency of ['100us', '100us', '200us']) run(latency);
    const { status, stdout } = feedrate(['history'], directory);
    assert.is(status, 0);
    assert.match(stdout, /^pretend on temporary: 3 runs of /m);
    assert.match(stdout, /are too few to tell a change from chance: it takes 10/);
    assert.is(stdout.split('too few').length, 2);
  }));

test('what is wrong is said in one line', () =>
  withHistory((directory) => {
    for (const [args, line] of [
      [
        ['--since', 'yesterday'],
        'feedrate: --since yesterday: expected a date in UTC, such as 2026-11-01 or 2026-11-01T12:00',
      ],
      [
        ['--since', '2026-13-01'],
        'feedrate: --since 2026-13-01: expected a date in UTC, such as 2026-11-01 or 2026-11-01T12:00',
      ],
      [['--limit', '0'], 'feedrate: --limit 0: expected a number of runs, a whole number of at least 1'],
      [
        ['--workload', 'slow'],
        "feedrate: ./results: no run of workload 'slow'; it holds runs of quick; see feedrate list",
      ],
      [['-t', '/mnt/x'], 'feedrate: ./results: no run on /mnt/x; it holds runs of quick; see feedrate list'],
      [['-o', 'none'], 'feedrate: none: no run; it holds no run yet'],
      [['--where', 'bs=3KiB'], "feedrate: ./results: no complete run of 'quick' with bs=3KiB matches"],
      [['-m', 'p99(latency)'], "feedrate: ./results: no complete run of 'quick' matches"],
    ] as const) {
      assert.equal(feedrate(['history', ...args], directory), { status: 2, stdout: '', stderr: `${line}\n` });
    }
  }));

test('Python reads the CSV and the JSON alike', () =>
  withHistory((directory) => {
    const output = (format: string) => feedrate(['history', '--format', format], directory).stdout;
    const program = [
      'import csv,io,json,sys',
      'both=json.load(sys.stdin)',
      'rows=list(csv.DictReader(io.StringIO(both["csv"])))',
      'points=[(s["arm"],p) for s in json.loads(both["json"])["series"] for p in s["points"]]',
      'assert len(rows)==len(points)==48',
      'for row,(arm,point) in zip(rows,points):',
      '  assert row["arm"]==arm and row["run"]==point["run"] and float(row["median"])==point["median"]',
      '  assert row["median_low95"]=="" and point["medianLow"] is None',
      'print([row["run"] for row in rows if row["change_ratio"]])',
    ].join('\n');
    const input = JSON.stringify({ csv: output('csv'), json: output('json') });
    const printed = execFileSync('python3', ['-c', program], { input, encoding: 'utf8' });
    assert.is(printed, `['${startOfDay(STEP).id}']\n`);
  }));

test.run();
