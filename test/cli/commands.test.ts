/** The commands as a user meets them: what they print where, and with which status they end. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FIELD_TABLE } from '../../src/cli/options/field-table.js';
import { createProgram, SUBCOMMANDS } from '../../src/cli/program.js';
import { readRun } from '../../src/store/read-run.js';
import { feedrate } from '../support/command-thread.js';
import { feedrate as feedrateProcess, inShell } from '../support/feedrate-cli.js';
import { repositoryRoot } from '../support/repository.js';
import { latestRun, runFile } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/commands');

const SIMULATED = `name: pretend
trials: { sessions: 1, rounds: 2 }
jobs:
  randread: { rw: randread, bs: [4k, 64k], size: 16m, numjobs: 2, cache: as-is, ioengine: simulated }
`;

/** A directory with a workload `w.yaml` and a target `t`. */
function withWorkload(text: string, use: (directory: string) => void): Promise<void> {
  return withTemporaryDirectory((directory) => {
    writeFileSync(join(directory, 'w.yaml'), text);
    use(directory);
  });
}

test('--version and -V print the version of the package', () => {
  const { version } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'));
  for (const option of ['--version', '-V']) {
    assert.equal(feedrateProcess([option]), { status: 0, stdout: `${version}\n`, stderr: '' });
  }
});

test('help goes to stdout, names every command, and shows examples', () => {
  const { status, stdout, stderr } = feedrateProcess(['--help']);
  assert.is(status, 0);
  assert.is(stderr, '');
  assert.is(stdout, helpOf());
  for (const { name, description } of SUBCOMMANDS) {
    assert.match(stdout, new RegExp(`^ {2}${name}\\b`, 'm'));
    assert.match(onOneLine(stdout), description);
    const help = helpOf(name);
    assert.match(help, `Usage: feedrate ${name}`);
    assert.match(onOneLine(help), description);
    assert.match(help, /\nExamples?:\n/);
  }
  assert.equal(feedrateProcess(['show', '--help']), { status: 0, stdout: helpOf('show'), stderr: '' });
});

const onOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** A program that writes nothing and does nothing but parse, all of it or the part that parses a subcommand. */
function parser(only?: string): Command {
  const program = createProgram(FIELD_TABLE, only);
  const silence = (command: Command): void => {
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    if (command.commands.length === 0) command.action(() => undefined);
    command.commands.forEach(silence);
  };
  silence(program);
  return program;
}

