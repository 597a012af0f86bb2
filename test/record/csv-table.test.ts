import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CellValue, csvHead, csvRows } from '../../src/record/csv-table.js';
import { summaryColumns, timeseriesColumns, trialRows } from '../../src/record/trial-columns.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';

const test = suite('record/csv');

/** What Python's csv module reads, which nobody here wrote. */
function readByPython(csv: string): string[][] {
  const program =
    'import csv,sys,json,io; json.dump(list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode(), newline=""))), sys.stdout)';
  return JSON.parse(execFileSync('python3', ['-c', program], { input: csv, encoding: 'utf8' })) as string[][];
}

const oneColumn = [{ name: 'value', value: (value: CellValue) => value }];

test('values are written in full, absent ones as nothing', () => {
  const rows: CellValue[] = [0, -1.5, 1 / 3, 2 ** 53, Number.NaN, null, true, false, 'x'];
  const two = [...oneColumn, { name: 'end', value: () => '.' }];
  const expected = '0,.\n-1.5,.\n0.3333333333333333,.\n9007199254740992,.\n,.\n,.\ntrue,.\nfalse,.\nx,.\n';
  assert.is(csvHead(two), 'value,end\n');
  assert.is(csvRows(two, rows), expected);
  assert.is(csvRows(two, []), '');
});

test('formulas are defused, numbers below zero are not', () => {
  const rows: CellValue[] = ['=1+1', '+1', '-1', '@x', '\tx', -1];
  assert.equal(readByPython(csvRows(oneColumn, rows)).flat(), ["'=1+1", "'+1", "'-1", "'@x", "'\tx", '-1']);
});

test('every text comes back from Python as it was', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é', '漢', "'", ';'), minLength: 1 });
  const safe = text.filter((value) => !/^[\r]/.test(value));
  void fc.assert(
    fc.property(fc.array(fc.tuple(safe, safe), { minLength: 20, maxLength: 40 }), (rows) => {
      const columns = [0, 1].map((index) => ({ name: `c${index}`, value: (row: string[]) => row[index] as string }));
      assert.equal(readByPython(csvRows(columns, rows)), rows);
    }),
    { seed: 2, numRuns: 5 },
  );
});

test('summary and timeseries have a row and unit columns for every trial', () => {
  const arm = makeArm('read, "big"', [{ name: 'bs', label: '1MiB' }]);
  const other = makeArm('=write', [{ name: 'fsync', label: '4' }]);
  const run = makeRun([arm, other], 1, { labels: { note: 'two\nlines' } });
  const columns = summaryColumns(run);
  const trials = [makeTrial(arm, 1, 1e8), makeTrial(other, 1, 2e8, { warmup: true, latency: {} })];
  const [head = [], ...rows] = readByPython(csvHead(columns) + csvRows(columns, trials.flatMap(trialRows)));
  const table = rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index]])));
  assert.is(new Set(head).size, head.length);
  assert.is(table[0]?.['job'], 'read, "big"');
  assert.is(table[1]?.['job'], "'=write");
  assert.is(table[0]?.['label_note'], 'two\nlines');
  assert.equal(
    table.map((row) => [row['factor_bs_bytes'], row['factor_fsync'], row['warmup'], row['throughput_bytes_per_s']]),
    [
      ['1048576', '', 'false', '100000000'],
      ['', '4', 'true', '200000000'],
    ],
  );
  assert.is(table[0]?.['latency_count'], '4');
  assert.is(table[1]?.['latency_count'], '', 'not measured is empty, not 0');
  assert.ok(timeseriesColumns(run).some(({ name }) => name === 'throughput_bytes_per_s'));
});

test.run();
