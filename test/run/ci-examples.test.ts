/** The workflows of the guide, run by script as GitHub and GitLab would run them, on the simulated engine. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { unitsToReach } from '../../src/gate/attainable.js';
import { benchmarksOf, bmfOf, junitOf, openMetricsOf, outcomesOf } from '../support/ci-formats.js';
import { mainPath } from '../support/feedrate-cli.js';
import { fixturePath, repositoryRoot } from '../support/repository.js';

const test = suite('run/ci-examples');
const GITHUB = 'github-storage.yml';
const GITLAB = 'gitlab-storage.yml';

/** Results are kept from test to test, as on a runner's machine. */
const directory = join(tmpdir(), `feedrate-test-ci-${process.pid}`);

test.before(() => {
  mkdirSync(join(directory, 'mount'), { recursive: true });
  writeFileSync(summary, '');
});
test.after(() => rmSync(directory, { recursive: true, force: true }));

interface GitHubStep {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}

interface GitHubJob {
  readonly env: Readonly<Record<string, string>>;
  readonly steps: readonly GitHubStep[];
}

interface GitLabJob {
  readonly variables: Readonly<Record<string, string>>;
  readonly script: readonly string[];
  readonly artifacts: { readonly reports: { readonly junit: string; readonly metrics: string } };
}

function exampleOf(name: string): string {
  return readFileSync(fixturePath('ci', name), 'utf8');
}

/** What the example says of the machine, replaced by this one. */
function variables(example: Readonly<Record<string, string>>): Record<string, string> {
  const ours = { TARGET: join(directory, 'mount'), WORKLOAD: join(directory, 'w.yaml'), RESULTS: join(directory, 'r') };
  assert.equal(Object.keys(example).sort(), Object.keys(ours).sort());
  return ours;
}

function writeWorkload(latency: string): void {
  writeFileSync(
    join(directory, 'w.yaml'),
    `name: loader
jobs:
  read: { rw: randread, bs: 4KiB, size: 8MiB, cache: as-is, ioengine: simulated, simulated_latency: ${latency} }
thresholds: ['p99(latency) < 1s']
`,
  );
}

/** Commands in a directory of their own, under the shell's options that both systems set. */
function inRunner(script: string, cwd: string, environment: Readonly<Record<string, string>>) {
  mkdirSync(cwd, { recursive: true });
  const { GITHUB_ACTIONS: _actions, GITHUB_STEP_SUMMARY: _summary, JPY_PARENT_PID: _notebook, ...rest } = process.env;
  const whole = `feedrate() { "$NODE" "$MAIN" "$@"; }\n${script}`;
  return spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', whole], {
    encoding: 'utf8',
    cwd,
    env: { ...rest, NODE: process.execPath, MAIN: mainPath, NO_COLOR: '1', CI: 'true', ...environment },
  });
}

/** The examples' sessions are for six cells; one cell needs six. */
function fewerSessions(command: string): string {
  return command.replace('trials.sessions=8', 'trials.sessions=6');
}

const { gate } = (parse(exampleOf(GITHUB)) as { jobs: { gate: GitHubJob } }).jobs;
const atGitHub = join(directory, 'github');
const summary = join(directory, 'summary.md');
let githubLog = '';

for (const { name, run } of gate.steps) {
  if (run === undefined) continue;
  test(`GitHub Actions: ${name}`, () => {
    if (name === 'Measure') writeWorkload('100us');
    const runner = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary, ...variables(gate.env) };
    const { status, stdout, stderr } = inRunner(fewerSessions(run), atGitHub, runner);
    assert.is(status, 0, `${stderr}${stdout}`);
    githubLog += stderr;
  });
}

