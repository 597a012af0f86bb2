/** Workloads by name, from options, from standard input and from questions, as a user meets them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FIELD_TABLE } from '../../src/cli/options/field-table.js';
import { createProgram } from '../../src/cli/program.js';
import { installedWorkloads } from '../../src/run/workload-text.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { feedrate } from '../support/command-thread.js';
import { inShell, onTerminal } from '../support/feedrate-cli.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/workloads');

/** The YAML of an ad hoc job. */
function yamlOf(...words: string[]): string {
  const { status, stdout, stderr } = feedrate(['run', ...words, '--print-workload']);
  assert.is(status, 0, stderr);
  return stdout;
}

test('the list names every installed workload with its description, and a name prints the file', () => {
  const names = [...installedWorkloads().keys()];
  const { stdout } = feedrate(['workloads']);
  for (const name of names) assert.match(stdout, new RegExp(`^${name} +(?:≥ )?\\S+ \\S+ +\\S`, 'm'));
  const entries = JSON.parse(feedrate(['workloads', '--format', 'json']).stdout) as Record<string, unknown>[];
  assert.equal(
    entries.map(({ name }) => name),
    names,
  );
  assert.ok(entries.every(({ writtenBytes, expectedNs }) => Number(writtenBytes) >= 0 && Number(expectedNs) > 0));
  const quick = installedWorkloads().get('quick') ?? '';
  assert.is(feedrate(['workloads', 'quick']).stdout, readFileSync(quick, 'utf8'));
  assert.match(feedrate(['workloads', 'quik']).stderr, /did you mean quick\?\n$/);
});

