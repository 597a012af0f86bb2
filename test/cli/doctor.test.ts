import { existsSync, readdirSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnosis } from '../../src/record/finding.js';
import { withTmpfs } from '../run/place.js';
import { feedrate } from '../support/command-thread.js';
import { skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/doctor');

test('a directory is looked at and measured, and nothing is left in it', () =>
  withTemporaryDirectory((directory) => {
    const { status, stdout, stderr } = feedrate(['doctor', '-t', `here=${directory}`, '--format', 'json']);
    assert.equal([status, stderr], [0, '']);
    const [diagnosis] = JSON.parse(stdout) as Diagnosis[];
    assert.equal(diagnosis?.target, { name: 'here', path: directory });
    const checks = diagnosis?.findings.map(({ check }) => check) ?? [];
    for (const check of ['file system', 'space', 'memory', 'one stream']) assert.ok(checks.includes(check), check);
    assert.equal(readdirSync(directory), []);
  }));

test('without measuring nothing is written; what is bad ends with 1 only with --strict', () => {
  if (!existsSync('/dev/shm')) skipTest('there is no /dev/shm');
  const look = ['doctor', '-t', '/dev/shm', '--no-measure'];
  const { status, stdout } = feedrate(look);
  assert.is(status, 0);
  assert.match(stdout, /✗ │ file system │ tmpfs/);
  assert.match(stdout, /✗ file system: this is memory/);
  assert.not.match(stdout, /one stream/);
  // To check again is this command.
  assert.match(stdout, /^Next: fix what is marked ✗, then check again\n {4}feedrate doctor -t \/dev\/shm$/m);
  assert.is(feedrate([...look, '--strict']).status, 1);
});

test('a target with too little space to measure in is checked without measuring', () =>
  withTemporaryDirectory((directory) =>
    withTmpfs(directory, 'size=4m', () => {
      const { status, stderr } = feedrate(['doctor', '-t', directory]);
      assert.is(status, 2);
      assert.match(stderr, /ENOSPC: .*; use --no-measure to skip the measurement\n$/);
      assert.is(feedrate(['doctor', '-t', directory, '--no-measure']).status, 0);
      assert.equal(readdirSync(directory), []);
    }),
  ));

test('a target that is not there is told in one line', () => {
  const { status, stdout, stderr } = feedrate(['doctor', '-t', '/nonexistent/x']);
  assert.equal([status, stdout], [2, '']);
  assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
});

test.run();
