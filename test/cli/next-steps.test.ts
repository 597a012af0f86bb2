/** The next steps that reports end with, followed to the letter: each command is accepted and does what it says. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createProgram } from '../../src/cli/program.js';
import { passingName } from '../../src/host/files/own-names.js';
import type { Arm } from '../../src/plan/plan.js';
import type { RunRecord } from '../../src/record/run-record.js';
import { feedrate } from '../support/command-thread.js';
import { makeArm, makeCache, makeThreshold } from '../support/records.js';
import { storeSessions } from '../support/stored-sessions.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/next-steps');

const WORKLOAD =
  'name: w\njobs:\n  read: {rw: read, bs: 16k, size: 64k, ioengine: simulated, simulated_latency: 100us}\n';

/** The commands below `Next:`, as a shell splits them, without `feedrate`. */
function nextCommands(report: string): string[][] {
  return [...report.matchAll(/^Next: .*\n {4}feedrate (.*)$/gm)].map(([, words = '']) =>
    [...words.matchAll(/'[^']*'|\S+/g)].map(([word]) => word.replaceAll("'", '')),
  );
}

function withPlace(body: (directory: string) => void): Promise<void> {
  return withTemporaryDirectory((directory) => {
    for (const name of ['a', 'b']) mkdirSync(join(directory, name));
    writeFileSync(join(directory, 'w.yaml'), WORKLOAD);
    body(directory);
  });
}

/** The report of a stored run of these arms, in so many sessions. */
function shown(directory: string, arms: readonly Arm[], sessions: number, run: Partial<RunRecord> = {}): string {
  const names = [...new Set(arms.map(({ target }) => target))];
  const targets = names.map((name) => ({ name, path: join(directory, name) }));
  const levels = Array.from({ length: sessions }, (_, index) => 1e8 * (1 + 0.003 * Math.sin(index)));
  const command = ['run', 'w.yaml', '--progress', 'none', ...names.flatMap((name) => ['-t', name])];
  const path = storeSessions(join(directory, 'results'), { arms, levels, run: { command, ...run } });
  writeTargets(path, targets);
  return feedrate(['show'], directory).stdout;
}

/** `makeRun` has one target of its own. */
function writeTargets(path: string, targets: RunRecord['plan']['targets']): void {
  const file = join(path, 'run.json');
  const record = JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
  const [environment] = record.environment.targets;
  const named = targets.map((target) => ({ ...environment, ...target }));
  const changed = {
    ...record,
    plan: { ...record.plan, targets },
    environment: { ...record.environment, targets: named },
  };
  writeFileSync(file, JSON.stringify(changed));
}

function followed(directory: string, report: string, expected: readonly RegExp[]): void {
  const commands = nextCommands(report);
  assert.is(commands.length, expected.length, report);
  for (const [index, words] of commands.entries()) {
    assert.ok(expected[index]?.test(words.join(' ')), words.join(' '));
    // A run is only planned: its sessions would take seconds.
    const { status, stderr } = feedrate(words[0] === 'run' ? [...words, '--dry-run'] : words, directory);
    assert.is(status, 0, `${words.join(' ')}: ${stderr}`);
  }
}

const on = (target: string, arm = makeArm('read')): Arm => ({ ...arm, target, id: `${arm.id}@${target}` });

test('after a run of two targets: enough sessions, and the comparison', () =>
  withPlace((directory) => {
    const report = shown(directory, [on('a'), on('b')], 3);
    followed(directory, report, [/^run w\.yaml .* --set trials\.sessions=6$/, /^compare results\/\S+_quick_\w+$/]);
    assert.ok(
      report.endsWith('\n') && report.trimEnd().split('\n').at(-1)?.startsWith('    feedrate '),
      'they come last',
    );
  }));

test('after a run of one target: the comparison of its only factor, and a baseline', () =>
  withPlace((directory) => {
    const levels = ['4KiB', '1MiB'].map((label) => {
      const arm = makeArm('read', [{ name: 'bs', label }]);
      return { ...arm, target: 'a', words: { ...arm.words, bs: label } };
    });
    const report = shown(directory, levels, 8);
    followed(directory, report, [/^compare results\/\S+( --cols bs)?$/, /^baseline save main \S+$/]);
  }));

test('after a failure: the mount, and the same again', () =>
  withPlace((directory) => {
    const fault = { code: 'EIO', syscall: 'pread', path: 'x', offsetBytes: 0, message: 'i/o error', worker: 0 };
    const levels = [1e8];
    const arm = { ...makeArm('read'), target: 'a' };
    const command = ['run', 'w.yaml', '-t', 'a', '--progress', 'none'];
    const path = storeSessions(join(directory, 'results'), {
      arms: [arm],
      levels,
      run: { command, status: 'failed' },
      trial: (trial) => ({ ...trial, status: 'failed', fault, latency: {}, cache: makeCache('none') }),
    });
    writeTargets(path, [{ name: 'a', path: join(directory, 'a') }]);
    const report = feedrate(['show'], directory).stdout;
    assert.match(report, /^The run failed after 1 of 1 trial; 1 trial failed \(EIO in pread\); no result for /);
    followed(directory, report, [/^doctor -t \S+\/a$/, /^run w\.yaml -t a --progress none$/]);
  }));

test('after a doctor’s visit, a comparison and a gate', () =>
  withPlace((directory) => {
    const doctor = feedrate(['doctor', '-t', 'a', '--no-measure', '--no-aws'], directory).stdout;
    const [measure = []] = nextCommands(doctor);
    assert.is(feedrate([...measure, '--dry-run'], directory).status, 0, measure.join(' '));
    const arm = { ...makeArm('read'), target: 'a' };
    shown(directory, [arm], 8);
    assert.is(feedrate(['baseline', 'save', 'main'], directory).status, 0);
    const later = { id: '20261124T191203Z_quick_b2e4', startedAt: '2026-11-24T19:12:03.250Z' };
    shown(directory, [arm], 8, later);
    const gate = ['gate', '--baseline', 'main', '--min-effect', '5%'];
    const passed = feedrate(gate, directory);
    assert.match(passed.stdout, /^Pass: no regression of \S+ against main was found; a loss above 5 % is ruled out /);
    followed(directory, passed.stdout, [/^baseline save main \S+$/]);
    const open = feedrate(['gate', '--baseline', 'main', '--min-effect', '0.01%'], directory).stdout;
    const commands = nextCommands(open);
    assert.match(commands.map((words) => words.join(' ')).join('\n'), /^gate .* --adaptive --budget 30m$/m);
    for (const words of commands) assert.is(refusal(words), null, words.join(' '));
    followed(directory, feedrate(['compare', 'main', 'latest', '--min-effect', '5%'], directory).stdout, [
      / --detail$/,
    ]);
  }));

test('after a run on no target of its own, of a group, or with other labels than the baseline’s', () =>
  withPlace((directory) => {
    const arm = { ...makeArm('read'), target: 'a' };
    const command = ['run', 'w.yaml', '--progress', 'none'];
    const temporary = storeSessions(join(directory, 'results'), { levels: [1e8], arms: [arm], run: { command } });
    writeTargets(temporary, [{ name: 'a', path: join(tmpdir(), passingName('target')) }]);
    followed(directory, feedrate(['show'], directory).stdout, [/^run w\.yaml --progress none -t \.$/]);

    const group = { launcher: 'files', size: 2, files: null, members: [] } as never;
    const ranked = shown(directory, [on('a'), on('b')], 3, {
      group,
      ...at(4),
      command: [...command, '-t', 'a', '-t', 'b', '--rank', '0', '--group-size', '2'],
    });
    assert.match(ranked, /^Next: measure 6 sessions, .*; start all 2 ranks, each with its --rank$/m);
    const [again = []] = nextCommands(ranked);
    // A rank alone would wait for the other.
    assert.is(refusal([...again, '--rank', '0']), null, again.join(' '));

    shown(directory, [arm], 8, { ...at(5), labels: { volume: 'one' } });
    assert.is(feedrate(['baseline', 'save', 'main'], directory).status, 0);
    shown(directory, [arm], 8, { ...at(6), labels: { volume: 'two' } });
    const apart = feedrate(['gate', '--baseline=main', '--min-effect', '5%'], directory);
    assert.is(apart.status, 4, apart.stderr);
    followed(directory, apart.stdout, [/ --ignore volume$/]);
    const passed = feedrate(
      ['gate', '--baseline=main', '--min-effect', '5%', '--ignore', 'volume', '--output=results'],
      directory,
    );
    followed(directory, passed.stdout, [/^baseline save main \S+ -o results$/]);
  }));

test('after a gate whose candidate broke a threshold, or failed', () =>
  withPlace((directory) => {
    const bound = (value: number) => ({
      ...makeArm('read', [], [makeThreshold('throughput', null, '>', value)]),
      target: 'a',
    });
    shown(directory, [bound(1)], 8);
    assert.is(feedrate(['baseline', 'save', 'main'], directory).status, 0);
    shown(directory, [bound(1e12)], 8, at(4));
    const gate = () => feedrate(['gate', '--baseline', 'main', '--min-effect', '5%'], directory);
    const broke = gate();
    assert.is(broke.status, 1, broke.stdout);
    followed(directory, broke.stdout, [/^show \S+$/]);
    const fault = { code: 'EIO', syscall: 'pread', path: 'x', offsetBytes: 0, message: 'i/o error', worker: 0 };
    const path = storeSessions(join(directory, 'results'), {
      arms: [bound(1)],
      levels: [1e8],
      run: { ...at(5), command: ['run', 'w.yaml', '-t', 'a', '--progress', 'none'], status: 'failed' },
      trial: (trial) => ({ ...trial, status: 'failed', fault, latency: {}, cache: makeCache('none') }),
    });
    writeTargets(path, [{ name: 'a', path: join(directory, 'a') }]);
    const failed = gate();
    assert.match(failed.stdout, /the measurement failed, so there is no verdict; measure again/);
    followed(directory, failed.stdout, [/^run w\.yaml -t a --progress none$/]);
  }));

/** The name and start of a run on a day. */
const at = (day: number) => ({
  id: `2026112${day}T191203Z_quick_b2e${day}`,
  startedAt: `2026-11-2${day}T19:12:03.250Z`,
});

/** Why a command is refused, or null. Nothing is run: an adaptive gate would measure for minutes. */
function refusal(words: readonly string[]): string | null {
  const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
  const program = createProgram();
  for (const command of all(program)) {
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {}, outputError: () => {} });
    if (command.commands.length === 0) command.action(() => {});
  }
  try {
    program.parse(words, { from: 'user' });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

test.run();
