/** What is said about a job file of fio. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FIELD_TABLE } from '../../src/cli/options/field-table.js';
import { createProgram } from '../../src/cli/program.js';
import { fioFileError } from '../../src/workload/fio-file.js';
import { needTool } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('workload/fio-file');

const FILE = `; four kilobytes at random
[global]
ioengine=libaio
size=1m
runtime=60
time_based
group_reporting
directory=/mnt/train

# a comment
[rand read]
rw=randread
bs=4k
iodepth=32

[mix]
readwrite=randrw
bs=4k,8k
rwmixwrite=30
bssplit=4k/60:64k/40
`;

const commandsOf = (text: string, path = 'job.fio'): string[] =>
  (fioFileError(text, path)?.issues ?? []).slice(1).map(({ where, message }) => `${where}: ${message}`);

test('each job has the command that comes nearest, and what that leaves out', () => {
  const shared = '--size 1m --runtime 60 --time_based';
  assert.equal(commandsOf(FILE), [
    `job.fio: [rand read]: feedrate run ${shared} --rw randread --bs 4k --iodepth 32 -t /mnt/train   (left out: ioengine=libaio)`,
    `job.fio: [mix]: feedrate run --name mix ${shared} --rw randrw --rwmixread 70 --bs 4k/60:64k/40 -t /mnt/train   (left out: ioengine=libaio, bs=4k,8k)`,
  ]);
  assert.match(
    fioFileError(FILE, 'job.fio')?.issues[0]?.message ?? '',
    /^is a job file of fio, which feedrate does not/,
  );
});

test('feedrate takes these commands', () => {
  for (const line of commandsOf(FILE)) {
    const words = (/feedrate (.*?)(?: {3}|$)/.exec(line)?.[1] ?? '').split(' ');
    const program = createProgram(FIELD_TABLE).exitOverride();
    program.commands.find((command) => command.name() === 'run')?.action(() => undefined);
    assert.not.throws(() => program.parse(words, { from: 'user' }));
  }
});

test('the content decides, and a name that ends in .fio helps', () => {
  assert.is.not(fioFileError(FILE, 'job.yaml'), null);
  assert.is.not(fioFileError('bs=4k\r\n[job]\r\n', 'job.fio'), null);
  for (const text of ['', 'name: x\n', '# [global]\nname: x\n', '{name: x}', '- [a]\n', '[a, b]: c\n'])
    assert.is(fioFileError(text, 'w.yaml'), null, text);
  assert.is(fioFileError('name: x\n', 'w.fio'), null);
});

test('the file is one that fio takes', () =>
  withTemporaryDirectory((directory) => {
    needTool('fio');
    // fio itself refuses a mix beside a plain size, and a file has its own directory.
    const text = FILE.replace('bs=4k,8k\n', '').replace('directory=/mnt/train', `directory=${directory}`);
    const path = join(directory, 'job.fio');
    writeFileSync(path, text);
    const { status, stderr } = spawnSync('fio', ['--parse-only', path], { encoding: 'utf8' });
    assert.is(status, 0, stderr);
  }));

test.run();
