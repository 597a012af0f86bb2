import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { detailLines } from '../../src/report/charts/run-detail.js';
import { viewRun } from '../../src/report/run/run-view.js';
import { barLines } from '../../src/report/table/bar-lines.js';
import { columnsOf } from '../../src/report/table/columns.js';
import { around, measuredRun } from '../support/measured-runs.js';
import { latencies, makeArm, makeRun } from '../support/records.js';

const test = suite('report/run-detail');

function detailOf(names: readonly string[], columns: number): string[] {
  const read = latencies(...Array.from({ length: 400 }, (_, index) => 1e5 * (index + 1)));
  const arms = names.map((name, index) => ({
    arm: makeArm('read', [{ name: 'bs', label: name }]),
    levels: around(1e9 / (index + 1), 2),
    trials: { latency: { read } },
  }));
  const { run, trials } = measuredRun('detail', arms);
  return detailLines(viewRun(run, trials, []), columns).flat();
}

test('results are bars from zero, and percentiles a ladder up to what their number supports', () => {
  const lines = detailOf(['4KiB', '1MiB'], 80);
  const bars = lines.filter((line) => line.includes('B/s'));
  const lengthOf = (line: string) => [...line].filter((character) => character === '█').length;
  assert.is(bars.length, 2);
  assert.is(Math.round(lengthOf(bars[0] as string) / lengthOf(bars[1] as string)), 2);
  const rungs = lines.filter((line) => /^ {2}(p\d|max)/.test(line)).map((line) => line.trim().split(/ +/)[0]);
  // 800 operations support p99, and not p99.9.
  assert.equal(rungs, ['p50', 'p90', 'p99', 'max', 'p50', 'p90', 'p99', 'max']);
});

test('lines fit into the terminal, whatever the names are', () => {
  for (const columns of [40, 80, 120]) {
    for (const line of detailOf(['4KiB', 'x'.repeat(500), '測'.repeat(300), '\u001b[31m\n'], columns)) {
      if (line.startsWith('  ')) assert.ok(columnsOf(line) <= columns, `${columns}: ${columnsOf(line)} ${line}`);
      if (line.startsWith('  ')) assert.not.match(line, '\u001b');
    }
  }
});

test('a run without results has no bars', () => {
  assert.equal(detailLines(viewRun(makeRun([makeArm('read')], 1), [], []), 80).flat(), []);
});

test('a small value has a bar, and none has no value', () => {
  const lines = barLines(
    [
      { name: 'a', text: '1', part: 1 },
      { name: 'b', text: '0.001', part: 1e-6 },
      { name: 'c', text: 'failed', part: null },
      { name: 'd', text: '0', part: 0 },
    ],
    40,
  );
  assert.match(lines[0] ?? '', /█{5}/);
  assert.match(lines[1] ?? '', /▏$/);
  assert.match(lines[2] ?? '', /failed$/);
  assert.match(lines[3] ?? '', /0$/);
});

test.run();
