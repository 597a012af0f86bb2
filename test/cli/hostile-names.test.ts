/** Every command over names and files that other people chose: a terminal and a CI log show them and obey none. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createProgram, SUBCOMMANDS } from '../../src/cli/program.js';
import { createOwnDirectory, releaseOwnDirectory } from '../../src/host/files/own-directory.js';
import { feedrateHere } from '../support/cli-in-process.js';
import { onTerminal } from '../support/feedrate-cli.js';
import { assertHarmless, COMMAND_FIRST, HOSTILE } from '../support/hostile.js';
import { type HostileResults, hostileResults } from '../support/hostile-runs.js';
import { needTool } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/hostile-names');

const WORKLOAD = `name: quick
trials: { sessions: 1, rounds: 1 }
jobs:
  read: { rw: read, bs: 64k, size: 1m, runtime: 200ms, cache: as-is, ioengine: psync }
`;

const POLICY = {
  Version: '2012-10-17',
  Statement: {
    Sid: HOSTILE,
    Effect: 'Allow',
    Principal: '*',
    Action: '*',
    Resource: '*',
    Condition: { StringLike: { [HOSTILE]: [HOSTILE, `\${${HOSTILE}}`] } },
  },
};

interface World extends HostileResults {
  readonly directory: string;
  readonly target: string;
  /** A workload file with a hostile name, and bad ones. */
  readonly workload: string;
  readonly bad: readonly string[];
  /** An IAM policy with hostile names in it. */
  readonly policy: string;
}

function worldIn(directory: string): World {
  const target = join(directory, `target ${HOSTILE}`);
  mkdirSync(target);
  const write = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return name;
  };
  return {
    ...hostileResults(directory),
    directory,
    target,
    workload: write(`good ${HOSTILE}.yaml`, WORKLOAD),
    policy: write(`policy ${HOSTILE}.json`, JSON.stringify(POLICY)),
    bad: [
      write(`named ${HOSTILE}.yaml`, WORKLOAD.replace('quick', JSON.stringify(COMMAND_FIRST))),
      write(`job ${HOSTILE}.yaml`, WORKLOAD.replace('read:', `${JSON.stringify(HOSTILE)}:`)),
      write(`value ${HOSTILE}.yaml`, WORKLOAD.replace('64k', JSON.stringify(HOSTILE))),
      write(`field ${HOSTILE}.yaml`, `${WORKLOAD}${JSON.stringify(HOSTILE)}: 1\n${JSON.stringify(COMMAND_FIRST)}: 1\n`),
      write(`syntax ${HOSTILE}.yaml`, `${HOSTILE}: [\n${HOSTILE}`),
      write(`alias ${HOSTILE}.yaml`, `jobs: *\u001b[2J\u009bx\n`),
    ],
  };
}

/** Leaves a data directory and the scratch directories of dead runs, one of another machine. */
function leaveBehind(target: string): void {
  for (const [run, kind] of [
    ['20261123T191203Z_quick_a1f3', 'scratch'],
    ['20261123T191203Z_quick_a1f3', 'data'],
    ['20261123T191203Z_quick_a1f4', 'scratch'],
  ] as const) {
    const path = createOwnDirectory({ path: target }, run, kind);
    releaseOwnDirectory(path, run);
    const marker = JSON.parse(readFileSync(join(path, 'FEEDRATE'), 'utf8'));
    const elsewhere = { ...marker.process, hostname: HOSTILE, bootId: HOSTILE };
    const changed = run.endsWith('4') ? { process: elsewhere } : {};
    const text = JSON.stringify({ ...marker, runId: HOSTILE, createdAt: HOSTILE, ...changed });
    writeFileSync(join(path, 'FEEDRATE'), text);
  }
}

type Lines = (world: World) => readonly (readonly string[])[];

const FORMATS = ['table', 'md', 'json'];
const TARGET = ['-t', `missing ${HOSTILE}`];

/** Wrong words after a command line: more arguments, an unknown option, and these options with a wrong value. */
function badWords(before: readonly string[], ...options: string[]): string[][] {
  return [
    [...before, `--${HOSTILE}`],
    [...before, HOSTILE, HOSTILE, HOSTILE],
    ...options.flatMap((option) => [
      [...before, option, HOSTILE],
      [...before, option, `${HOSTILE}=${HOSTILE}`],
    ]),
  ];
}

