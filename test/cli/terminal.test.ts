/** What the built CLI writes to a terminal, seen through a pseudo-terminal that nobody here wrote. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { columnsOf } from '../../src/report/table/columns.js';
import { onTerminal } from '../support/feedrate-cli.js';
import { needTool } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/terminal');

const WORKLOAD = `name: short
trials: { sessions: 1, rounds: 1 }
jobs:
  randread: { rw: randread, bs: 64k, size: 8m, runtime: 800ms, time_based: true, rate_iops: 1000, cache: as-is }
`;

function withWorkload(use: (directory: string) => void): Promise<void> {
  needTool('python3');
  return withTemporaryDirectory((directory) => {
    writeFileSync(join(directory, 'w.yaml'), WORKLOAD);
    use(directory);
  });
}

/** The letters that end the control sequences of a text. */
function sequencesOf(text: string): Set<string | undefined> {
  const sequences = text.split('\x1b').slice(1);
  return new Set(sequences.map((part) => /^\[[0-9;?]*[ -/]*(.)/.exec(part)?.[1] ?? part.slice(0, 1)));
}

test('a run redraws one line that fits, with nothing but \\r and ESC[K, and leaves none of it behind', () =>
  withWorkload((directory) => {
    const { status, stdout } = onTerminal(['run', 'w.yaml', '-t', '.'], { columns: 50, cwd: directory });
    assert.is(status, 0, stdout);
    assert.equal(sequencesOf(stdout), new Set(['K']));
    const drawn = stdout.split('\r\x1b[K');
    assert.ok(drawn.length > 3, stdout);
    for (const line of drawn.slice(1, -1)) {
      assert.not.match(line, '\n');
      assert.ok(columnsOf(line) < 50, line);
    }
    assert.ok(
      drawn.some((line) => /^randread {2}.*\/s {2}p99 /.test(line)),
      stdout,
    );
    // The report is broken at words where it is wider.
    const report = (drawn.at(-1) ?? '').replaceAll('\r\n  ', ' ');
    assert.match(report, /^\d{8}T\d{6}Z_short_[0-9a-f]{4} {2}complete, 1 of 1 trial\r$/m);
  }));

test('a Jupyter cell gets lines without control sequences', () =>
  withWorkload((directory) => {
    const notebook = { JPY_PARENT_PID: '1' };
    const { status, stdout } = onTerminal(['run', 'w.yaml', '-t', '.'], { cwd: directory }, notebook);
    assert.is(status, 0, stdout);
    assert.equal(sequencesOf(stdout), new Set());
    assert.match(stdout, /s1r1t1 randread {2}.*p99 .*\r\n/);
    assert.is(stdout.replaceAll('\r\n', '').indexOf('\r'), -1);
  }));

test('Ctrl-C stops politely: the table of what was measured, status 130, no scratch left', () =>
  withWorkload((directory) => {
    const long = ['run', 'w.yaml', '-t', '.', '--set', 'runtime=20s', '--set', 'rw=randwrite'];
    const { status, stdout } = onTerminal(long, { columns: 120, cwd: directory, answers: [['p99', '\x03']] });
    assert.is(status, 130, stdout);
    assert.match(
      stdout,
      'stopping after the current operation; results so far are saved. Press Ctrl-C again to stop at once\r\n',
    );
    assert.match(stdout, /_short_[0-9a-f]{4} {2}aborted, 1 of 1 trial\r\n/);
    assert.equal(readdirSync(directory).sort(), ['results', 'w.yaml']);
  }));

test.run();
