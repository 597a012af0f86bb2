import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { describeFailure } from '../../src/cli/output/failure.js';

const test = suite('cli/failure');

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (thrown) {
    return thrown;
  }
  return assert.unreachable('it should have thrown');
}

test('a user error is its message; its code says the status', () => {
  const error = new FeedrateError('target', 'target a: /x is not a directory');
  assert.equal(describeFailure(error, false), { lines: ['feedrate: target a: /x is not a directory'], status: 2 });
  assert.is(describeFailure(new FeedrateError('measurement', 'm'), false).status, 5);
});

test('the faults of an input stand one on each line', () => {
  const issues = [
    { where: 'w.yaml:2:3', message: 'first' },
    { where: '--set bs', message: 'second\nhalf' },
  ];
  const { lines } = describeFailure(new FeedrateError('workload', 'w.yaml: 2 faults', { issues }), false);
  assert.equal(lines, ['w.yaml:2:3: first', '--set bs: second half']);
});

test('of many faults the first twenty are told, and the rest is counted', () => {
  const issues = Array.from({ length: 20_000 }, (_, i) => ({ where: `w.yaml:${i}:1`, message: 'odd' }));
  const linesOf = (count: number) =>
    describeFailure(new FeedrateError('workload', 'm', { issues: issues.slice(0, count) }), false).lines;
  assert.is(linesOf(20).length, 20);
  assert.equal(linesOf(21).slice(19), ['w.yaml:19:1: odd', '… and 1 more']);
  assert.is(linesOf(20_000).length, 21);
  assert.is(linesOf(20_000).at(-1), '… and 19,980 more');
});

test('a failed system call is no defect', () => {
  const failure = describeFailure(
    thrownBy(() => readFileSync('/nonexistent/x')),
    false,
  );
  assert.equal(failure.lines, ["feedrate: ENOENT: no such file or directory, open '/nonexistent/x'"]);
  assert.is(failure.status, 5);
});

test('anything else is a defect, with a stack only on demand', () => {
  const expected = 'feedrate: oops: this is a bug in feedrate (set FEEDRATE_DEBUG=1 to see where)';
  assert.equal(describeFailure(new Error('oops'), false), { lines: [expected], status: 5 });
  assert.ok(describeFailure(new Error('oops'), true).lines.some((line) => /^\s+at .*failure\.test/.test(line)));
  assert.is(describeFailure('a text', false).lines.length, 1);
  assert.is(describeFailure(undefined, false).status, 5);
});

test('what commander has said is not said again', () => {
  assert.equal(describeFailure(new CommanderError(1, 'commander.unknownOption', 'x'), false), { lines: [], status: 2 });
  assert.equal(describeFailure(new CommanderError(0, 'commander.helpDisplayed', ''), false), { lines: [], status: 0 });
});

test.run();