/** What each command is asked. A new command needs a row. */
const ASKED: Readonly<Record<string, Lines>> = {
  run: ({ workload, bad, target, results }) => [
    ['run', workload, '-t', target, '--dry-run', '--label', `${HOSTILE}=${HOSTILE}`],
    ['run', workload, '-t', `a=${target}`, '--dry-run', '--format', 'json'],
    ...bad.map((file) => ['run', file, '-t', target, '--dry-run']),
    ...['line', 'json', 'none'].map((mode) => [
      ...['run', workload, '-t', target, '-o', results, '--label', `${HOSTILE}=${HOSTILE}`, '--progress', mode],
    ]),
    ['run', `missing ${HOSTILE}`, '-t', target],
    ['run', workload, '--print-workload', '--set', `description=${HOSTILE}`],
    ['run', workload, '--rw', HOSTILE],
    ...badWords(['run', '--dry-run'], '--rw', '--bs', '--kind', '--name', '--direct', '--size'),
    ['run', workload, ...TARGET],
    ['run', workload, '-t', target, '-o', join(workload, 'in a file')],
    ['run', workload, '-t', target, '--junit', join(workload, 'x')],
    ...badWords(['run', workload, '-t', target], '--set', '-P', '--engine', '--format', '--seed', '-t'),
  ],
  record: ({ directory }) => [
    ['record', '-o', `${HOSTILE}.txt`, '--', 'true'],
    ['record', '-o', join(directory, 'w.yaml', `${HOSTILE}.yaml`), '--', 'true'],
    ...badWords(['record', '-o', 'x.txt', '--path'], '--output'),
  ],
  workloads: () => [['workloads', HOSTILE], ...badWords(['workloads'], '--format')],
  init: ({ directory }) => [
    ['init', join(directory, 'no', HOSTILE)],
    ['init', join(directory, HOSTILE.replaceAll('/', ' '))],
    ['init', join(directory, HOSTILE.replaceAll('/', ' '))],
    ...badWords(['init', '-'], '--for', '--rw', '--bs', '--kind', '--name', '--direct', '--size'),
  ],
  'mount-matrix': ({ workload }) => [
    ['mount-matrix', workload, '--export', HOSTILE, '--mount', 'vers=3'],
    ['mount-matrix', workload, '--export', 'a:/b', '--mount', HOSTILE],
    ['mount-matrix', `missing ${HOSTILE}`],
  ],
  prepare: ({ workload, bad, target }) => [
    ['prepare', workload, '-t', target],
    ['prepare', workload, ...TARGET],
    ...bad.map((file) => ['prepare', file, '-t', target]),
    ...badWords(['prepare', workload, '-t', target], '--set', '-P', '--engine', '--seed', '--progress'),
  ],
  show: ({ results, whole, damaged, directory }) => [
    ...[...whole, ...damaged].flatMap((run) =>
      FORMATS.map((format) => ['show', run, '-o', results, '--format', format]),
    ),
    ...[...whole, ...damaged].map((run) => ['show', run, '-o', results, '--workload']),
    ['show', `missing ${HOSTILE}`, '-o', results],
    ['show', '', '-o', results],
    ['show', 't', '-o', results],
    ['show', HOSTILE, '-o', results],
    ['show', '-o', join(directory, HOSTILE)],
    ...whole.map((run) => ['show', run, '-o', results, '--junit', join(directory, 'no', HOSTILE)]),
    ...badWords(['show', '-o', results], '--format', '--bmf'),
  ],
  list: ({ results }) => [
    ['list', '-o', results],
    ['list', '-o', results, '--format', 'json'],
    ['list', '-o', HOSTILE],
    ...badWords(['list'], '--format', '-o'),
  ],
  merge: ({ results, whole: [one = '', two = ''], damaged }) => [
    ['merge', HOSTILE, '-o', results],
    ['merge', one, two, '-o', results],
    ...damaged.map((run) => ['merge', one, run, '-o', results]),
  ],
  compare: ({ results, whole: [one = '', two = ''], damaged }) => [
    ...FORMATS.flatMap((format) => [
      ['compare', one, two, '-o', results, '--format', format],
      ['compare', two, '--cols', 'target', '-o', results, '--format', format],
      ['compare', one, two, '--ignore', 'kernel', '--cols', 'run', '-o', results, '--format', format],
    ]),
    ...damaged.map((run) => ['compare', one, run, '-o', results]),
    ['compare', one, two, '-o', results, '--where', `bs=${HOSTILE}`],
    ['compare', one, two, '-o', results, '--where', `${HOSTILE}=${HOSTILE}`],
    ['compare', one, two, '-o', results, '--rows', HOSTILE],
    ['compare', one, two, '-o', results, '--cols', HOSTILE],
    ...badWords(['compare', one, two, '-o', results], '-m', '--where', '--alpha', '--min-effect', '--unit', '--ignore'),
  ],
  gate: ({ results, whole: [one = '', two = ''], damaged, directory }) => [
    ...FORMATS.map((format) => ['gate', two, '--baseline', one, '-o', results, '--format', format]),
    ['gate', two, '--baseline', 'main', '-o', results, '--junit', join(directory, 'junit.xml')],
    ...damaged.flatMap((run) => [
      ['gate', run, '--baseline', 'main', '-o', results],
      ['gate', two, '--baseline', run, '-o', results],
    ]),
    ['gate', two, '--baseline', HOSTILE, '-o', results],
    ...badWords(['gate', two, '-o', results], '-m', '--where', '--alpha', '--budget', '--looks'),
  ],
  report: ({ results, whole: [one = '', two = ''], damaged, directory }) => [
    ...[[one], [one, two], [one, '--compare'], ...damaged.map((run) => [run])].map((runs, index) => [
      ...['report', ...runs, '--results', results, '-o', join(directory, `${index}${HOSTILE}.html`)],
    ]),
    ['report', one, '--results', results],
    ['report', '--history', '--workload', `${COMMAND_FIRST}quick`, '--results', results, '-o', join(directory, 'h')],
    ['report', one, '--results', results, '-o', results],
    ['report', HOSTILE, '--results', results],
    ...badWords(['report', one, '--results', results], '-m', '--where', '--alpha'),
  ],
  history: ({ results, directory }) => [
    ...FORMATS.map((format) => ['history', '-o', results, '--format', format]),
    ...FORMATS.map((format) => ['history', '-o', results, '--workload', `${COMMAND_FIRST}quick`, '--format', format]),
    ['history', '-o', results, '--workload', HOSTILE],
    ['history', '-o', results, '--since', HOSTILE],
    ['history', '-o', results, '--limit', HOSTILE],
    ['history', '-o', join(directory, HOSTILE)],
    ...badWords(['history', '-o', results], '-t', '--where', '-m'),
  ],
  baseline: ({ results, whole: [one = ''], damaged: [half = ''] }) => [
    ['baseline', 'save', HOSTILE, '-o', results],
    ['baseline', 'save', 'mine', HOSTILE, '-o', results],
    ['baseline', 'save', 'mine', one, '-o', results],
    ['baseline', 'save', 'main', half, '-o', results],
    ['baseline', 'list', '-o', results],
    ['baseline', 'list', '-o', results, '--format', 'json'],
    ...FORMATS.map((format) => ['baseline', 'show', 'main', '-o', results, '--format', format]),
    ['baseline', 'show', HOSTILE, '-o', results],
    ['baseline', 'remove', HOSTILE, '-o', results],
    ['baseline', HOSTILE],
  ],
  // What a store says: store/bucket.
  export: ({ results, damaged: [half = ''] }) => [
    ['export', HOSTILE],
    ['export', `s3://${HOSTILE}`],
    ['export', 's3://bucket/runs', HOSTILE, '-o', results],
    ['export', 's3://bucket/runs', half, '-o', results],
    ['export', HOSTILE, '--format', 'csv'],
    ['export', '--format', 'fio-json', '--table', HOSTILE],
    ['export', '--format', 'csv', '--table', HOSTILE, '--results', results],
    // The other formats have no such escapes: a pipe has every character as it is, as with `show --format csv`.
    ['export', '--format', 'fio-json', '--results', results],
  ],
  calibrate: ({ workload, bad: [named = ''], target }) => [
    ['calibrate', ...TARGET],
    ['calibrate', `missing ${HOSTILE}`, '-t', target],
    ['calibrate', named, '-t', target],
    ['calibrate', workload, '-t', target, '--inject', HOSTILE],
    ['calibrate', workload, '-t', target, '--sessions', HOSTILE],
  ],
  feed: ({ target }) => [
    ['feed', ...TARGET, '--model', 'unet3d-h100'],
    ['feed', '-t', target, '--model', HOSTILE],
    ['feed', '-t', target, '--record', HOSTILE],
    ['feed', '-t', target, '--model', 'unet3d-h100', '--set', `${HOSTILE}=1`, '--dry-run'],
    ['feed', '-t', target, '--model', 'unet3d-h100', '--engine', HOSTILE, '--dry-run'],
    ...badWords(['feed', '-t', target, '--model', 'unet3d-h100'], '--data-format', '--reader', '--budget', '--format'),
  ],
  doctor: ({ target }) => [
    ['doctor', '-t', target, '--no-measure'],
    ['doctor', '-t', target],
    ['doctor', '-t', target, '--format', 'json', '--no-measure'],
    ['doctor', ...TARGET],
    ['doctor', '-t', `nfs://${HOSTILE}/x`],
    ['doctor', '-t', `nfs://server/${HOSTILE}`],
  ],
  'import dlio': ({ directory }) => {
    const file = `dlio ${HOSTILE}.yaml`;
    const values = {
      train: { computation_time: 1, [HOSTILE]: HOSTILE },
      reader: { data_loader: HOSTILE },
      [HOSTILE]: 1,
    };
    writeFileSync(join(directory, file), JSON.stringify(values));
    return [
      ['import', 'dlio', file],
      ['import', 'dlio', file, `++workload.dataset.format=${HOSTILE}`],
      ['import', 'dlio', file, `++${HOSTILE}`],
      ['import', 'dlio', `missing ${HOSTILE}`],
      ...badWords(['import', 'dlio', file], '--ranks', '--reader'),
    ];
  },
  'import file': () => [
    ['import', `missing ${HOSTILE}`],
    ['import', 'file', `missing ${HOSTILE}`],
  ],
  'import fio': ({ directory }) => {
    const file = `fio ${HOSTILE}.fio`;
    const bad = `bad ${HOSTILE}.fio`;
    const plain = HOSTILE.replaceAll(/[\r\n;#]/g, '');
    writeFileSync(join(directory, file), `[${plain}]\nsize=1m\nfilename=${plain}:x\ndirectory=${plain}\nnumjobs=2\n`);
    writeFileSync(join(directory, bad), `[a]\n${plain}=${plain}\nrw=${plain}\ninclude ${plain}\n`);
    return [
      ['import', 'fio', file],
      ['import', file],
      ['import', 'fio', bad],
      ['import', 'fio', file, '-o', `workload ${HOSTILE}.yaml`],
      ['import', 'fio', `missing ${HOSTILE}`],
    ];
  },
  'import results': ({ directory, results }) => {
    const file = `results ${HOSTILE}.json`;
    const job = { jobname: HOSTILE, 'job options': { rw: HOSTILE, bs: HOSTILE }, read: { io_bytes: 1, runtime: 1 } };
    writeFileSync(join(directory, file), JSON.stringify({ 'fio version': HOSTILE, timestamp: 1, jobs: [job] }));
    return [
      ['import', 'results', file, '-o', `${results}-foreign`],
      ['import', 'results', file, '-t', HOSTILE, '--label', HOSTILE, '-o', `${results}-foreign`],
      ['import', 'results', `missing ${HOSTILE}`],
    ];
  },
  'import elbencho': ({ directory, results }) => {
    const file = `elbencho ${HOSTILE}.csv`;
    writeFileSync(
      join(directory, file),
      `ISO date,operation,label,block size,time ms [first],MiB [first]\n${HOSTILE},READ,${HOSTILE},4096,1,1\n`,
    );
    return [
      ['import', 'elbencho', file, '-o', `${results}-foreign`],
      ['import', 'elbencho', `missing ${HOSTILE}`],
    ];
  },
  'import trace': ({ directory }) => {
    const file = `trace ${HOSTILE}.txt`;
    const lines = [
      `10 1.5 openat(AT_FDCWD, "/data/${HOSTILE}", O_RDONLY) = 3 <0.1>`,
      `10 1.6 read(3, "${HOSTILE}", 4096) = 9 <0.1>`,
    ];
    writeFileSync(join(directory, file), `${lines.join('\n')}\n`);
    writeFileSync(join(directory, `damaged ${HOSTILE}`), `${HOSTILE}\n${HOSTILE}`);
    return [
      ['import', 'trace', file],
      ['import', 'trace', file, '-o', `replay ${HOSTILE}.yaml`, '--path', HOSTILE],
      ['import', 'trace', file, '-o', join(HOSTILE, 'replay.yaml')],
      ['import', 'trace', `damaged ${HOSTILE}`],
      ['import', 'trace', `missing ${HOSTILE}`],
    ];
  },
  'iam lint': ({ directory }) => {
    const statement = { Sid: HOSTILE, Effect: COMMAND_FIRST, Action: HOSTILE, Resource: `arn:aws:${HOSTILE}:::a` };
    const policies = {
      [`policy ${HOSTILE}.json`]: JSON.stringify({ Version: HOSTILE, [HOSTILE]: 1, Statement: [statement] }),
      [`condition ${HOSTILE}.json`]: JSON.stringify({
        Statement: { Principal: { [HOSTILE]: HOSTILE }, Condition: { [HOSTILE]: { [HOSTILE]: HOSTILE } } },
      }),
      [`syntax ${HOSTILE}.json`]: `{"Statement": ${HOSTILE}`,
    };
    for (const [name, text] of Object.entries(policies)) writeFileSync(join(directory, name), text);
    return [
      ...['table', 'json', 'sarif'].map((format) => ['iam', 'lint', '--format', format, ...Object.keys(policies)]),
      ['iam', 'lint', `missing ${HOSTILE}`],
      ...badWords(['iam', 'lint', ...Object.keys(policies)], '--type', '--service', '--format'),
    ];
  },
  'iam check': ({ policy, bad }) => {
    const check = ['iam', 'check', '--action', 's3:GetObject', '--resource', `arn:aws:s3:::${HOSTILE}/x`];
    const asked = [...check, '--principal', 'anonymous', '--resource-policy'];
    return [
      [...asked, policy],
      [...asked, policy, '--format', 'json'],
      [...asked, policy, '--context', `${HOSTILE}=${HOSTILE}`],
      [...asked, policy, '--cautious'],
      ...[...bad, HOSTILE].map((file) => [...asked, file]),
      [...asked, `arn:${HOSTILE}=${policy}`],
      [...check, '--role', HOSTILE],
      ...badWords([...asked, policy], '--context', '--can', '--principal', '--action', '--boundary', '--bucket'),
    ];
  },
  'iam policy': () => [
    ['iam', 'policy', '--for', 'results', '--bucket', `s3://runs/${HOSTILE}`],
    ...badWords(['iam', 'policy', '--for', 'describe'], '--for', '--region', '--key', '--volume', '--format'),
  ],
  'fsx cost': ({ results, whole: [one = ''], bad, directory }) => [
    ...bad.flatMap((file) => [
      ['fsx', 'cost', one, '-o', results, '--prices', file],
      ['show', one, '-o', results, '--ceilings', file],
    ]),
    ['fsx', 'cost', one, '-o', results, '--prices', join(directory, HOSTILE)],
    ['fsx', 'cost', HOSTILE, '-o', results],
    [
      'fsx',
      'cost',
      one,
      '-o',
      results,
      '--region',
      HOSTILE,
      '--deployment',
      HOSTILE,
      '--throughput',
      '1',
      '--ssd-gib',
      '1',
    ],
    ...badWords(['fsx', 'cost', one, '-o', results], '-t', '--iops', '--dataset', '--rate', '--format'),
  ],
  'fsx metrics': ({ results, whole: [one = ''] }) => [
    ['fsx', 'metrics', HOSTILE, '-o', results],
    ['fsx', 'metrics', one, '-o', results, '--file-system', HOSTILE],
    ['fsx', 'metrics', one, '-o', results, '--file-system', 'fs-0123456789abcdef0', '--volume', HOSTILE],
    ...badWords(['fsx', 'metrics', one, '-o', results], '--wait', '--region', '--format'),
  ],
  'fsx ontap': ({ target }) => [
    ['fsx', 'ontap', '-t', target, '--ontap', HOSTILE],
    ['fsx', 'ontap', ...TARGET, '--ontap', '127.0.0.1:1'],
    ['fsx', 'ontap', '--volume', HOSTILE, '--ontap', '127.0.0.1:1'],
    ['fsx', 'ontap', '--volume', 'svm/v', '--ontap', '127.0.0.1:1', '--ontap-ca', HOSTILE],
    ...badWords(
      ['fsx', 'ontap', '-t', target, '--ontap', '127.0.0.1:1'],
      '--during',
      '--ontap-fingerprint',
      '--format',
    ),
  ],
  'fsx tiering': ({ target, bad }) => [
    ['fsx', 'tiering', '-t', `a=${target}`, '-t', `${HOSTILE}=${target}`],
    ['fsx', 'tiering', ...TARGET, '--policies', 'NONE,ALL'],
    ['fsx', 'tiering', '-t', target, '--policies', HOSTILE],
    ['fsx', 'tiering', '-t', target, '--policies', 'NONE,ALL', '--volume', HOSTILE],
    ...bad.map((file) => ['fsx', 'tiering', file, '-t', target, '--policies', 'NONE,ALL']),
    ...badWords(['fsx', 'tiering', '-t', target, '--policies', 'NONE,ALL'], '--region', '--dataset-id', '--set', '-P'),
  ],
  'fsx describe': ({ target }) => [
    ['fsx', 'describe', '-t', target],
    ['fsx', 'describe', ...TARGET],
    ['fsx', 'describe', '-t', `nfs://${HOSTILE}/x`],
    ['fsx', 'describe', '-t', `nfs://127.0.0.1/${HOSTILE}`, '--region', HOSTILE],
    ['fsx', 'describe', '--volume', HOSTILE],
    ...badWords(['fsx', 'describe'], '--format'),
  ],
  'notebook script': ({ workload }) => [
    ['notebook', 'script', '-t', `svm:/${HOSTILE}`],
    ['notebook', 'script', '-t', 'svm:/a', '--out', join(workload, HOSTILE)],
    ['notebook', 'script', '--export', HOSTILE, '--mount', 'vers=3', '--mount', 'vers=4.1'],
    ...badWords(
      ['notebook', 'script', '-t', 'svm:/a'],
      ...['-t', '--mount', '--below', '--for', '--as', '--user', '--read-ahead', '--tries', '--mount-timeout'],
      ...['--feedrate', '--feedrate-hash', '--stub'],
    ),
  ],
  guide: () => [['guide'], ['guide', HOSTILE]],
  schema: () => [['schema'], ['schema', HOSTILE]],
  completion: () => [
    ['completion', 'bash'],
    ['completion', HOSTILE],
  ],
  clean: ({ target }) => [
    ['clean', '-t', target],
    ['clean', '-t', target, '--yes'],
    ['clean', '-t', target, '--yes', '--data', '--elsewhere'],
    ['clean', '-t', target],
    ['clean', ...TARGET],
    ...badWords(['clean', '-t', target], '-t'),
  ],
};

/** The annotation of a gate is the one command that feedrate gives to GitHub. */
const ANNOTATION = /^::(?:error|warning|notice) title=feedrate gate%3A [a-z]+::/gm;

test('every subcommand is asked, or every part of it', () => {
  const isAsked = (name: string) => ASKED[name] !== undefined;
  const parts = createProgram().commands.flatMap((command) =>
    isAsked(command.name()) ? [] : command.commands.map((part) => `${command.name()} ${part.name()}`),
  );
  const whole = SUBCOMMANDS.map(({ name }) => name).filter(isAsked);
  assert.equal(Object.keys(ASKED).sort(), [...whole, ...parts].sort());
});

for (const [name, lines] of Object.entries(ASKED)) {
  test(`${name} obeys no name`, () =>
    withTemporaryDirectory(async (directory) => {
      const world = worldIn(directory);
      if (name === 'clean') leaveBehind(world.target);
      const summary = join(directory, 'summary.md');
      for (const words of lines(world)) {
        const environment = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary, FEEDRATE_DEBUG: '' };
        const { stdout, stderr } = await feedrateHere(words, { cwd: directory, environment });
        const what = words.map((word) => word.slice(0, 20)).join(' ');
        assertHarmless(stdout, `stdout of ${what}`);
        assertHarmless(stderr, `stderr of ${what}`, ANNOTATION);
        assert.not.match(stderr, /bug in feedrate/, what);
        assert.ok(stderr.trimEnd().split('\n').length <= 25, `${what}:\n${stderr}`);
        assert.ok(stdout + stderr !== '', what);
      }
      if (readdirSync(directory).includes('summary.md'))
        assertHarmless(readFileSync(summary, 'utf8'), 'the step summary');
    }));
}

test('help, unknown commands and completions obey no name', () =>
  withTemporaryDirectory(async (directory) => {
    const { results, target } = worldIn(directory);
    leaveBehind(target);
    for (const words of [
      [HOSTILE],
      ['help', HOSTILE],
      [`--${HOSTILE}`],
      ['complete', '--', 'run', ''],
      ['complete', '--', 'run', HOSTILE.slice(0, 3)],
      ['complete', '--', 'show', ''],
      ['complete', '--', 'show', '-o', results, ''],
      ['complete', '--', HOSTILE, HOSTILE],
    ]) {
      const { stdout, stderr } = await feedrateHere(words, { cwd: directory });
      const what = words.map((word) => word.slice(0, 20)).join(' ');
      // The format of completions: a tab before each description.
      assertHarmless(stdout, `stdout of ${what}`, words[0] === 'complete' ? '\t' : '');
      assertHarmless(stderr, `stderr of ${what}`);
    }
  }));

test('on a terminal, too: only feedrate’s own colours and its own line', () => {
  needTool('python3');
  return withTemporaryDirectory((directory) => {
    const { results, whole, damaged, workload, target } = worldIn(directory);
    const [one = '', two = ''] = whole;
    const own = new RegExp(`\r\n|${'\u001b'}\\[(?:3[1269]|1|2|22)m|\r${'\u001b'}\\[K`, 'g');
    for (const words of [
      ['list', '-o', results],
      ...['table', 'md', 'csv', 'json'].map((format) => ['show', one, '-o', results, '--format', format]),
      ['show', damaged[0] ?? '', '-o', results],
      ['compare', one, two, '-o', results],
      ['gate', two, '--baseline', 'main', '-o', results],
      ['run', workload, '-t', target, '-o', results, '--label', `${HOSTILE}=${HOSTILE}`],
    ]) {
      // NO_COLOR is unset by an empty value.
      const { stdout } = onTerminal(words, { cwd: directory, columns: 200 }, { NO_COLOR: '' });
      assert.ok(stdout.length > 100, stdout);
      assertHarmless(stdout.replaceAll(own, '\n'), words.join(' ').slice(0, 20));
    }
  });
});

test('JSON and piped CSV keep every character', () =>
  withTemporaryDirectory(async (directory) => {
    const { results, whole } = worldIn(directory);
    const asked = ['show', whole[0] ?? '', '-o', results, '--format'];
    const json = await feedrateHere([...asked, 'json'], { cwd: directory });
    assert.is(JSON.parse(json.stdout).labels[`volume${HOSTILE}`], `flexgroup${HOSTILE}`);
    const csv = await feedrateHere([...asked, 'csv'], { cwd: directory });
    assert.ok(csv.stdout.includes(`"read/a${HOSTILE.replaceAll('"', '""')}"`), csv.stdout);
  }));

test.run();
