import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FIELD_TABLE } from '../../src/cli/options/field-table.js';
import { createProgram, SUBCOMMANDS } from '../../src/cli/program.js';
import { createRun } from '../../src/store/run-store.js';
import { feedrate } from '../support/command-thread.js';
import { inShell } from '../support/feedrate-cli.js';
import { makeArm, makeRun } from '../support/records.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/completion');

/** What the shell is offered for these words, without descriptions. */
function offered(words: readonly string[], cwd?: string): string[] {
  const { status, stdout, stderr } = feedrate(['complete', '--', ...words], cwd);
  assert.is(status, 0);
  assert.is(stderr, '');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '');
}

function withFiles(use: (directory: string) => void): Promise<void> {
  return withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 'workloads'));
    for (const name of ['workloads/quick.yaml', 'workloads/notes.txt', 'mine.yml', '.hidden.yaml']) {
      writeFileSync(join(directory, name), '');
    }
    use(directory);
  });
}

for (const shell of ['bash', 'zsh', 'fish']) {
  test(`the script for ${shell} calls back`, () => {
    const { status, stdout, stderr } = feedrate(['completion', shell]);
    assert.is(status, 0);
    assert.is(stderr, '');
    assert.match(stdout, 'feedrate complete --');
    const parsed = spawnSync(shell, ['-n'], { input: stdout, encoding: 'utf8' });
    // Shells that are not installed cannot judge their script; bash always is.
    if (shell === 'bash' || parsed.error === undefined) assert.equal([parsed.status, parsed.stderr], [0, '']);
  });
}

test('commands, options and choices are offered', () => {
  const commands = [...SUBCOMMANDS.map(({ name }) => name), 'help', ':4'];
  assert.equal(offered(['']).sort(), commands.sort());
  assert.equal(offered(['sh']), ['show', ':4']);
  assert.equal(offered(['run', '--pro']), ['--progress', ':4']);
  assert.equal(offered(['run', '--progress', '']), ['auto', 'line', 'json', 'none', ':4']);
  assert.equal(offered(['run', 'w.yaml', '--format', 'm']), ['md', ':4']);
  assert.equal(offered(['run', '--engine', '']), ['auto', 'psync', 'io_uring', 'mmap', 'null', 'simulated', ':4']);
  assert.equal(offered(['list', '--format', '']), ['table', 'json', ':4']);
  assert.equal(offered(['completion', '']), ['bash', 'zsh', 'fish', ':4']);
});

test('every option of every command is offered', () => {
  for (const command of createProgram(FIELD_TABLE).commands) {
    const options = command.options.flatMap(({ long, hidden }) => (hidden ? [] : (long ?? [])));
    const found = offered([command.name(), '--']);
    assert.equal(
      options.filter((option) => !found.includes(option)),
      [],
      command.name(),
    );
  }
});

test('workload files are offered, those in workloads/ from anywhere above them', () =>
  withFiles((directory) => {
    assert.equal(offered(['run', ''], directory), ['workloads/quick.yaml', 'mine.yml', 'workloads/', ':4']);
    assert.equal(offered(['prepare', 'workloads/q'], directory), ['workloads/quick.yaml', ':4']);
    assert.equal(offered(['run', './mi'], directory), ['./mine.yml', ':4']);
    assert.equal(offered(['run', 'none/'], directory), [':4']);
  }));

test('runs are offered, the newest first', () =>
  withTemporaryDirectory((directory) => {
    const ids = ['2026-11-22', '2026-11-23'].map((day) => {
      const run = makeRun([makeArm('randread')], 1, { startedAt: `${day}T00:00:00.000Z` });
      return createRun(join(directory, 'here'), run).run.id;
    });
    assert.equal(offered(['show', '-o', 'here', ''], directory), ['latest', ids[1], ids[0], ':4']);
    assert.equal(offered(['show', '20261122'], directory), [':4']);
    assert.equal(offered(['show', '-o', 'here', '20261122'], directory), [ids[0], ':4']);
  }));

test('directories are left to the shell', () => {
  for (const words of [
    ['run', '-t', ''],
    ['list', '--output', 'r'],
    ['clean', '--target', '/'],
  ]) {
    assert.equal(offered(words), [':16']);
  }
});

test('bash completes a command line with the script', () =>
  withFiles((directory) => {
    // What the script takes from the bash-completion package, for words without = and :.
    const helper = `_get_comp_words_by_ref() { cur="\${WORDS[-1]}"; words=("\${WORDS[@]}"); compopt() { :; }; }`;
    const ask = (...words: string[]): string[] => {
      const quoted = words.map((word) => `'${word}'`).join(' ');
      const script = `${helper}\nsource <(feedrate completion bash)\nWORDS=(${quoted})\n__feedrate_complete\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = inShell(script, directory);
      assert.is(stderr, '');
      return stdout.trimEnd().split('\n');
    };
    assert.equal(ask('feedrate', 'sch'), ['schema']);
    assert.equal(ask('feedrate', 'run', 'workloads/'), ['workloads/quick.yaml']);
    assert.equal(ask('feedrate', 'show', '--format', 'j'), ['json']);
  }));

test.run();
