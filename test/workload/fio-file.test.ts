/** What is said about a job file of fio. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
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

test('the message names the command that makes a workload of it', () => {
  assert.is(
    fioFileError(FILE, '/jobs/my job.fio')?.message,
    "/jobs/my job.fio: is a job file of fio; make a workload from it: feedrate import '/jobs/my job.fio' -o 'my job.yaml'",
  );
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