test('GitHub Actions: the first run is the baseline, and has passed against itself', () => {
  const upload = gate.steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact@'));
  const reports = join(atGitHub, upload?.with?.['path'] ?? 'none');
  const outcomes = outcomesOf(junitOf(readFileSync(join(reports, 'feedrate.xml'), 'utf8')));
  assert.equal([...new Set(outcomes.values())], ['passed']);
  assert.is(outcomes.size, 4);
  const text = (name: string) => readFileSync(join(reports, name), 'utf8');
  assert.equal(Object.keys(bmfOf(text('bmf.json'))), ['loader/read']);
  const bigger = benchmarksOf(text('feedrate-bigger-is-better.json'));
  assert.equal(
    bigger.map(({ name, unit }) => [name, unit]),
    [
      ['loader/read throughput, session median', 'bytes/s'],
      ['loader/read iops, session median', 'ops/s'],
    ],
  );
  assert.is(benchmarksOf(text('feedrate-smaller-is-better.json'))[0]?.unit, 'ns');
  assert.equal(githubLog.match(/^::.*$/gm)?.length, 1, githubLog);
  assert.match(githubLog, /^::notice title=feedrate gate%3A pass::gate: pass%0A1 cell: 1 equivalent%0A/m);
  assert.match(readFileSync(summary, 'utf8'), /^[^\n]+\n\n\*\*gate: pass\*\*\n\nthroughput /);
});

const { storage } = parse(exampleOf(GITLAB)) as { storage: GitLabJob };
const atGitLab = join(directory, 'gitlab');

for (const [index, command] of storage.script.entries()) {
  const expected = index === storage.script.length - 1 ? 1 : 0;
  test(`GitLab, on a slower mount: ${command} → ${expected}`, () => {
    if (index === 0) writeWorkload('120us');
    const runner = { GITLAB_CI: 'true', ...variables(storage.variables) };
    const { status, stdout, stderr } = inRunner(fewerSessions(command), atGitLab, runner);
    assert.is(status, expected, `${stderr}${stdout}`);
    assert.not.match(stderr, '::');
    if (expected === 1) assert.match(stdout, /^gate: regression$/m);
  });
}

test('GitLab: the reports of the job say what failed', () => {
  const { junit, metrics } = storage.artifacts.reports;
  const report = junitOf(readFileSync(join(atGitLab, junit), 'utf8'));
  assert.equal(
    [...outcomesOf(report)],
    [
      ['loader throughput: read', 'failure regression'],
      ['loader thresholds: read: p99(latency) < 1s', 'passed'],
      ['loader measurement: read', 'passed'],
      ['loader measurement: the run as a whole', 'passed'],
    ],
  );
  const { families, gitlab } = openMetricsOf(readFileSync(join(atGitLab, metrics), 'utf8'));
  assert.equal(
    families.map(({ name, type, unit }) => [name, type, unit]),
    [
      ['feedrate_throughput_session_median_bytes_per_second', 'gauge', 'bytes_per_second'],
      ['feedrate_iops_session_median_operations_per_second', 'gauge', 'operations_per_second'],
      ['feedrate_latency_session_median_seconds', 'gauge', 'seconds'],
    ],
  );
  assert.is(gitlab.length, 3);
});

test('the workload that the examples name is one, and its sessions suffice for all of its cells', () => {
  const measure = [gate.steps.find(({ name }) => name === 'Measure')?.run, storage.script[0]];
  for (const command of measure) {
    const { status, stdout, stderr } = inRunner(`${command} --dry-run --format json`, join(directory, 'dry'), {
      ...variables(gate.env),
      WORKLOAD: gate.env['WORKLOAD'] as string,
    });
    assert.is(status, 0, stderr);
    const { arms, trials } = JSON.parse(stdout) as { arms: unknown[]; trials: { session: number }[] };
    const sessions = Math.max(...trials.map(({ session }) => session));
    assert.ok(unitsToReach({ design: 'unpaired' }, arms.length, 0.01) <= sessions);
  }
});

test('the guide has the examples as they are tested', () => {
  const guide = readFileSync(join(repositoryRoot, 'workloads', 'guide', 'gate.md'), 'utf8');
  for (const name of [GITHUB, GITLAB]) assert.ok(guide.includes(`\`\`\`yaml\n${exampleOf(name)}\`\`\``), name);
});

test.run();
