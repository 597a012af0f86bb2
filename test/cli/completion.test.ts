import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FIELD_TABLE } from '../../src/cli/options/field-table.js';
import { createProgram, SUBCOMMANDS } from '../../src/cli/program.js';
import { installedWorkloads } from '../../src/run/workload-text.js';
import { saveBaseline } from '../../src/store/baselines.js';
import { createRun } from '../../src/store/run-store.js';
import { feedrate } from '../support/command-thread.js';
import { environment, inShell, mainPath } from '../support/feedrate-cli.js';
import { makeArm, makeRun } from '../support/records.js';
import { needTool } from '../support/skip.js';
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
    // fish cannot check a script that it reads from a pipe. Below, it loads the script instead.
    if (shell === 'fish') return;
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

test('workload files are offered, those in workloads/ from anywhere above them, and installed workloads by name', () =>
  withFiles((directory) => {
    const installed = [...installedWorkloads().keys()];
    assert.equal(offered(['run', ''], directory), [
      'workloads/quick.yaml',
      'mine.yml',
      'workloads/',
      ...installed,
      ':4',
    ]);
    assert.equal(offered(['run', 'qu'], directory), ['quick', ':4']);
    assert.equal(offered(['calibrate', '-t', '.', 'random'], directory), ['random-read', ':4']);
    assert.equal(offered(['workloads', ''], directory), [...installed, ':4']);
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

/** Bash's own splitting of a line before the cursor, at spaces and at each = and : */
const wordsOfBash = (line: string): string[] => line.split(/ +|(?<=[=:])|(?=[=:])/);

test('bash completes a command line with the script alone, also after = and :', () =>
  withFiles((directory) => {
    writeFileSync(join(directory, 'my file.yaml'), '');
    writeFileSync(join(directory, 'a:b.yaml'), '');
    const lines = {
      'feedrate sch': ['schema'],
      'feedrate run workloads/': ['workloads/quick.yaml'],
      'feedrate run qu': ['quick'],
      'feedrate run my': ['my\\ file.yaml'],
      'feedrate run a:': ['b.yaml'],
      'feedrate show --format j': ['json'],
      'feedrate run w.yaml --set rw=randr': ['randread', 'randrw'],
      'feedrate run w.yaml --set=cache=c': ['cold'],
      'feedrate run w.yaml --engine=mm': ['mmap'],
      'feedrate run w.yaml -P rw=read,randw': ['read,randwrite'],
      'feedrate run w.yaml --junit mine': ['mine.yml'],
      'feedrate run -t work': ['workloads'],
      'feedrate run "my': ['my\\ file.yaml'],
    };
    const asked = Object.keys(lines).map((line) => {
      const words = wordsOfBash(line);
      const quoted = words.map((word) => `'${word}'`).join(' ');
      return `COMP_LINE='${line}' COMP_POINT=${line.length} COMP_CWORD=${words.length - 1} COMP_WORDS=(${quoted}); __feedrate_complete; IFS='|'; echo "\${COMPREPLY[*]}"; unset IFS`;
    });
    const set = `set -u; compopt() { :; }; COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'; source <(feedrate completion bash)`;
    const { stdout, stderr } = inShell([set, ...asked].join('\n'), directory);
    assert.is(stderr, '');
    assert.equal(
      stdout.trimEnd().split('\n'),
      Object.values(lines).map((found) => found.join('|')),
    );
  }));

test('values of options are offered: fields, their words, metrics, attributes and baselines', () =>
  withFiles((directory) => {
    const { run } = createRun(join(directory, 'results'), makeRun([makeArm('randread')], 1));
    saveBaseline(join(directory, 'results'), 'main', join(directory, 'results', run.id));
    const cases: [string, string[]][] = [
      ['run w.yaml --set bs', ['bs=', 'bs_write=', ':6']],
      ['run w.yaml --set trials.or', ['trials.order=', ':6']],
      ['run w.yaml --set trials.order=a', ['trials.order=abba', ':4']],
      ['run w.yaml --set job.direct=', ['job.direct=true', 'job.direct=false', ':4']],
      ['run w.yaml --set=cache=w', ['warm', ':4']],
      ['run w.yaml --set thresholds=iop', ['thresholds=iops', ':6']],
      ['prepare w.yaml -P ioengine=mmap,p', ['ioengine=mmap,psync', ':6']],
      ['prepare w.yaml -P seed', [':6']],
      ['compare --cols bs,iod', ['bs,iodepth', ':6']],
      ['gate --where targ', ['target=', ':6']],
      ['gate -m p99(clo', ['p99(close)', ':4']],
      ['history -m iop', ['iops', ':4']],
      ['feed -m retinanet-b', ['retinanet-b200', ':4']],
      ['feed --what-if unet3d-h', ['unet3d-h100', ':4']],
      ['gate --baseline m', ['main', ':4']],
      ['baseline show m', ['main', ':4']],
      ['run --bmf b', [':0']],
      ['run --output=r', [':16']],
    ];
    for (const [line, expected] of cases) assert.equal(offered(line.split(' '), directory), expected, line);
  }));

const LOADED = {
  zsh: {
    words: ['-f', '-c'],
    ask: 'feedrate() { $NODE $MAIN "$@" }; compdef() { :; }; source <(feedrate completion zsh); whence -w _feedrate',
    says: /_feedrate: function/,
  },
  fish: {
    words: ['--no-config', '-c'],
    ask: 'function feedrate; $NODE $MAIN $argv; end; feedrate completion fish | source; complete -C "feedrate run w.yaml --set rw=randr"',
    says: /rw=randread.*\n.*\n?rw=randrw/,
  },
};

for (const [shell, { words, ask, says }] of Object.entries(LOADED)) {
  test(`${shell} loads its script`, () => {
    needTool(shell);
    const env = environment({ NODE: process.execPath, MAIN: mainPath });
    const { stdout, stderr, status } = spawnSync(shell, [...words, ask], { encoding: 'utf8', env });
    assert.equal([status, stderr], [0, '']);
    assert.match(stdout, says);
  });
}

test.run();
