/** Files for other programs as options of the command line: where they go, and what happens when they cannot. */
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { benchmarksOf, bmfOf, junitOf, openMetricsOf, outcomesOf } from '../support/ci-formats.js';
import { feedrate } from '../support/command-thread.js';
import { inShell } from '../support/feedrate-cli.js';
import { makeArm } from '../support/records.js';
import { storeSessions } from '../support/stored-sessions.js';

const test = suite('cli/output-files');
/** Ten sessions against ten can show a regression in each of 40 cells. */
const LEVELS = [1.0, 1.001, 1.002, 0.999, 0.998, 1.0005, 1.0015, 0.9995, 0.9985, 1.0025].map((level) => level * 1e9);
const SUMMARY_LIMIT = 1024 * 1024;
const FILES = ['--junit', 'o/j.xml', '--benchmark-json', 'o/ga', '--bmf', 'o/b.json', '--open-metrics', 'o/m.txt'];
const NAMES = ['b.json', 'ga-bigger-is-better.json', 'ga-smaller-is-better.json', 'j.xml', 'm.txt'];

const directory = join(tmpdir(), `feedrate-test-files-${process.pid}`);
const results = join(directory, 'results');
let [base, same, slow, wide, wideSlow] = ['', '', '', '', ''];

test.before(() => {
  mkdirSync(directory);
  const many = Array.from({ length: 40 }, (_, index) => makeArm(`job-${index}`));
  const id = (levels: readonly number[], arms = [makeArm('read')]) =>
    basename(storeSessions(results, { levels, arms, run: { hostname: 'h' } }));
  base = id(LEVELS);
  same = id(LEVELS.toReversed());
  slow = id(LEVELS.map((level) => level * 0.8));
  wide = id(LEVELS, many);
  wideSlow = id(
    LEVELS.map((level) => level * 0.8),
    many,
  );
});
test.before.each(() => {
  for (const name of ['o', 's.md']) rmSync(join(directory, name), { recursive: true, force: true });
});
test.after(() => rmSync(directory, { recursive: true, force: true }));

function text(...parts: string[]): string {
  return readFileSync(join(directory, ...parts), 'utf8');
}

/** `feedrate gate` of a run against `base`, as GitHub would call it when an environment is given. */
function gate(candidate: string, options: readonly string[] = [], environment: Record<string, string> = NOWHERE) {
  return feedrate(['gate', candidate, '--baseline', base, ...options], directory, environment);
}

const NOWHERE = { GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '' };

function onGitHub(summary = 's.md'): Record<string, string> {
  return { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(directory, summary) };
}

/** The next steps repeat the command, whose options differ here. A summary has none. */
const withoutNext = (report: string): string => report.replace(/\n(?:- )?Next: [\s\S]*$/, '');

test('gate writes every file, whole, beside its result', () => {
  const plain = gate(slow);
  const { status, stdout, stderr } = gate(slow, FILES);
  assert.equal([status, withoutNext(stdout), stderr], [1, withoutNext(plain.stdout), '']);
  assert.equal(readdirSync(join(directory, 'o')).sort(), NAMES);
  assert.equal(Object.fromEntries(outcomesOf(junitOf(text('o', 'j.xml')))), {
    'quick throughput: read': 'failure regression',
    'quick measurement: read': 'passed',
    'quick measurement: the run as a whole': 'passed',
  });
  assert.equal(Object.keys(bmfOf(text('o', 'b.json'))['quick/read'] ?? {}), [
    'throughput_session_median_bytes_per_s',
    'iops_session_median',
    'latency_p99_session_median_ns',
  ]);
  assert.is(openMetricsOf(text('o', 'm.txt')).families.length, 3);
});

test('the measures that are gated by name are those of the files', () => {
  assert.is(gate(same, [...FILES, '-m', 'p50(read)', '-m', 'cpu']).status, 0);
  assert.equal(benchmarksOf(text('o', 'ga-bigger-is-better.json')), []);
  assert.equal(
    benchmarksOf(text('o', 'ga-smaller-is-better.json')).map(({ name }) => name),
    ['quick/read p50(read), session median', 'quick/read cpu, session median'],
  );
});

test('show writes them of any run, without a comparison', () => {
  const { status, stderr } = feedrate(['show', same, ...FILES], directory);
  assert.equal([status, stderr], [0, '']);
  assert.equal(readdirSync(join(directory, 'o')).sort(), NAMES);
  assert.equal([...outcomesOf(junitOf(text('o', 'j.xml'))).values()], ['passed', 'passed']);
});

test('show of a run whose plan is lost says that it has no files', () => {
  const path = storeSessions(join(directory, 'lost'), { levels: LEVELS });
  rmSync(join(path, 'run.json'));
  const { status, stderr, stdout } = feedrate(['show', path, ...FILES], directory);
  assert.is(status, 2);
  assert.match(stderr, /^feedrate: .*: run\.json is missing or damaged, so no files were written\n$/);
  assert.match(stdout, 'run.json is missing or damaged');
});

test('a file that cannot be written: a line, the other files, and 2 unless the gate says worse', () => {
  writeFileSync(join(directory, 'file'), 'mine');
  for (const [candidate, expected] of [
    [same, 2],
    [slow, 1],
  ] as const) {
    rmSync(join(directory, 'o'), { recursive: true, force: true });
    const words = ['--junit', 'file/j.xml', '--bmf', '.', '--open-metrics', 'o/m.txt'];
    const { status, stdout, stderr } = gate(candidate, words);
    assert.is(status, expected);
    assert.match(stdout, /^gate: /m);
    const [junit = '', bmf = '', end] = stderr.split('\n');
    assert.match(junit, /^feedrate: .*file\/j\.xml: cannot write \(ENOTDIR.*\); name another file$/);
    assert.is(bmf, 'feedrate: .: cannot write (it is a directory); name another file');
    assert.is(end, '');
    assert.equal(readdirSync(join(directory, 'o')), ['m.txt']);
  }
  assert.is(text('file'), 'mine');
});