/** What `feedrate [NAME] --help` prints. */
function helpOf(name?: string): string {
  const program = parser(name);
  const command = name === undefined ? program : program.commands.find((each) => each.name() === name);
  assert.ok(command, name);
  let text = '';
  command.configureOutput({
    getOutHelpWidth: () => 80,
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

/** The commands of feedrate among the examples of a help text, as a shell would hand them over. */
function examplesIn(help: string): string[][] {
  const [, block = ''] = /\nExamples?:\n([\s\S]*?)(?:\n\n|$)/.exec(help.replaceAll(/\\\n\s*/g, '')) ?? [];
  // What follows two spaces is a remark; pipes, lists and redirections are the shell's.
  const commands = block.match(/\bfeedrate (?:'[^']*'|[^ '&|<>()\n]+| (?! ))+/g) ?? [];
  return commands.map((text) => (text.match(/'[^']*'|\S+/g) ?? []).slice(1).map((word) => word.replaceAll("'", '')));
}

test('every example of the help can be typed as it stands', () => {
  for (const { name, examples } of SUBCOMMANDS) {
    const found = examplesIn(examples);
    assert.ok(
      found.some((words) => words[0] === name),
      `${name} has no example of its own`,
    );
    for (const words of found) parser(words[0]).parse(words, { from: 'user' });
  }
  const ofRoot = examplesIn(helpOf());
  assert.ok(ofRoot.length > 5);
  for (const words of ofRoot) parser(words[0]).parse(words, { from: 'user' });
  assert.throws(() => parser().parse(['show', '--fromat', 'md'], { from: 'user' }), /unknown option/);
});

test('without a command the help goes to stderr', () => {
  const { status, stdout, stderr } = feedrateProcess([]);
  assert.is(status, 2);
  assert.is(stdout, '');
  assert.match(stderr, 'Usage: feedrate');
});

for (const [args, line] of [
  [['lst'], "feedrate: unknown command 'lst' (Did you mean list?)"],
  [['list', '--fromat', 'json'], "feedrate: unknown option '--fromat' (Did you mean --format?)"],
  [
    ['list', '--format', 'yaml'],
    /^feedrate: option '--format <format>' argument 'yaml' is invalid\. Allowed choices are/,
  ],
  [['completion'], "feedrate: missing required argument 'shell'"],
  [['run'], /^feedrate: run: the workload is missing; name one \(list them with: feedrate workloads\)/],
  [['run', 'w.yaml', 'x.yaml'], /^feedrate: too many arguments for 'run'\. Expected 1 argument but got 2/],
  [['run', 'none.yaml'], /^feedrate: cannot read the workload none\.yaml: ENOENT/],
  [['run', 'none.yaml', '--seed', '1.5'], /^feedrate: --seed 1\.5: expected a whole number/],
  [['run', 'none.yaml', '-t', '/a/x', '-t', '/b/x'], /^feedrate: -t: two targets are named 'x'/],
  [['run', 'none.yaml', '--set', 'bs'], /^feedrate: --set 'bs': expected field=value/],
  [['prepare', 'w.yaml'], "feedrate: required option '-t, --target <path>' not specified"],
  [['doctor'], "feedrate: required option '-t, --target <path>' not specified"],
  [['clean', '-t', '/nonexistent'], /^feedrate: target nonexistent: cannot use \/nonexistent \(ENOENT\)/],
  [['show', 'none', '-o', '/nonexistent'], /^feedrate: \/nonexistent: no run 'none'/],
  [['guide', 'none'], /^feedrate: the guide has no page “none”; choose one of: calibrate, ceilings, checkpoints, /],
  [['completion', 'tcsh'], /^feedrate: .* Allowed choices are bash, zsh, fish\.$/],
] as const) {
  test(`feedrate ${args.join(' ')}: one line, status 2`, () => {
    const { status, stdout, stderr } = feedrate(args);
    assert.is(status, 2);
    assert.is(stdout, '');
    assert.is(stderr.split('\n').length, 2, stderr);
    if (typeof line === 'string') assert.is(stderr, `${line}\n`);
    else assert.match(stderr.trimEnd(), line);
  });
}

test('every fault of a workload has a line with its place', () =>
  withWorkload('name: w\njobs:\n  a: { rw: randraed, bs: 4kb }\n', (directory) => {
    const { status, stdout, stderr } = feedrate(['run', 'w.yaml', '--set', 'colour=red'], directory);
    const lines = stderr.trimEnd().split('\n');
    assert.is(status, 2);
    assert.is(stdout, '');
    assert.ok(
      lines.some((line) => line.startsWith('w.yaml:3:12: ')),
      stderr,
    );
    assert.ok(
      lines.some((line) => line.startsWith('w.yaml:3:26: ')),
      stderr,
    );
    assert.ok(
      lines.some((line) => line.startsWith('--set colour=red: ')),
      stderr,
    );
    assert.equal(readdirSync(directory), ['w.yaml']);
  }));

test('--engine is forced on every job, kept with the run, and told by its own name where it is wrong', () =>
  withWorkload(SIMULATED.replace('ioengine: simulated', 'ioengine: psync'), (directory) => {
    const run = feedrate(['run', 'w.yaml', '--engine', 'simulated', '--format', 'json'], directory);
    assert.is(run.status, 0, run.stderr);
    const { trials } = readRun(latestRun(join(directory, 'results')));
    assert.equal([...new Set(trials.map(({ engine }) => engine.used))], ['simulated']);
    const { overrides, command } = JSON.parse(runFile(join(directory, 'results'), 'run.json'));
    assert.equal(overrides, ['--engine simulated']);
    assert.match(command.join(' '), '--engine simulated');
    for (const name of ['run', 'prepare']) {
      const wrong = feedrate([name, 'w.yaml', '-t', '.', '--engine', 'io_urng'], directory);
      assert.equal([wrong.status, wrong.stdout], [2, '']);
      assert.is(
        wrong.stderr,
        '--engine io_urng: ioengine: "io_urng" is not one of auto, psync, io_uring, mmap, null, simulated; did you mean io_uring?\n',
      );
    }
    const nothing = feedrate(['prepare', 'w.yaml', '-t', '.', '--engine', 'null'], directory);
    assert.match(nothing.stdout, /^nothing to prepare/);
  }));

test('schema prints a JSON Schema', () => {
  const { status, stdout, stderr } = feedrate(['schema']);
  assert.is(status, 0);
  assert.is(stderr, '');
  const schema = JSON.parse(stdout);
  assert.match(schema.$schema, 'json-schema.org');
  assert.ok(schema.properties.jobs);
});

test('a dry run prints the plan and leaves nothing behind', () =>
  withWorkload(SIMULATED.replace('simulated', 'psync'), (directory) => {
    const args = ['run', 'w.yaml', '-t', `here=${directory}`, '--dry-run', '--seed', '7'];
    const { status, stdout, stderr } = feedrate([...args, '--set', 'size=20m'], directory);
    assert.is(status, 0, stderr);
    assert.match(
      stdout,
      /^pretend: 2 arms, 1 session × 2 rounds, 4 trials\narm order: shuffled in each round, seed 7\n/,
    );
    assert.match(stdout, /^randread\/bs=4KiB +here +2$/m);
    assert.match(stdout, /^here +40 MiB +40 MiB +40 MiB /m);
    assert.match(stdout, /^expected time .*\bestimated$/m);
    assert.match(stdout, /^rates of here: .* new files\/s, writes .*, reads .* \(measured just now\)$/m);
    assert.equal(readdirSync(directory), ['w.yaml']);
    const json = JSON.parse(feedrate([...args, '--format', 'json', '-P', 'numjobs=1,2'], directory).stdout);
    assert.is(json.seed, 7);
    assert.is(json.arms.length, 4);
    assert.is(json.trials.length, 8);
    assert.equal(
      [...new Set(json.trials.map(({ arm }: { arm: string }) => arm))].sort(),
      json.arms.map(({ id }: { id: string }) => id).sort(),
    );
    assert.is(json.targets[0].path, directory);
    const csv = feedrate([...args, '--format', 'csv'], directory);
    assert.is(csv.status, 2);
    assert.match(csv.stderr, /^feedrate: --dry-run does not support --format csv; /);
  }));

const TWO_SESSIONS = `
name: two-sessions
trials: {sessions: 2, rounds: 2}
jobs:
  restore: {kind: checkpoint-restore, shard_size: 1MiB}
  write: {rw: write, bs: 64KiB, size: 1MiB}
`;

interface DryTrial {
  readonly session: number;
  readonly round: number;
  readonly arm: string;
  readonly fileset?: number;
}

test('a dry run tells the file sets, the mirrored rounds, and what is left unbalanced', () =>
  withWorkload(TWO_SESSIONS, (directory) => {
    const args = ['run', 'w.yaml', '-t', 'a=a', '-t', 'b=b', '--dry-run', '--set', 'trials.order=abba'];
    for (const name of ['a', 'b']) mkdirSync(join(directory, name));
    const { status, stdout, stderr } = feedrate(args, directory);
    assert.is(status, 0, stderr);
    assert.is(stderr, '');
    assert.match(stdout, /^arm order: shuffled in every second round, reversed in the next \(abba\), seed 42$/m);
    assert.match(stdout, /^2 sets of data files; sessions and targets alternate between them$/m);
    // Both sets stay; a trial's scratch is there besides, and 2 × 2 trials write.
    for (const target of ['a', 'b']) assert.match(stdout, new RegExp(`^${target} +6 MiB +2 MiB +3 MiB `, 'm'));
    const json = JSON.parse(feedrate([...args, '--format', 'json'], directory).stdout);
    assert.equal([json.filesets, json.order], [2, 'abba']);
    const trials = json.trials as DryTrial[];
    const setOf = (arm: string, session: number) =>
      new Set(trials.filter((trial) => trial.arm === arm && trial.session === session).map(({ fileset }) => fileset));
    assert.equal(
      [setOf('restore@a', 1), setOf('restore@b', 1), setOf('restore@a', 2), setOf('restore@b', 2)],
      [new Set([0]), new Set([1]), new Set([1]), new Set([0])],
    );
    assert.equal(setOf('write@a', 1), new Set([undefined]));
    const orderOf = (round: number) => trials.filter((trial) => trial.session === 1 && trial.round === round);
    assert.equal(
      orderOf(2).map(({ arm }) => arm),
      orderOf(1)
        .map(({ arm }) => arm)
        .reverse(),
    );
    const uneven = feedrate([...args, '--set', 'trials.sessions=3', '--set', 'trials.rounds=3'], directory);
    assert.is(uneven.status, 0);
    assert.match(uneven.stderr, /^order: abba with 3 rounds: .*\n2 file sets, sessions: 3: .*; make sessions 4\n$/);
    const single = feedrate([...args, '--set', 'trials.sessions=1'], directory);
    assert.not.match(single.stdout, /sets of data files/);
    assert.match(single.stdout, /^a +3 MiB +1 MiB +2 MiB /m);
  }));

test('a run is saved, printed, listed and shown alike', () =>
  withWorkload(SIMULATED, (directory) => {
    const run = feedrate(['run', 'w.yaml', '--label', 'k=v'], directory);
    assert.is(run.status, 0, run.stderr);
    assert.is(
      run.stderr.split('\n').filter((line) => /^(\d\/4 )?s1r\dt\d randread\/bs=/.test(line)).length,
      4,
      run.stderr,
    );
    assert.equal(feedrate(['show'], directory).stdout, run.stdout);
    const [entry, ...others] = JSON.parse(feedrate(['list', '--format', 'json'], directory).stdout);
    assert.is(others.length, 0);
    assert.equal(
      [entry.status, entry.workload, entry.labels, entry.trialsRecorded],
      ['complete', 'pretend', { k: 'v' }, 4],
    );
    assert.match(entry.best.arm, 'randread/bs=');
    const short = entry.id.slice(-4);
    const table = feedrate(['list'], directory).stdout.split('\n');
    assert.match(table[1] ?? '', new RegExp(`^${short}  \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d +complete  pretend +4/4 `));
    assert.is(JSON.parse(feedrate(['show', short, '--format', 'json'], directory).stdout).id, entry.id);
    assert.match(feedrate(['show', `results/${entry.id}`, '--format', 'csv'], directory).stdout, /^arm,job,target,/);
  }));

test('stdout holds the result alone, whatever the format of the progress', () =>
  withWorkload(SIMULATED, (directory) => {
    const run = feedrate(['run', 'w.yaml', '--format', 'json', '--progress', 'json'], directory);
    assert.is(JSON.parse(run.stdout).workload, 'pretend');
    const events = run.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    assert.is(events.filter((type) => type === 'trial').length, 4);
    const quiet = feedrate(['run', 'w.yaml', '--format', 'csv', '--progress', 'none'], directory);
    assert.is(quiet.stderr, '');
    assert.is(quiet.stdout.trimEnd().split('\n').length, 3);
  }));

test('a reader that has gone is no error', () =>
  withWorkload(SIMULATED, (directory) => {
    const commands = ['feedrate --help', 'feedrate schema', 'feedrate run w.yaml', 'feedrate show --format json'];
    for (const command of commands) {
      const { stdout, stderr } = inShell(`${command} | true; echo "\${PIPESTATUS[0]}"`, directory);
      assert.is(stdout, '0\n', command);
      assert.not.match(stderr, /EPIPE|at /, command);
    }
    const closed = inShell('feedrate run w.yaml 2> >(true) >/dev/null; echo $?', directory);
    assert.is(closed.stdout, '0\n');
    assert.is(JSON.parse(feedrate(['list', '--format', 'json'], directory).stdout).length, 2);
  }));

test('an empty results directory is no error', () =>
  withTemporaryDirectory((directory) => {
    assert.equal(feedrate(['list', '--format', 'json'], directory), { status: 0, stdout: '[]\n', stderr: '' });
    const { status, stdout, stderr } = feedrate(['list', '-o', 'elsewhere'], directory);
    assert.equal([status, stdout], [0, '']);
    assert.match(stderr, /^no runs in elsewhere yet/);
    assert.equal(readdirSync(directory), []);
  }));

test('prepare lays out what a run needs, once', () =>
  withWorkload(SIMULATED.replace('simulated', 'psync'), (directory) => {
    const first = feedrate(['prepare', 'w.yaml', '-t', '.', '--progress', 'none'], directory);
    assert.is(first.status, 0, first.stderr);
    assert.match(first.stdout, /^32 MiB written in .*, 0 B reused\n$/);
    const second = feedrate(['prepare', 'w.yaml', '-t', '.', '--progress', 'none'], directory);
    assert.match(second.stdout, /^0 B written in .*, 32 MiB reused\n$/);
    const nothing = feedrate(['prepare', 'w.yaml', '-t', '.', '--set', 'ioengine=null'], directory);
    assert.match(nothing.stdout, /^nothing to prepare/);
  }));

test('output that cannot be written is told in a line, with a status', () => {
  const { status, stderr } = inShell('feedrate schema > /dev/full', tmpdir());
  assert.is(status, 5);
  assert.is(
    stderr,
    'feedrate: cannot write the result to stdout (ENOSPC). If this was a run, it is saved; print it with: feedrate show, with the same -o\n',
  );
});

test.run();