test('an ad hoc job runs, and the run keeps its workload', () =>
  withTemporaryDirectory((directory) => {
    const job = ['--rw', 'randread', '--bs', '4k,128k', '--numjobs', '4', '--ioengine', 'simulated'];
    mkdirSync(join(directory, 't'));
    const { status, stderr } = feedrate(
      ['run', ...job, '-t', 't', '--progress', 'none', '--set', 'trials.rounds=1'],
      directory,
    );
    assert.is(status, 0, stderr);
    assert.match(stderr, /^--size is not given; each worker gets 256MiB of files\n/);
    const { stdout } = feedrate(['show', '--workload'], directory);
    assert.is(stdout, `# changed by --set trials.rounds=1\n${yamlOf(...job)}`);
    assert.is(parseWorkload(stdout, 'w.yaml').name, 'ad-hoc');
    const again = feedrate(['run', 'quick', '--print-workload', '--set', 'runtime=2s', '-P', 'bs=4k,8k']).stdout;
    assert.match(again, /^# changed by --set runtime=2s\n# changed by -P bs=4k,8k\n# yaml-language-server/);
  }));

test('every field of every kind is an option, with underscores and with hyphens', () => {
  const words = FIELD_TABLE.fields.map(({ word }) => word);
  assert.ok(words.includes('time_based') && words.includes('shard_size') && words[0] === 'kind');
  const program = createProgram(FIELD_TABLE);
  for (const name of ['run', 'prepare', 'calibrate', 'mount-matrix', 'init']) {
    const longs = program.commands.find((command) => command.name() === name)?.options.map(({ long }) => long) ?? [];
    for (const word of words) {
      for (const spelling of [word, word.replaceAll('_', '-')]) assert.ok(longs.includes(`--${spelling}`), word);
    }
    assert.is(new Set(longs).size, longs.length, name);
  }
  const same = ['--rw=randwrite', '--size=1m', '--runtime=1s'];
  const expected = yamlOf(...same, '--time_based', '--end_fsync', '--io_size', '2m');
  assert.match(expected, /time_based: true\n/);
  assert.is(yamlOf(...same, '--time-based', 'true', '--end-fsync', '--io-size=2m'), expected);
  assert.match(yamlOf(...same, '--direct', '1,0', '--name', 'mine'), /^name: mine\n[\s\S]*direct: \[1, 0\]\n/);
  assert.match(yamlOf('--rw', 'write', '--set', 'size=1m'), /rw: write\n$/);
});

test('options that are wrong, misplaced or fio’s are answered in the words of the language', () => {
  const said = (...words: string[]) => feedrate(['run', ...words]).stderr.trimEnd();
  assert.match(said('--bs', '4kb', '--size', '1m'), /^--bs 4kb: bs: "4kb" is not a size/);
  assert.is(said('--blocksize', '4k'), 'feedrate: --blocksize: feedrate has no such field; write bs');
  assert.match(said('--group_reporting'), /^feedrate: --group_reporting: .* workers are always reported together$/);
  assert.match(
    said('--directory=/x', '--rw', 'read'),
    /name targets on the command line with -t; to read files that exist, use .*feedrate read$/,
  );
  assert.match(said('--iodepht', '3'), /^feedrate: unknown option '--iodepht' \(Did you mean --iodepth\?\)$/);
  assert.is(
    said('quick', '--bs', '4k,8k', '--rw', 'read'),
    'feedrate: --rw read: describes a job, but the workload quick has its own; to change it, write --set rw=read -P bs=4k,8k',
  );
});

test('the help names all fields and stays short', () => {
  const { stdout } = feedrate(['run', '--help']);
  const block = /\nAd hoc job:\n[\s\S]*?\n\n( {2}every kind:[\s\S]*?)\n\n/.exec(stdout)?.[1] ?? '';
  // A field whose word is an option of the command is given by --set.
  const options = stdout.slice(0, stdout.indexOf('\nAd hoc job:'));
  const fields = FIELD_TABLE.fields.filter(({ word }) => !new RegExp(` --${word} `).test(options));
  assert.ok(FIELD_TABLE.fields.length - fields.length < 3);
  for (const { word } of fields) assert.match(block, `--${word}`);
  assert.ok(block.split('\n').length < 30);
  assert.ok(stdout.split('\n').every((line) => line.length <= 100));
  assert.match(feedrate(['guide', 'fields']).stdout, /\| `rwmixread` \|/);
});

test('- is standard input, unless that is a terminal', () =>
  withTemporaryDirectory((directory) => {
    const { status, stdout, stderr } = inShell('feedrate workloads quick | feedrate run - --dry-run', directory);
    assert.is(status, 0, stderr);
    assert.match(stdout, /^quick: 5 arms/);
    assert.match(
      inShell('echo "name: [" | feedrate prepare - -t .', directory).stderr,
      /^stdin:\d+:\d+: not valid YAML/,
    );
    const refused = onTerminal(['run', '-'], { cwd: directory });
    assert.is(refused.status, 2);
    assert.match(refused.stdout, /^feedrate: -: standard input is a terminal; pipe a workload into feedrate, or name/);
  }));

test('init writes a workload, and replaces none without --force', () =>
  withTemporaryDirectory((directory) => {
    const init = (...words: string[]) => feedrate(['init', ...words], directory);
    assert.match(init().stderr, /^wrote workload\.yaml\. Next: feedrate run workload\.yaml -t DIRECTORY --dry-run\n$/);
    const path = join(directory, 'workload.yaml');
    const before = readFileSync(path, 'utf8');
    assert.is(feedrate(['run', path, '--dry-run'], directory).status, 0);
    const refused = init('--for', 'small-files');
    assert.is(refused.status, 2);
    assert.match(refused.stderr, /it exists; choose another name, or replace it with --force\n$/);
    assert.is(readFileSync(path, 'utf8'), before);
    assert.is(init('--for', 'small-files', '--numjobs', '3', '--force').status, 0);
    assert.match(readFileSync(path, 'utf8'), /\n {4}numjobs: 3\n/);
    const faulty = init('new.yaml', '--rw', 'raed');
    assert.is(faulty.status, 2);
    assert.match(faulty.stderr, /^--rw raed: rw: "raed" is not one of .*; did you mean read\?\n$/);
    assert.not(existsSync(join(directory, 'new.yaml')));
    assert.match(init('-', '--rw', 'write', '--name', 'w').stdout, /\nname: w\n[\s\S]*\n {4}size: 256MiB\n$/);
    assert.match(init('no/such/x.yaml').stderr, /^feedrate: cannot write no\/such\/x\.yaml: ENOENT\n$/);
  }));

test('init asks on a terminal, again after a wrong answer, and writes nothing after Ctrl-D', () =>
  withTemporaryDirectory((directory) => {
    writeFileSync(join(directory, 'other.yaml'), 'mine');
    const answers = [
      ['number [1]', '9\n'],
      ['number [1]', '2\n'],
      ['How many files', 'many\n'],
      ['How many files', '2\n'],
      ['How large is a file', '1MiB\n'],
      ['How large is a record', '4k,64k\n'],
      ['How many workers', '\n'],
    ] as const;
    const { status, stdout } = onTerminal(['init', 'mine.yaml'], { cwd: directory, answers });
    assert.is(status, 0, stdout);
    assert.match(stdout, '"many" is not a whole number');
    const text = readFileSync(join(directory, 'mine.yaml'), 'utf8');
    assert.match(text, /nrfiles: 2\n[\s\S]*filesize: 1MiB\n[\s\S]*bs: \[4k, 64k\]\n[\s\S]*numjobs: 4\n/);
    assert.is(parseWorkload(text, 'mine.yaml').name, 'mine');
    const left = onTerminal(['init', 'left.yaml'], { cwd: directory, answers: [['number [1]', '\x04']] });
    assert.is(left.status, 130, left.stdout);
    assert.not(existsSync(join(directory, 'left.yaml')));
  }));

test.run();