test('run finds out before it measures', () => {
  writeFileSync(join(directory, 'w.yaml'), 'name: w\njobs: {a: {rw: read, ioengine: simulated, size: 1m}}\n');
  const { status, stdout, stderr } = feedrate(['run', 'w.yaml', '-o', 'fresh', '--junit', 'w.yaml/j.xml'], directory);
  assert.equal([status, stdout], [2, '']);
  assert.match(stderr, /^feedrate: .*w\.yaml\/j\.xml: cannot write \(ENOTDIR.*; name another file\n$/);
  assert.not.ok(existsSync(join(directory, 'fresh')));
});

test('run writes what it measured, also of a run that broke a threshold', () => {
  const job = 'a: {rw: randread, ioengine: simulated, size: 1m, thresholds: [iops > 1000000]}';
  writeFileSync(join(directory, 'w.yaml'), `name: w\ntrials: {rounds: 1}\njobs: {${job}}\n`);
  const { status } = feedrate(['run', 'w.yaml', '-o', 'fresh', '--progress', 'none', ...FILES], directory);
  assert.is(status, 1);
  assert.equal(Object.fromEntries(outcomesOf(junitOf(text('o', 'j.xml')))), {
    'w thresholds: a: iops > 1000000': 'failure threshold',
    'w measurement: a': 'passed',
    'w measurement: the run as a whole': 'passed',
  });
  const { iops_session_median: iops } = bmfOf(text('o', 'b.json'))['w/a'] ?? {};
  assert.ok(iops !== undefined && iops.value > 1000 && iops.value < 1_000_000);
});

test('what is no regular file is written to, a link keeps being one, an old file is replaced', () => {
  const out = inShell(
    `feedrate gate ${same} --baseline ${base} --bmf /dev/stdout --format csv | tail -n +3`,
    directory,
  );
  assert.equal(Object.keys(bmfOf(out.stdout)), ['quick/read'], out.stderr);
  assert.is(gate(same, ['--junit', '/dev/null']).status, 0);
  assert.ok(statSync('/dev/null').isCharacterDevice());
  mkdirSync(join(directory, 'o'));
  writeFileSync(join(directory, 'o', 'old.xml'), 'x'.repeat(100_000));
  symlinkSync('old.xml', join(directory, 'o', 'link.xml'));
  assert.is(gate(same, ['--junit', 'o/link.xml']).status, 0);
  assert.ok(lstatSync(join(directory, 'o', 'link.xml')).isSymbolicLink());
  junitOf(text('o', 'old.xml'));
  assert.equal(readdirSync(join(directory, 'o')).sort(), ['link.xml', 'old.xml']);
});

test('in GitHub Actions the report is appended to the summary, and one annotation is on stderr', () => {
  const plain = gate(slow);
  writeFileSync(join(directory, 's.md'), 'by another command, without a line break');
  const { status, stdout, stderr } = gate(slow, [], onGitHub());
  assert.equal([status, stdout], [1, plain.stdout]);
  assert.match(stderr, /^::error title=feedrate gate%3A regression::.*−20\.0 %25 .*\n$/);
  const report = withoutNext(gate(slow, ['--format', 'md']).stdout);
  assert.is(text('s.md'), `by another command, without a line break\n${report}`);
  const off = gate(slow, ['--no-github'], onGitHub());
  assert.equal([off.status, off.stderr], [1, '']);
});

test('elsewhere nothing is told to GitHub', () => {
  const { stderr } = gate(slow, [], { ...onGitHub(), GITHUB_ACTIONS: '' });
  assert.is(stderr, '');
  assert.not.ok(existsSync(join(directory, 's.md')));
});

test('a summary that cannot be written is told, and changes nothing', () => {
  for (const summary of ['results', 'none/s.md']) {
    const { status, stderr } = gate(same, [], onGitHub(summary));
    assert.is(status, 0);
    assert.match(stderr, /^::notice .*\nfeedrate: .*: cannot write \(E[A-Z]+: .*\); the summary is missing\n$/);
  }
  const without = gate(same, [], { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '' });
  assert.match(without.stderr, /^::notice .*\n$/);
});

test('a summary stays below 1 MiB with all that the step has written before, by whole rows', () => {
  const summary = join(directory, 's.md');
  const wideGate = () => feedrate(['gate', wideSlow, '--baseline', wide, '--alpha', '50%'], directory, onGitHub());
  for (const freeBytes of [10_000, 2_000, 900]) {
    writeFileSync(summary, '.'.repeat(SUMMARY_LIMIT - freeBytes));
    assert.is(wideGate().status, 1);
    const rows = text('s.md')
      .split('\n')
      .filter((line) => line.startsWith('| job-'));
    assert.ok(rows.every((row) => row.endsWith(' regression |')));
    assert.ok(statSync(summary).size < SUMMARY_LIMIT);
    if (rows.length < 40) assert.match(text('s.md'), new RegExp(`\\nleft out .*: ${40 - rows.length} rows`));
    assert.ok(freeBytes === 10_000 ? rows.length > 30 : rows.length < 40);
  }
  appendFileSync(summary, '.'.repeat(SUMMARY_LIMIT - statSync(summary).size));
  const { status, stderr } = wideGate();
  assert.is(status, 1);
  assert.match(stderr, /^::error .*\nfeedrate: .*s\.md: no space left for the summary \(limit: 1 MiB per step\)\n$/);
  assert.is(statSync(summary).size, SUMMARY_LIMIT);
});

test.run();
